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
  formatUnits,
  parseDecimal,
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
  status: wordOf(['TRADING', 'HALT', 'BREAK', 'END_OF_DAY']),
  baseAsset: z.string(),
  quoteAsset: z.string(),
  isSpotTradingAllowed: z.boolean(),
  filters,
});
export type SymbolInfo = z.output<typeof symbolInfo>;

/** GET /api/v3/exchangeInfo. */
export const exchangeInfo = z.looseObject({ rateLimits: z.array(rateLimit), symbols: z.array(symbolInfo) });

/** The instrument as the exchange has it. Throws a RangeError where it cannot be traded exactly. */
export function toInstrument(exchange: string, info: SymbolInfo): Instrument {
  const { baseAsset, quoteAsset, symbol } = info;
  return createInstrument({
    ...{ exchange, symbol, kind: 'spot', base: baseAsset, quote: quoteAsset, settle: quoteAsset },
    ...{ multiplier: '1', inverse: false },
    tickSize: short(filterText(info, 'PRICE_FILTER', 'tickSize')),
    lotSize: short(filterText(info, 'LOT_SIZE', 'stepSize')),
    minNotional: short(minNotional(info)),
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

/** Whether it takes orders. */
export function isTrading({ isSpotTradingAllowed, status }: SymbolInfo): boolean {
  return status === 'TRADING' && isSpotTradingAllowed;
}

/** What the exchange demands of orders in a symbol, in the units of our instrument. */
export function toFilters(instrument: Instrument, info: SymbolInfo): OrderFilters {
  const lots = (type: string, name: string): Lots | null =>
    filterUnits(info, type, name, (value) => wholeLots(instrument, value));
  const ticks = (name: string): Ticks | null =>
    filterUnits(info, 'PRICE_FILTER', name, (value) => priceToTicks(instrument, value));
  const notional = minNotional(info);
  // Buys are bounded from above, sells from below.
  const up =
    filterText(info, 'PERCENT_PRICE_BY_SIDE', 'bidMultiplierUp') ??
    filterText(info, 'PERCENT_PRICE', 'multiplierUp');
  const down =
    filterText(info, 'PERCENT_PRICE_BY_SIDE', 'askMultiplierDown') ??
    filterText(info, 'PERCENT_PRICE', 'multiplierDown');
  return {
    symbol: instrument.symbol,
    trading: isTrading(info),
    minQty: lots('LOT_SIZE', 'minQty'),
    maxQty: lots('LOT_SIZE', 'maxQty'),
    marketMaxQty: lots('MARKET_LOT_SIZE', 'maxQty'),
    minPrice: ticks('minPrice'),
    maxPrice: ticks('maxPrice'),
    minNotional: notional === null ? null : cash(notional),
    // Spot does not know which orders close.
    minNotionalOfClosing: true,
    percentPrice: up === null || down === null ? null : { up, down },
    maxOpenOrders: filterCount(info, 'MAX_NUM_ORDERS', 'maxNumOrders'),
    maxConditionalOrders: filterCount(info, 'MAX_NUM_ALGO_ORDERS', 'maxNumAlgoOrders'),
  };
}

function minNotional(info: SymbolInfo): string | null {
  return filterText(info, 'NOTIONAL', 'minNotional') ?? filterText(info, 'MIN_NOTIONAL', 'minNotional');
}

/** Without the zeros behind it, which are always there. What is not told is 0. */
function short(text: string | null): string {
  const value = parseDecimal(text ?? '0');
  return value === null ? '0' : formatUnits(value.units, value.scale);
}
