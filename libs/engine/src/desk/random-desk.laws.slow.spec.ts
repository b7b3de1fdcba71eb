import { describe, expect, it } from '@jest/globals';
import { playDesks } from './random-desk.spec-support.js';

/** A state that no run ever reached would make its law worth nothing. */
const REACHED = [
  ...['ordered', 'closing', 'ignored', 'denied'],
  ...['place', 'cancel', 'query_order', 'query_position'],
  ...['take_profit', 'stop_loss', 'signal', 'reversal', 'time_exit', 'manual'],
  ...['paired', 'synthetic'],
  'duplicate',
];

describe('whatever clients, markets, buses, exchanges and machines do to a desk', () => {
  it('every law holds, faults that stop leave every position protected, and a close leaves nothing over', async () => {
    const reached = await playDesks({ numRuns: 70, mostMoves: 60, hard: 1, seed: 20_261_120 });
    expect(REACHED.filter((state) => !reached.has(state))).toEqual([]);
  });
});
