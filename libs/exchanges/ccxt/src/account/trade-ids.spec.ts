import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { timeOfNumber, TradeIds } from './trade-ids.js';

const time = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2036, 11, 31) });

describe('numbers for trades that have none', () => {
  it('are safe, say the time, and are the same to whoever sees the same trade', () => {
    fc.assert(
      fc.property(fc.string(), time, (id, at) => {
        const number = new TradeIds().numberOf('BTCUSDT', id, at);
        expect(Number.isSafeInteger(number)).toBe(true);
        expect(timeOfNumber(number)).toBe(at);
        expect(new TradeIds().numberOf('BTCUSDT', id, at)).toBe(number);
      }),
    );
  });

  it('count up with time', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), time, (early, late, at) => {
        const ids = new TradeIds();
        expect(ids.numberOf('BTCUSDT', early, at)).toBeLessThan(ids.numberOf('BTCUSDT', late, at + 1));
      }),
    );
  });

  it('are never shared by two trades of one millisecond, whatever their order', () => {
    const ids = Array.from({ length: 3_000 }, (_, at) => `trade-${at}`);
    const number = (order: readonly string[]): ReadonlySet<number> => {
      const trades = new TradeIds();
      const all = order.map((id) => trades.numberOf('BTCUSDT', id, Date.UTC(2026, 0, 1)));
      // Asked for again they are the same.
      expect(order.map((id) => trades.numberOf('BTCUSDT', id, Date.UTC(2026, 0, 1)))).toEqual(all);
      return new Set(all);
    };
    const numbers = number(ids);
    expect(numbers.size).toBe(ids.length);
    expect(number([...ids].reverse())).toEqual(numbers);
  });
});
