import { describe, expect, it } from '@jest/globals';
import { BinanceError } from './binance-error.js';
import { Usage, USDM_LIMITS } from './usage.js';

const MINUTE = 60_000;

/** The refusal's status and when to come again; null: it is let in. */
function refusal(act: () => unknown): readonly [number, string | undefined] | null {
  try {
    act();
    return null;
  } catch (error) {
    if (!(error instanceof BinanceError)) throw error;
    return [error.status, error.headers['retry-after']];
  }
}

describe('usage', () => {
  it('begins anew with each minute of the clock', () => {
    const usage = new Usage({ ...USDM_LIMITS, weightPerMinute: 10 });
    expect(refusal(() => usage.admit('a', 10, MINUTE - 1))).toBeNull();
    expect(refusal(() => usage.admit('a', 1, MINUTE - 1))).toEqual([429, '1']);
    expect(usage.admit('a', 10, MINUTE)).toEqual({ 'x-mbx-used-weight-1m': '10' });
    expect(refusal(() => usage.admit('a', 1, MINUTE + 1_000))).toEqual([429, '59']);
    expect(refusal(() => usage.admit('b', 1, MINUTE + 1_000))).toBeNull();
  });

  it('bans who goes on, each time for twice as long', () => {
    const usage = new Usage({ ...USDM_LIMITS, weightPerMinute: 0, refusalsBeforeBan: 1, banMs: MINUTE });
    expect(refusal(() => usage.admit('a', 1, 0))).toEqual([429, '60']);
    expect(refusal(() => usage.admit('a', 1, 0))).toEqual([418, '60']);
    expect(refusal(() => usage.admit('a', 1, MINUTE - 1))).toEqual([418, '1']);
    expect(refusal(() => usage.admit('a', 1, MINUTE))).toEqual([429, '60']);
    expect(refusal(() => usage.admit('a', 1, MINUTE))).toEqual([418, '120']);
  });

  it('forgives refusals once somebody has kept to the limit', () => {
    const usage = new Usage({ ...USDM_LIMITS, weightPerMinute: 1, refusalsBeforeBan: 1 });
    for (let minute = 0; minute < 5; minute += 1) {
      expect(refusal(() => usage.admit('a', 1, minute * MINUTE))).toBeNull();
      expect(refusal(() => usage.admit('a', 1, minute * MINUTE))).toEqual([429, '60']);
    }
  });

  it('of orders has two windows, of which each can refuse', () => {
    const usage = new Usage({ ...USDM_LIMITS, ordersPer10Seconds: 2, ordersPerMinute: 3 });
    const one = { weight: 0, ordersIn10Seconds: 1, ordersInMinute: 1 };
    const place = (at: number) => refusal(() => usage.admitOrders('ikenna', one, at));
    expect([place(0), place(0), place(0)]).toEqual([null, null, [429, '10']]);
    // What was refused has counted.
    expect(place(10_000)).toEqual([429, '50']);
    expect(place(MINUTE)).toBeNull();
    expect(refusal(() => usage.admitOrders('odum', one, 0))).toBeNull();
  });
});
