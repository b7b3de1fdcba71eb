import { createHash } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { draw } from '@bowline/exchange-simulator';
import { LiveDesk, type ClientSpec, type LiveDeskOptions } from '@bowline/testkit';
import fc from 'fast-check';
import { statesOf } from './random-desk.spec-support.js';

const CLIENT: ClientSpec = {
  params: { takeProfitPct: 1, stopLossPct: 1 },
  strategies: {
    A: { fixedQuantity: '0.003' },
    B: { fixedQuantity: '0.005' },
    C: { fixedQuantity: '0.002', scaleIn: true },
  },
};

/** A strategy says something, and more or fewer turns later the next one does. */
const said = fc.record({
  strategyId: fc.constantFrom('A', 'B', 'C'),
  signal: fc.constantFrom(1 as const, -1 as const, 0 as const),
  then: fc.constantFrom('at once', 'when it is quiet', 'a second later'),
});

const share = fc.constantFrom(0.05, 0.2, 0.5);
const faults = fc.record({
  seed: fc.nat(),
  loseAck: share,
  duplicate: share,
  delay: share,
  reach: fc.constantFrom(3, 20, 200),
});

it('whatever the bus doubles, delays, or brings again after it was acknowledged: at one price the end is the same', async () => {
  let repeated = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(said, { minLength: 5, maxLength: 40, size: 'max' }),
      faults,
      async (signals, { seed, ...rates }) => {
        let count = 0;
        const clean = await played(signals);
        const faulty = await played(signals, { draw: () => draw(seed, 'bus', (count += 1)), ...rates });
        repeated += faulty.repeated;
        expect(faulty.states).toEqual(clean.states);
        expect(faulty.digest).toBe(clean.digest);
      },
    ),
    { numRuns: 15, seed: 4 },
  );
  expect(repeated).toBeGreaterThan(50);
}, 120_000);

interface Said {
  readonly strategyId: string;
  readonly signal: 1 | 0 | -1;
  readonly then: string;
}

async function played(signals: readonly Said[], bus?: LiveDeskOptions['bus']) {
  const desk = await LiveDesk.open({
    clients: { ikenna: CLIENT, odum: CLIENT },
    ...(bus === undefined ? {} : { bus }),
  });
  await desk.price(45_000);
  for (const { signal, strategyId, then } of signals) {
    desk.publishSignal(strategyId, signal);
    if (then !== 'at once') await desk.quiet();
    if (then === 'a second later') await desk.pass(1_000);
  }
  await desk.pass(120_000);
  const states = Object.fromEntries(statesOf(desk));
  const digest = createHash('sha256').update(JSON.stringify(states)).digest('hex');
  return { states, digest, repeated: desk.incidents.filter(({ what }) => what === 'duplicate').length };
}
