import {
  filterCount,
  filters,
  filterText,
  filterUnits,
  rateLimit,
  toRateLimits,
  unitsDiffer,
  wordOf,
  type Demands,
} from '@bowline/exchange-binance-common';
import {
  cash,
  createInstrument,
  priceToTicks,
  wholeLots,
  type Instrument,
  type Lots,
  type Ticks,
} from '@bowline/domain';
import type { OrderFilters } from '@bowline/ports';
import { z } from 'zod';

const symbolInfo = z.looseObject({
  symbol: z.string(),
  contractType: wordOf([
    'PERPETUAL',
    'TRADIFI_PERPETUAL',
    'CURRENT_MONTH',
    'NEXT_MONTH',
    'CURRENT_QUARTER',
    'NEXT_QUARTER',
    'PERPETUAL_DELIVERING',
  ]),
  deliveryDate: z.int().optional(),
  status: wordOf([
    'TRADING',
    'PENDING_TRADING',
    'PRE_DELIVERING',
    'DELIVERING',
    'DELIVERED',
    'PRE_SETTLE',
    'SETTLING',
    'CLOSE',
  ]),
  baseAsset: z.string(),
  quoteAsset: z.string(),
  marginAsset: z.string(),
  filters,
});
export type SymbolInfo = z.output<typeof symbolInfo>;

/** GET /fapi/v1/exchangeInfo. */
export const exchangeInfo = z.looseObject({ rateLimits: z.array(rateLimit), symbols: z.array(symbolInfo) });

/** The instrument as the exchange has it. Throws a RangeError where it cannot be traded exactly. */
export function toInstrument(exchange: string, info: SymbolInfo): Instrument {
  const { baseAsset, contractType, deliveryDate, marginAsset, quoteAsset, symbol } = info;
  const isPerpetual = contractType === 'PERPETUAL' || contractType === 'TRADIFI_PERPETUAL';
  return createInstrument({
    exchange,
    symbol,
    kind: isPerpetual ? 'perpetual' : 'future',
    base: baseAsset,
    quote: quoteAsset,
    settle: marginAsset,
    multiplier: '1',
    inverse: false,
    tickSize: filterText(info, 'PRICE_FILTER', 'tickSize') ?? '0',
    lotSize: filterText(info, 'LOT_SIZE', 'stepSize') ?? '0',
    minNotional: filterText(info, 'MIN_NOTIONAL', 'notional') ?? '0',
    ...(!isPerpetual && deliveryDate !== undefined && { expiryMs: deliveryDate }),
  });
}

/** What all of it demands. */
export function demandsOf(info: z.output<typeof exchangeInfo>): Demands {
  const bySymbol = new Map(info.symbols.map((each) => [each.symbol, each]));
  return {
    limits: toRateLimits(info.rateLimits),
    of(instrument) {
      const found = bySymbol.get(instrument.symbol);
      if (found === undefined) return { filters: null, problem: `${instrument.symbol} is not traded there` };
      return { filters: toFilters(instrument, found), problem: unitsDiffer(instrument, found) };
    },
  };
}

/** What the exchange demands of orders in a symbol, in the units of our instrument. */
export function toFilters(instrument: Instrument, info: SymbolInfo): OrderFilters {
  const { symbol } = instrument;
  const lots = (type: string, name: string): Lots | null =>
    filterUnits(info, type, name, (value) => wholeLots(instrument, value));
  const ticks = (name: string): Ticks | null =>
    filterUnits(info, 'PRICE_FILTER', name, (value) => priceToTicks(instrument, value));
  const notional = filterText(info, 'MIN_NOTIONAL', 'notional');
  const [up, down] = [
    filterText(info, 'PERCENT_PRICE', 'multiplierUp'),
    filterText(info, 'PERCENT_PRICE', 'multiplierDown'),
  ];
  return {
    symbol,
    trading: info.status === 'TRADING',
    minQty: lots('LOT_SIZE', 'minQty'),
    maxQty: lots('LOT_SIZE', 'maxQty'),
    marketMaxQty: lots('MARKET_LOT_SIZE', 'maxQty'),
    minPrice: ticks('minPrice'),
    maxPrice: ticks('maxPrice'),
    minNotional: notional === null ? null : cash(notional),
    // Reduce-only orders may be smaller: error -4164 says so.
    minNotionalOfClosing: false,
    percentPrice: up === null || down === null ? null : { up, down },
    maxOpenOrders: filterCount(info, 'MAX_NUM_ORDERS'),
    maxConditionalOrders: filterCount(info, 'MAX_NUM_ALGO_ORDERS'),
  };
}
