import { describe, expect, it } from '@jest/globals';
import { playDesks } from './random-desk.spec-support.js';

/**
 * What is rare, and must still come up. Fills of orders that were over and cancels that are refused three times need an
 * exchange that contradicts itself, which the mock exchange does not: `channel.laws.spec.ts` of the domain reaches them.
 */
const REACHED = ['BOTH_LEGS_FILLED', 'STOP_REJECTED', 'CLOSE_GIVEN_UP', 'DRIFT'];

describe('whatever clients, markets, buses, exchanges and machines do to a desk, for long', () => {
  it.each([
    ['with the usual faults', { numRuns: 600, mostMoves: 200, hard: 1, seed: 1 }],
    ['with three times as many', { numRuns: 400, mostMoves: 100, hard: 3, seed: 2 }],
  ])(
    'every law holds, %s',
    async (_, runs) => {
      const reached = await playDesks(runs);
      expect(REACHED.filter((state) => !reached.has(state))).toEqual([]);
    },
    1_800_000,
  );
});
