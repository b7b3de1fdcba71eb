import { toRateLimits, unitsDiffer } from '@bowline/exchange-binance-common';
import { describe, expect, it } from '@jest/globals';
import { cash, createInstrument } from '@bowline/domain';
import { BTCUSDT, EXCHANGE_INFO } from '../scripted-binance.spec-support.js';
import { exchangeInfo, toFilters, toInstrument } from './exchange-info.js';

const info = exchangeInfo.parse(EXCHANGE_INFO);
const symbol = info.symbols[0]!;

describe('exchangeInfo', () => {
  it('says what an instrument is', () => {
    const { exchange: _, ...expected } = BTCUSDT;
    expect(toInstrument('binance-usdm', symbol)).toMatchObject(expected);
  });

  it('says what it demands of orders, in our units', () => {
    expect(toFilters(BTCUSDT, symbol)).toEqual({
      ...{ symbol: 'BTCUSDT', trading: true, minQty: 1, maxQty: 1_000_000, marketMaxQty: 120_000 },
      ...{ minPrice: 5_568, maxPrice: 45_297_640, minNotional: cash(100), minNotionalOfClosing: false },
      ...{ percentPrice: { up: '1.0500', down: '0.9500' }, maxOpenOrders: 200, maxConditionalOrders: 10 },
    });
  });

  it('takes no orders in a symbol of any other status', () => {
    const other = exchangeInfo.parse({ ...EXCHANGE_INFO, symbols: [{ ...symbol, status: 'HIBERNATING' }] });
    expect(toFilters(BTCUSDT, other.symbols[0]!).trading).toBe(false);
  });

  it('demands nothing where it says 0, and says nothing of filters that are not there', () => {
    const filters = [{ filterType: 'PRICE_FILTER', minPrice: '0', maxPrice: '0', tickSize: '0.10' }];
    expect(toFilters(BTCUSDT, { ...symbol, filters })).toMatchObject({
      ...{
        minPrice: null,
        maxPrice: null,
        minQty: null,
        minNotional: null,
        percentPrice: null,
        maxOpenOrders: null,
      },
    });
  });

  it('names its limits as their counters, and leaves out what it does not know', () => {
    expect(toRateLimits(info.rateLimits)).toEqual([
      { name: 'weight/1m', counts: 'weight', intervalMs: 60_000, limit: 2400 },
      { name: 'orders/1m', counts: 'orders', intervalMs: 60_000, limit: 1200 },
      { name: 'orders/10s', counts: 'orders', intervalMs: 10_000, limit: 300 },
    ]);
  });

  it('tells where we count in other units', () => {
    expect(unitsDiffer(BTCUSDT, symbol)).toBeNull();
    const coarse = createInstrument({ ...BTCUSDT, tickSize: '0.5' });
    expect(unitsDiffer(coarse, symbol)).toBe(
      'tickSize of BTCUSDT is 0.10 at the exchange, and 0.5 in the configuration',
    );
  });
});
