import type { Instrument, TimeMs } from '@bowline/domain';
import { cashText, priceText, quantityText } from '../common/decimal-text.js';
import type { SymbolFilters } from '../common/filters.js';
import type { UsageLimits } from '../common/usage.js';
import type { MarketRoutesOptions } from './usdm-market-routes.js';

/** Perpetuals are never delivered: Binance says the year 2100. */
const NEVER = 4_133_404_800_000;
const ONBOARD = 1_569_398_400_000;

/** The answer to `GET /fapi/v1/exchangeInfo`. */
export function usdmExchangeInfo(
  { filtersOf, limits, liquidationFeeBps, markets }: MarketRoutesOptions,
  at: TimeMs,
): unknown {
  const instruments = markets.all.map(({ instrument }) => instrument);
  const assets = [...new Set(instruments.map(({ settle }) => settle))];
  return {
    timezone: 'UTC',
    serverTime: at,
    futuresType: 'U_MARGINED',
    rateLimits: rateLimits(limits),
    exchangeFilters: [],
    assets: assets.map((asset) => ({ asset, marginAvailable: true, autoAssetExchange: '-10000' })),
    symbols: instruments.map((instrument) => ({
      ...symbolTerms(instrument),
      liquidationFee: (liquidationFeeBps / 10_000).toFixed(6),
      filters: filters(instrument, filtersOf(instrument.symbol)),
    })),
  };
}

/** In the form that both products have. */
export function rateLimits({
  ordersPer10Seconds,
  ordersPerMinute,
  weightPerMinute,
}: UsageLimits): readonly unknown[] {
  return [
    { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: weightPerMinute },
    { rateLimitType: 'ORDERS', interval: 'MINUTE', intervalNum: 1, limit: ordersPerMinute },
    { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: ordersPer10Seconds },
  ];
}

function symbolTerms({ base, expiryMs, kind, lot, quote, settle, symbol, tick }: Instrument) {
  return {
    ...{ symbol, pair: symbol.split('_')[0] },
    contractType: kind === 'perpetual' ? 'PERPETUAL' : 'CURRENT_QUARTER',
    ...{ deliveryDate: expiryMs ?? NEVER, onboardDate: ONBOARD, status: 'TRADING' },
    ...{ maintMarginPercent: '2.5000', requiredMarginPercent: '5.0000' },
    ...{ baseAsset: base, quoteAsset: quote, marginAsset: settle },
    ...{ pricePrecision: tick.scale, quantityPrecision: lot.scale },
    ...{ baseAssetPrecision: 8, quotePrecision: 8 },
    ...{
      underlyingType: 'COIN',
      underlyingSubType: ['PoW'],
      triggerProtect: '0.0500',
      marketTakeBound: '0.05',
    },
    maxMoveOrderLimit: 10_000,
    orderTypes: ['LIMIT', 'MARKET', 'STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET'],
    timeInForce: ['GTC', 'IOC', 'FOK', 'GTX', 'GTD'],
  };
}

function filters(instrument: Instrument, demanded: SymbolFilters): readonly unknown[] {
  const { maxNumAlgoOrders, maxNumOrders, minNotional, multiplierDown, multiplierUp } = demanded;
  const lots = (maxQty: number) => ({
    minQty: quantityText(instrument, demanded.minQty),
    maxQty: quantityText(instrument, maxQty),
    stepSize: quantityText(instrument, 1),
  });
  return [
    {
      filterType: 'PRICE_FILTER',
      minPrice: priceText(instrument, demanded.minPrice),
      maxPrice: priceText(instrument, demanded.maxPrice),
      tickSize: priceText(instrument, 1),
    },
    { filterType: 'LOT_SIZE', ...lots(demanded.maxQty) },
    { filterType: 'MARKET_LOT_SIZE', ...lots(demanded.marketMaxQty) },
    { filterType: 'MAX_NUM_ORDERS', limit: maxNumOrders },
    { filterType: 'MAX_NUM_ALGO_ORDERS', limit: maxNumAlgoOrders },
    { filterType: 'MIN_NOTIONAL', notional: cashText(minNotional).replace(/\.?0+$/, '') || '0' },
    { filterType: 'PERCENT_PRICE', multiplierUp, multiplierDown, multiplierDecimal: '4' },
    { filterType: 'POSITION_RISK_CONTROL', positionControlSide: 'NONE' },
  ];
}
