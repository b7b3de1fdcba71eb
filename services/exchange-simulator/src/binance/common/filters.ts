import {
  cash,
  decimal,
  priceToTicks,
  wholeLots,
  type Cash,
  type Decimal,
  type Instrument,
  type Lots,
  type Ticks,
} from '@bowline/domain';
import { BinanceError } from './binance-error.js';
import { cashText, priceText } from './decimal-text.js';

/** What an exchange demands of orders in a symbol. */
export interface SymbolFilters {
  /** PRICE_FILTER; the tick is the instrument's. */
  readonly minPrice: Ticks;
  readonly maxPrice: Ticks;
  /** LOT_SIZE and MARKET_LOT_SIZE; the step is the instrument's lot. */
  readonly minQty: Lots;
  readonly maxQty: Lots;
  readonly marketMaxQty: Lots;
  /** MIN_NOTIONAL, in the quote currency. */
  readonly minNotional: Cash;
  /** PERCENT_PRICE: decimal texts. */
  readonly multiplierUp: string;
  readonly multiplierDown: string;
  /** MAX_NUM_ORDERS, by symbol. */
  readonly maxNumOrders: number;
  /** MAX_NUM_ALGO_ORDERS; over all symbols. */
  readonly maxNumAlgoOrders: number;
}

/** What an instrument does not say itself, near to what BTCUSDT has at Binance. */
export const FILTER_DEFAULTS: Omit<SymbolFilters, 'minPrice' | 'minQty' | 'minNotional'> = {
  maxPrice: 1_000_000_000,
  maxQty: 1_000_000,
  marketMaxQty: 120_000,
  multiplierUp: '1.1500',
  multiplierDown: '0.8500',
  maxNumOrders: 200,
  maxNumAlgoOrders: 200,
};

export type FilterOptions = Partial<typeof FILTER_DEFAULTS>;

export function filtersOf({ minNotional }: Instrument, options: FilterOptions = {}): SymbolFilters {
  return { minPrice: 1, minQty: 1, minNotional: cash(minNotional), ...FILTER_DEFAULTS, ...options };
}

/** The price in ticks. Throws a BinanceError where it is off the tick or beyond its bounds. */
export function checkedPrice(instrument: Instrument, filters: SymbolFilters, price: Decimal): Ticks {
  if (price.units <= 0n) throw BinanceError.of(-4001);
  // More decimals than the symbol has at all.
  if (price.scale > instrument.tick.scale) throw BinanceError.of(-1111);
  const ticks = priceToTicks(instrument, price);
  if (ticks === null) throw BinanceError.of(-4014);
  if (ticks > filters.maxPrice) throw BinanceError.of(-4002);
  if (ticks < filters.minPrice) throw BinanceError.of(-4013);
  return ticks;
}

/** The quantity in lots. Throws a BinanceError where it is no whole number of them or beyond its bounds. */
export function checkedQuantity(
  instrument: Instrument,
  filters: SymbolFilters,
  quantity: Decimal,
  isMarket: boolean,
): Lots {
  if (quantity.units <= 0n) throw BinanceError.of(-4003);
  if (quantity.scale > instrument.lot.scale) throw BinanceError.of(-1111);
  const lots = wholeLots(instrument, quantity);
  if (lots === null) throw BinanceError.of(-4023);
  if (lots < filters.minQty) throw BinanceError.of(-4004);
  if (lots > (isMarket ? filters.marketMaxQty : filters.maxQty)) throw BinanceError.of(-4005);
  return lots;
}

/** A buy's limit may not be far above the reference price, nor a sell's far below. Throws a BinanceError. */
export function checkPercentPrice(
  instrument: Instrument,
  { multiplierDown, multiplierUp }: SymbolFilters,
  isBuy: boolean,
  price: Ticks,
  reference: Ticks | null,
): void {
  if (reference === null) return;
  const { scale, units } = decimal(isBuy ? multiplierUp : multiplierDown);
  const bound = BigInt(reference) * units;
  const asked = BigInt(price) * 10n ** BigInt(scale);
  if (isBuy ? asked <= bound : asked >= bound) return;
  const ticks = Number(bound / 10n ** BigInt(scale));
  throw BinanceError.of(isBuy ? -4016 : -4024, priceText(instrument, ticks));
}

export function minNotionalError({ minNotional }: SymbolFilters): BinanceError {
  return BinanceError.of(-4164, cashText(minNotional));
}
