import { describe, expect, it } from '@jest/globals';
import {
  BTCUSDT,
  ChannelHarness,
  ChannelLaws,
  DeskHarness,
  fingerprint,
  MOVE_KINDS,
  NOTHING_RESERVED,
  RandomChannel,
  someParams,
  WHOLE,
  type Move,
} from '@bowline/testkit';
import fc from 'fast-check';
import {
  decideChannel,
  evolveChannel,
  executeChannel,
  type AlertCode,
  type ChannelEvent,
  type ChannelInput,
  type ChannelState,
  type ProtectionMode,
} from './index.js';

const setups = fc.record({
  protection: fc.constantFrom<ProtectionMode>('paired', 'native', 'guarded', 'synthetic'),
  allowSynthetic: fc.boolean(),
  totals: fc.boolean(),
  reduceOnly: fc.boolean(),
  instrument: fc.constantFrom(WHOLE, BTCUSDT),
  hedgeMode: fc.boolean(),
  feePerLot: fc.constant(7n),
});
const any = fc.nat({ max: 1_000 });
const moves = fc.array(fc.tuple(fc.constantFrom(...MOVE_KINDS), any, any, any), {
  minLength: 20,
  maxLength: 120,
  size: 'max',
}) as fc.Arbitrary<Move[]>;

/** A state that no run ever reached would make its law worth nothing. */
const REACHED: readonly (ChannelEvent['type'] | AlertCode)[] = [
  'position_opened',
  'position_reopened',
  'plan_changed',
  'legs_placed',
  'reversal_queued',
  'cancel_requested',
  'replace_requested',
  'share_to_dust',
  'share_closed',
  'external_changed',
  'share_adopted',
  'adoption_refused',
  'close_noted',
  'protection_changed',
  'trigger_reached',
  'watch_changed',
  'retried',
  'denied',
  'OVERFILL',
  'LATE_FILL',
  'BOTH_LEGS_FILLED',
  'STOP_REJECTED',
  'UNPROTECTED',
  'WATCH_STALE',
  'CLOSE_GIVEN_UP',
  'CANCEL_GIVEN_UP',
  'FORCED_CLOSE',
];

describe('whatever a client, an exchange and a gateway do', () => {
  it('I1 to I5, I8, I10 and I11 hold after every step, everything settles, and a close leaves nothing over', () => {
    const reached = new Set<string>();
    fc.assert(
      fc.property(setups, moves, (setup, steps) => {
        const laws = new ChannelLaws();
        const channel = new RandomChannel(setup, laws.take);
        for (const step of steps) channel.move(step);
        channel.calm();
        laws.checkAtRest(channel.harness);
        channel.closeAll();
        laws.checkAtRest(channel.harness);
        expect(channel.harness.state.positions.size).toBe(0);
        expect(channel.harness.working()).toEqual([]);
        for (const event of channel.harness.journal)
          reached.add(event.type === 'alert' ? event.code : event.type);
      }),
      { numRuns: 1_500, seed: 20_261_120 },
    );
    expect(REACHED.filter((state) => !reached.has(state))).toEqual([]);
  });

  it('I12: deciding leaves the state alone, folding the events is executing, and a replay gives the same state', () => {
    fc.assert(
      fc.property(setups, moves, (setup, steps) => {
        const twin = new ChannelHarness(setup).state;
        const channel = new RandomChannel(setup, (harness, input) => decideAndExecute(harness, twin, input));
        for (const step of steps) channel.move(step);
        channel.calm();
        const replayed = new ChannelHarness(setup).state;
        for (const event of channel.harness.journal) evolveChannel(replayed, event);
        expect(fingerprint(replayed)).toBe(fingerprint(channel.harness.state));
      }),
      { numRuns: 80, seed: 12 },
    );
  });

  it('every reservation of a client is freed once its strategies are told to be flat', () => {
    let reversed = 0;
    fc.assert(
      fc.property(setups, moves, fc.boolean(), (setup, steps, scaleIn) => {
        const channel = new RandomChannel(setup);
        const params = someParams({ scaleIn });
        const desk = new DeskHarness(channel.harness, { A: params, B: params, C: params });
        for (const step of steps) {
          const [kind, a, b] = step;
          const strategyId = ['A', 'B', 'C'][a % 3]!;
          if (kind === 'open' || kind === 'reverse') desk.signal(strategyId, b % 2 === 0 ? 1 : -1);
          else if (kind === 'close') desk.signal(strategyId, 0);
          else channel.move(step);
        }
        channel.calm();
        for (const strategyId of ['A', 'B', 'C']) desk.signal(strategyId, 0);
        channel.calm();
        expect(desk.reserved()).toEqual(NOTHING_RESERVED);
        expect(channel.harness.state.positions.size).toBe(0);
        for (const event of desk.decided) if (event.type === 'close_ordered' && event.pending) reversed += 1;
      }),
      { numRuns: 500, seed: 13 },
    );
    expect(reversed).toBeGreaterThan(0);
  });
});

function decideAndExecute(harness: ChannelHarness, twin: ChannelState, input: ChannelInput): void {
  const before = fingerprint(harness.state);
  const decided = decideChannel(harness.state, input);
  expect(fingerprint(harness.state)).toBe(before);
  const executed: ChannelEvent[] = [];
  executeChannel(twin, input, executed);
  expect(fingerprint(executed)).toBe(fingerprint(decided));
  harness.take(input);
  expect(fingerprint(harness.state)).toBe(fingerprint(twin));
}
