import { DEAD_LETTERS, traceIdOf, traceOf } from '@bowline/contracts';
import type { Delivery, SubscribeOptions } from '@bowline/ports';
import { busContract, busMessage, busReader, gate, LocalBus, unacknowledged } from '@bowline/testkit';
import { describe, expect, it } from '@jest/globals';
import { deadLetterBus } from './dead-letter-bus.js';
import { busWithDeadLetters } from './guarded.spec-support.js';

busContract('local bus with dead letters', {
  open: async () => {
    const local = new LocalBus({ onFailure: () => undefined, retry: { firstMs: 0, maxMs: 0 } });
    const bus = deadLetterBus(local);
    return { bus, settle: () => local.whenIdle(), dispose: () => bus.close() };
  },
});

/** A reader that always fails on what is bad. */
function failing(log: string[], options: Partial<SubscribeOptions> = {}): SubscribeOptions {
  return busReader(async ({ ack, attempt, message: { id } }: Delivery) => {
    log.push(`${id} ${attempt}`);
    if (id.startsWith('bad')) throw new Error(`cannot read ${id}`);
    ack();
  }, options);
}

describe.each(['handler', 'later'] as const)('a subscription that knows dead letters (%s)', (acknowledge) => {
  it('puts a message aside that has failed so many times, and goes on with its key', async () => {
    const { bus: inner, letters } = busWithDeadLetters();
    const bus = deadLetterBus(inner);
    const log: string[] = [];
    bus.subscribe(failing(log, { acknowledge, deadLetter: { after: 3 } }));
    const bad = busMessage('bad', { cause: 'm0', traceparent: traceOf('m0') });

    await Promise.all([bus.publish(bad), bus.publish(busMessage('good'))]);

    expect(log).toEqual(['bad 1', 'bad 2', 'bad 3', 'good 1']);
    expect(letters.map(({ body }) => body)).toEqual([
      { message: bad, group: 'g', attempts: 3, reason: 'cannot read bad' },
    ]);
    expect(letters[0]!.message).toMatchObject({
      topic: DEAD_LETTERS,
      key: 'g',
      cause: 'bad',
      time: bad.time,
    });
    expect(traceIdOf(letters[0]!.message.traceparent!)).toBe(traceIdOf(bad.traceparent!));
    expect(unacknowledged(bus)).toBe(0);
  });

  it('is not acknowledged before the bus has confirmed the dead letter', async () => {
    const inner = new LocalBus({ onFailure: () => undefined });
    const begun = gate();
    const stored = gate();
    inner.subscribe({
      topic: DEAD_LETTERS,
      group: 'analytics',
      handle: () => {
        begun.open();
        return stored.opened;
      },
    });
    const bus = deadLetterBus(inner);
    bus.subscribe(failing([], { acknowledge, deadLetter: { after: 1 } }));
    const published = bus.publish(busMessage('bad'));
    await begun.opened;
    expect(unacknowledged(bus)).toBe(1);
    stored.open();
    await published;
    expect(unacknowledged(bus)).toBe(0);
  });
});

describe('a subscription that knows no dead letters', () => {
  it('gets a message until it goes through', async () => {
    const { bus: inner, letters } = busWithDeadLetters();
    const attempts: number[] = [];
    deadLetterBus(inner).subscribe(
      busReader(async ({ attempt }) => {
        attempts.push(attempt);
        if (attempt < 20) throw new Error('not yet');
      }),
    );
    await inner.publish(busMessage('m1'));
    expect([attempts.length, letters]).toEqual([20, []]);
  });
});
