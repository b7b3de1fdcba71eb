import {
  decimal,
  priceToTicks,
  tickLots,
  wholeLots,
  type Decimal,
  type Instrument,
  type Lots,
  type Ticks,
} from '@bowline/domain';
import { filterFailure, tooPrecise } from './spot-error.js';

/** What an instrument does not say itself of what is demanded of orders, near to what BTCUSDT has at Binance. */
export interface SpotFilters {
  /** PRICE_FILTER, ticks. */
  readonly minPrice: Ticks;
  readonly maxPrice: Ticks;
  /** LOT_SIZE and MARKET_LOT_SIZE, lots. */
  readonly minQty: Lots;
  readonly maxQty: Lots;
  readonly marketMaxQty: Lots;
  /** PERCENT_PRICE_BY_SIDE: decimal texts. */
  readonly bidMultiplierUp: string;
  readonly bidMultiplierDown: string;
  readonly askMultiplierUp: string;
  readonly askMultiplierDown: string;
  /** Of a symbol: open orders, those among them that wait for a price, and open lists. */
  readonly maxNumOrders: number;
  readonly maxNumAlgoOrders: number;
  readonly maxNumOrderLists: number;
}

export const SPOT_FILTERS: SpotFilters = {
  minPrice: 1,
  maxPrice: 100_000_000,
  minQty: 1,
  maxQty: 900_000_000,
  marketMaxQty: 15_000_000,
  bidMultiplierUp: '5',
  bidMultiplierDown: '0.2',
  askMultiplierUp: '5',
  askMultiplierDown: '0.2',
  maxNumOrders: 200,
  maxNumAlgoOrders: 5,
  maxNumOrderLists: 20,
};

/** Decimals that a parameter may have. */
const MOST_DECIMALS = 8;

/** The price in ticks. Throws a BinanceError where it is off the tick or beyond its bounds. */
export function checkedPrice(
  instrument: Instrument,
  { maxPrice, minPrice }: SpotFilters,
  price: Decimal,
  parameter: string,
): Ticks {
  if (price.scale > MOST_DECIMALS) throw tooPrecise(parameter);
  const ticks = priceToTicks(instrument, price);
  if (ticks === null || ticks < minPrice || ticks > maxPrice) throw filterFailure('PRICE_FILTER');
  return ticks;
}

/** The quantity in lots. Throws a BinanceError where it is no whole number of them or beyond its bounds. */
export function checkedQuantity(
  instrument: Instrument,
  { marketMaxQty, maxQty, minQty }: SpotFilters,
  quantity: Decimal,
  isMarket: boolean,
  parameter: string,
): Lots {
  if (quantity.scale > MOST_DECIMALS) throw tooPrecise(parameter);
  const lots = wholeLots(instrument, quantity);
  if (lots === null || lots < minQty || lots > maxQty) throw filterFailure('LOT_SIZE');
  if (isMarket && lots > marketMaxQty) throw filterFailure('MARKET_LOT_SIZE');
  return lots;
}

/** A limit may not be far from the reference price, either way. Throws a BinanceError. */
export function checkPercentPrice(
  filters: SpotFilters,
  isBuy: boolean,
  price: Ticks,
  reference: Ticks | null,
): void {
  if (reference === null) return;
  const [up, down] = isBuy
    ? [filters.bidMultiplierUp, filters.bidMultiplierDown]
    : [filters.askMultiplierUp, filters.askMultiplierDown];
  if (compare(price, up, reference) > 0 || compare(price, down, reference) < 0)
    throw filterFailure('PERCENT_PRICE_BY_SIDE');
}

/** Throws a BinanceError where an order is worth too little. */
export function checkNotional(instrument: Instrument, price: Ticks | null, quantity: Lots): void {
  if (price === null || instrument.minNotionalCash === 0n) return;
  if (tickLots(price, quantity) * instrument.tickLotCash < instrument.minNotionalCash)
    throw filterFailure('NOTIONAL');
}

/** Of a price and so many times the reference price: above 0 where the price is higher. */
function compare(price: Ticks, multiplier: string, reference: Ticks): bigint {
  const { scale, units } = decimal(multiplier);
  return BigInt(price) * 10n ** BigInt(scale) - BigInt(reference) * units;
}
