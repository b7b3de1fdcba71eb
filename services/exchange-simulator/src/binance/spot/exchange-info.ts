import type { TimeMs } from '@bowline/domain';
import { cashText } from '../common/decimal-text.js';
import type { UsageLimits } from '../common/usage.js';
import type { Books, Listed } from './books.js';
import { SPOT_TYPES } from './place.js';
import { spotPrice, spotQty } from './spot-texts.js';

const STP_MODES = ['NONE', 'EXPIRE_TAKER', 'EXPIRE_MAKER', 'EXPIRE_BOTH'];

/** The answer to `GET /api/v3/exchangeInfo`. */
export function exchangeInfo(
  listed: readonly Listed[],
  limits: UsageLimits,
  at: TimeMs,
): Readonly<Record<string, unknown>> {
  return {
    timezone: 'UTC',
    serverTime: at,
    rateLimits: [
      limit('REQUEST_WEIGHT', 'MINUTE', 1, limits.weightPerMinute),
      limit('ORDERS', 'SECOND', 10, limits.ordersPer10Seconds),
      limit('ORDERS', 'DAY', 1, limits.ordersPerDay ?? limits.ordersPerMinute),
    ],
    exchangeFilters: [],
    symbols: listed.map(symbolJson),
    sors: [],
  };
}

/** The symbols that a request names, one or several; all of them where it names none. */
export function askedSymbols(
  books: Books,
  symbol: string | null,
  symbols: readonly unknown[] | null,
): readonly Listed[] {
  if (symbol !== null) return [books.listed(symbol)];
  return symbols === null ? books.all() : symbols.map((each) => books.listed(String(each)));
}

function limit(rateLimitType: string, interval: string, intervalNum: number, most: number) {
  return { rateLimitType, interval, intervalNum, limit: most };
}

function symbolJson({ filters, instrument }: Listed) {
  const { base, quote, symbol } = instrument;
  return {
    ...{ symbol, status: 'TRADING', baseAsset: base, baseAssetPrecision: 8 },
    ...{ quoteAsset: quote, quotePrecision: 8, quoteAssetPrecision: 8 },
    ...{ baseCommissionPrecision: 8, quoteCommissionPrecision: 8 },
    orderTypes: SPOT_TYPES,
    ...{ icebergAllowed: false, ocoAllowed: true, otoAllowed: true, opoAllowed: false },
    ...{ quoteOrderQtyMarketAllowed: true, allowTrailingStop: false, cancelReplaceAllowed: true },
    ...{ amendAllowed: false, pegInstructionsAllowed: false },
    ...{ isSpotTradingAllowed: true, isMarginTradingAllowed: false },
    filters: filtersJson({ filters, instrument }),
    permissions: [],
    permissionSets: [['SPOT']],
    defaultSelfTradePreventionMode: 'EXPIRE_MAKER',
    allowedSelfTradePreventionModes: STP_MODES,
  };
}

function filtersJson({ filters, instrument }: Listed): readonly unknown[] {
  const { askMultiplierDown, askMultiplierUp, bidMultiplierDown, bidMultiplierUp } = filters;
  const lots = (maxQty: number, stepSize: number) => ({
    minQty: spotQty(instrument, stepSize === 0 ? 0 : filters.minQty),
    maxQty: spotQty(instrument, maxQty),
    stepSize: spotQty(instrument, stepSize),
  });
  return [
    {
      filterType: 'PRICE_FILTER',
      minPrice: spotPrice(instrument, filters.minPrice),
      maxPrice: spotPrice(instrument, filters.maxPrice),
      tickSize: spotPrice(instrument, 1),
    },
    { filterType: 'LOT_SIZE', ...lots(filters.maxQty, 1) },
    { filterType: 'MARKET_LOT_SIZE', ...lots(filters.marketMaxQty, 0) },
    {
      ...{ filterType: 'PERCENT_PRICE_BY_SIDE', avgPriceMins: 5 },
      ...{ bidMultiplierUp, bidMultiplierDown, askMultiplierUp, askMultiplierDown },
    },
    {
      ...{
        filterType: 'NOTIONAL',
        minNotional: cashText(instrument.minNotionalCash),
        applyMinToMarket: true,
      },
      ...{ maxNotional: '9000000.00000000', applyMaxToMarket: false, avgPriceMins: 5 },
    },
    { filterType: 'MAX_NUM_ORDERS', maxNumOrders: filters.maxNumOrders },
    { filterType: 'MAX_NUM_ORDER_LISTS', maxNumOrderLists: filters.maxNumOrderLists },
    { filterType: 'MAX_NUM_ALGO_ORDERS', maxNumAlgoOrders: filters.maxNumAlgoOrders },
  ];
}
