import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { derivedSignalId } from './signal-id.js';

const price = fc.option(fc.integer({ min: 1, max: 99_999 }).map(String), { nil: null });
const signal = fc.record({
  strategyId: fc.constantFrom('a', 'b', 'ab'),
  symbol: fc.constantFrom('BTC', 'BTCUSDT', 'a'),
  signal: fc.constantFrom<1 | 0 | -1>(1, 0, -1),
  time: fc.integer({ min: 1, max: 3 }),
  price,
  takeProfit: price,
  stopLoss: price,
  volatility: fc.option(fc.constantFrom(0.1, 0.2), { nil: null }),
  quantity: price,
});

describe('a derived id', () => {
  it('is the same for the same signal and for no other', () => {
    fc.assert(
      fc.property(signal, signal, (a, b) => {
        const same = JSON.stringify(a) === JSON.stringify(b);
        expect(derivedSignalId(a) === derivedSignalId(b)).toBe(same);
        expect(derivedSignalId(a)).toMatch(/^[0-9a-f]{32}$/);
      }),
    );
  });

  it('stays what it is: senders may have kept it', () => {
    const said = { strategyId: 'trend', symbol: 'BTCUSDT', signal: 1, time: 1_736_164_800_000 } as const;
    const rest = { price: null, takeProfit: '48000', stopLoss: '43000', volatility: null, quantity: null };
    expect(derivedSignalId({ ...said, ...rest })).toBe('c4e8534748142ca832a862946a1d84d2');
  });
});
