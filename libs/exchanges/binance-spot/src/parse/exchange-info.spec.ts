import { describe, expect, it } from '@jest/globals';
import { cash, createInstrument } from '@bowline/domain';
import { BTCUSDT, EXCHANGE_INFO } from '../scripted-spot.spec-support.js';
import { demandsOf, exchangeInfo, toFilters, toInstrument } from './exchange-info.js';

const info = exchangeInfo.parse(EXCHANGE_INFO);
const [symbol] = info.symbols;

it('makes the instrument that the exchange trades', () => {
  expect(toInstrument('binance-spot', symbol!)).toEqual(BTCUSDT);
});

it('tells the demands on orders in our units', () => {
  expect(toFilters(BTCUSDT, symbol!)).toEqual({
    ...{ symbol: 'BTCUSDT', trading: true, minQty: 1, maxQty: 900_000_000, marketMaxQty: 12_000_000 },
    ...{ minPrice: 1, maxPrice: 100_000_000, minNotional: cash(5), minNotionalOfClosing: true },
    ...{ percentPrice: { up: '5', down: '0.2' }, maxOpenOrders: 200, maxConditionalOrders: 5 },
  });
});

it.each([{ status: 'HALT' }, { status: 'a word of tomorrow' }, { isSpotTradingAllowed: false }])(
  'takes no orders where the exchange takes none: %p',
  (change) => {
    const changed = exchangeInfo.parse({
      ...EXCHANGE_INFO,
      symbols: [{ ...EXCHANGE_INFO.symbols[0], ...change }],
    });
    expect(toFilters(BTCUSDT, changed.symbols[0]!).trading).toBe(false);
  },
);

describe('the demands of all', () => {
  it('leave out limits that are not known here', () => {
    expect(demandsOf(info).limits).toEqual([
      { name: 'weight/1m', counts: 'weight', intervalMs: 60_000, limit: 6_000 },
      { name: 'orders/10s', counts: 'orders', intervalMs: 10_000, limit: 100 },
      { name: 'orders/1d', counts: 'orders', intervalMs: 86_400_000, limit: 200_000 },
    ]);
  });

  it('say what is wrong with an instrument', () => {
    const other = (change: Partial<Parameters<typeof createInstrument>[0]>) =>
      createInstrument({
        ...{
          exchange: 'binance-spot',
          symbol: 'BTCUSDT',
          kind: 'spot',
          base: 'BTC',
          quote: 'USDT',
          settle: 'USDT',
        },
        ...{
          multiplier: '1',
          inverse: false,
          tickSize: '0.01',
          lotSize: '0.00001',
          minNotional: '5',
          ...change,
        },
      });
    const { of } = demandsOf(info);
    expect(of(BTCUSDT).problem).toBeNull();
    expect(of(other({ lotSize: '0.001' })).problem).toMatch(
      /^lotSize of BTCUSDT is 0.00001000 at the exchange/,
    );
    expect(of(other({ symbol: 'NOPEUSDT' }))).toEqual({
      filters: null,
      problem: 'NOPEUSDT is not traded there',
    });
  });
});
