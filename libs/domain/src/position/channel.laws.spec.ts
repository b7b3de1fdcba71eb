import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ChannelLaws, MOVE_KINDS, RandomChannel, type Move } from '@bowline/testkit';
import type { ProtectionMode } from './index.js';

const setup = fc.record({
  protection: fc.constantFrom<ProtectionMode>('paired', 'native', 'guarded', 'synthetic'),
  totals: fc.boolean(),
  reduceOnly: fc.boolean(),
  feePerLot: fc.constant(7n),
});
const nat = fc.nat({ max: 1_000 });
const move: fc.Arbitrary<Move> = fc.tuple(fc.constantFrom(...MOVE_KINDS), nat, nat, nat);

describe('whatever happens', () => {
  it('keeps the invariants after every step, and settles', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(setup, fc.array(move, { minLength: 10, maxLength: 80 }), (terms, moves) => {
        const laws = new ChannelLaws();
        const channel = new RandomChannel(terms, laws.take);
        for (const next of moves) channel.move(next);
        channel.calm();
        laws.checkAtRest(channel.harness);
        channel.closeAll();
        laws.checkAtRest(channel.harness);
        expect(channel.harness.state.positions.size).toBe(0);
        expect(channel.harness.working()).toEqual([]);
        for (const event of channel.harness.journal) {
          const name = event.type === 'alert' ? event.code : event.type;
          seen.set(name, (seen.get(name) ?? 0) + 1);
        }
      }),
      { numRuns: Number(process.env.RUNS ?? 500), seed: 11 },
    );
    console.log(seen);
  });
});
