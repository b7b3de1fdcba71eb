import { describe, expect, it } from '@jest/globals';
import { openMemoryJournals } from '@bowline/journal-memory';
import { ManualClock } from '@bowline/testkit';
import type { RunnerObserver } from './options.js';
import { Runner } from './runner.js';
import type { Role } from './role.js';

interface Patience {
  /** When it asks next. */
  askAt: number | null;
  asked: number;
}

type Input = 'ask' | { readonly answerAt: number };

/** Asks at a time, and may be told to ask again at the very same time. */
const PATIENCE: Role<Patience, Input, Input> = {
  create: () => ({ askAt: 1_000, asked: 0 }),
  execute(state, input) {
    PATIENCE.evolve(state, input);
    return { events: [input], messages: [], effects: [] };
  },
  evolve(state, event) {
    if (event === 'ask') state.asked += 1;
    state.askAt = event === 'ask' ? null : event.answerAt;
  },
  timer: ({ askAt }) => (askAt === null ? null : { at: askAt, id: `ask/${askAt}`, input: 'ask' }),
  mayPark: () => false,
  save: (state) => state,
  load: (saved) => saved as Patience,
  parked: () => [],
};

const SILENT: RunnerObserver = {
  appended: () => undefined,
  duplicate: () => undefined,
  fenced: () => undefined,
  parked: () => undefined,
  quarantined: () => undefined,
  stopped: () => undefined,
  recovered: () => undefined,
};

describe("a runner's timer", () => {
  it('goes off again where the state wants the same one again', async () => {
    const clock = new ManualClock(0);
    const runner = await Runner.open({
      shard: 'order-generator/patience',
      role: PATIENCE,
      journal: openMemoryJournals().journal('order-generator/patience'),
      bus: { publish: () => Promise.resolve() },
      clock,
      epoch: 1,
      perform: () => undefined,
      observer: SILENT,
    });
    runner.start();

    clock.advanceTo(1_000);
    await runner.whenIdle();
    expect(runner.state.asked).toBe(1);

    const envelope = { id: 'answer-1', source: 'exchange', epoch: 1, topic: 'exchange' };
    await runner.handle(envelope, { answerAt: 1_000 });
    clock.advance(0);
    await runner.whenIdle();
    expect(runner.state.asked).toBe(2);
  });
});
