import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createInstrument } from '../instrument/index.js';
import type { OrderTerms } from '../position/channel-state.js';
import { cash } from '../primitives/index.js';
import { checkFilters, maxQtyOf, minQtyOf } from './check-filters.js';
import type { OrderFilters } from './order-filters.js';
import { splitQty } from './split.js';

const BTC = createInstrument({
  ...{ exchange: 'binance-usdm', symbol: 'BTCUSDT', kind: 'perpetual', base: 'BTC', quote: 'USDT' },
  ...{ settle: 'USDT', multiplier: '1', inverse: false, tickSize: '0.1', lotSize: '0.001', minNotional: '0' },
});
const FILTERS: OrderFilters = {
  symbol: 'BTCUSDT',
  trading: true,
  minQty: 2,
  maxQty: 1_000,
  marketMaxQty: 120,
  minPrice: 100_000,
  maxPrice: 1_000_000,
  minNotional: cash(100),
  minNotionalOfClosing: false,
  percentPrice: { up: '1.05', down: '0.95' },
  maxOpenOrders: 200,
  maxConditionalOrders: null,
};
/** 10 lots: 450 USDT. */
const ENTRY: OrderTerms = {
  key: { strategyPositionId: 'A-1', leg: 'e', generation: 0 },
  side: 'BUY',
  positionSide: 'LONG',
  orderType: 'limit',
  orderQty: 10,
  limitPrice: 450_000,
  stopPrice: null,
  timeInForce: 'GTC',
  reduceOnly: false,
};
const LIMIT_SELL: Partial<OrderTerms> = { side: 'SELL', key: { ...ENTRY.key, leg: 't' } };
const STOP: Partial<OrderTerms> = {
  ...LIMIT_SELL,
  ...{ key: { ...ENTRY.key, leg: 's' }, orderType: 'stop_market', limitPrice: null, stopPrice: 430_000 },
};
const MARKET: Partial<OrderTerms> = { orderType: 'market', limitPrice: null };

describe('what an exchange demands of an order', () => {
  it.each<[what: string, terms: Partial<OrderTerms>, filters: Partial<OrderFilters>, outcome: string | null]>(
    [
      ['what keeps to everything', {}, {}, null],
      ['a symbol that does not trade', {}, { trading: false }, 'NOT_TRADING'],
      ['too few lots', { orderQty: 1 }, {}, 'BELOW_MINIMUM'],
      ['the fewest lots', { orderQty: 2 }, { minNotional: null }, null],
      ['the most lots', { orderQty: 1_000 }, {}, null],
      ['too many lots', { orderQty: 1_001 }, {}, 'CAPACITY'],
      ['too many lots at the market', { ...MARKET, orderQty: 121 }, {}, 'CAPACITY'],
      ['too many lots of a stop', { ...STOP, orderQty: 121 }, {}, 'CAPACITY'],
      ['no bound of its own for the market', { ...MARKET, orderQty: 1_000 }, { marketMaxQty: null }, null],
      ['a price below the lowest', { limitPrice: 99_999, orderQty: 20 }, {}, 'PRICE_OUT_OF_RANGE'],
      ['a stop above the highest', { ...STOP, stopPrice: 1_000_001 }, {}, 'PRICE_OUT_OF_RANGE'],
      ['a buy at the top of the band', { limitPrice: 472_500 }, {}, null],
      ['a buy above the band', { limitPrice: 472_501 }, {}, 'PRICE_OUT_OF_RANGE'],
      ['a buy far below the band', { limitPrice: 300_000 }, {}, null],
      ['a sell at the bottom of the band', { ...LIMIT_SELL, limitPrice: 427_500 }, {}, null],
      ['a sell below the band', { ...LIMIT_SELL, limitPrice: 427_499 }, {}, 'PRICE_OUT_OF_RANGE'],
      ['a sell far above the band', { ...LIMIT_SELL, limitPrice: 900_000 }, {}, null],
      ['a stop outside of the band', { ...STOP, stopPrice: 200_000 }, {}, null],
      ['too little worth', { orderQty: 2 }, {}, 'BELOW_MINIMUM'],
      ['too little worth at the market', { ...MARKET, orderQty: 2 }, {}, 'BELOW_MINIMUM'],
      ['a close that is worth little', { ...STOP, orderQty: 2 }, {}, null],
      [
        'a close that is worth little where it matters',
        { ...STOP, orderQty: 2 },
        { minNotionalOfClosing: true },
        'BELOW_MINIMUM',
      ],
      [
        'nothing that it says',
        { orderQty: 1 },
        { minQty: null, minNotional: null, percentPrice: null, minPrice: null, maxPrice: null },
        null,
      ],
    ],
  )('%s', (_, terms, filters, outcome) => {
    expect(checkFilters({ ...FILTERS, ...filters }, BTC, { ...ENTRY, ...terms }, 450_000)).toBe(outcome);
  });

  it('leaves to the exchange what needs a price that is not known', () => {
    expect(checkFilters(FILTERS, BTC, { ...ENTRY, ...MARKET, orderQty: 2 }, null)).toBeNull();
    expect(checkFilters(FILTERS, BTC, { ...ENTRY, limitPrice: 900_000 }, null)).toBeNull();
  });

  it.each<[string, Partial<OrderTerms>, number]>([
    ['an entry', {}, 3],
    ['an entry at the market', MARKET, 3],
    ['a close', LIMIT_SELL, 2],
  ])('names the fewest lots of %s', (_, terms, outcome) => {
    const wanted = { ...ENTRY, ...terms };
    expect(minQtyOf(FILTERS, BTC, wanted, 450_000)).toBe(outcome);
    expect(checkFilters(FILTERS, BTC, { ...wanted, orderQty: outcome }, 450_000)).toBeNull();
    expect(checkFilters(FILTERS, BTC, { ...wanted, orderQty: outcome - 1 }, 450_000)).toBe('BELOW_MINIMUM');
  });

  it('admits every part of what is too large as a whole, unless the whole is too small for two', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 100_000 }),
        fc.integer({ min: 2, max: 1_000 }),
        (orderQty, max) => {
          const filters = { ...FILTERS, maxQty: max, minNotional: null, minQty: Math.floor(max / 2) };
          const parts = splitQty(orderQty, maxQtyOf(filters, 'limit'));
          expect(parts.reduce((sum, each) => sum + each, 0)).toBe(orderQty);
          expect(Math.max(...parts) - Math.min(...parts)).toBeLessThanOrEqual(1);
          for (const part of parts) {
            const refusal = checkFilters(filters, BTC, { ...ENTRY, orderQty: part }, 450_000);
            expect(refusal).toBe(orderQty < filters.minQty ? 'BELOW_MINIMUM' : null);
          }
        },
      ),
    );
  });
});
