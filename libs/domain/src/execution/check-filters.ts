import { cashValue, type Instrument } from '../instrument/index.js';
import type { RejectReason } from '../position/channel-events.js';
import type { OrderTerms } from '../position/channel-state.js';
import { decimal, tickLots, type Lots, type Ticks } from '../primitives/index.js';
import type { OrderFilters } from './order-filters.js';

/**
 * Why the exchange would refuse the order as it is; null: nothing that is known speaks against it. What only the exchange
 * knows (margin, what stands in the book) is left to it.
 *
 * @param reference the price that market orders and price bands are measured by; null: not known, and what depends on
 *   it is left to the exchange
 */
export function checkFilters(
  filters: OrderFilters,
  instrument: Instrument,
  terms: OrderTerms,
  reference: Ticks | null,
): RejectReason | null {
  const { orderQty } = terms;
  if (!filters.trading) return 'NOT_TRADING';
  if (filters.minQty !== null && orderQty < filters.minQty) return 'BELOW_MINIMUM';
  const largest = maxQtyOf(filters, terms.orderType);
  if (largest !== null && orderQty > largest) return 'CAPACITY';
  if (!isInRange(filters, terms.limitPrice) || !isInRange(filters, terms.stopPrice))
    return 'PRICE_OUT_OF_RANGE';
  if (!isInBand(filters, terms, reference)) return 'PRICE_OUT_OF_RANGE';
  return isWorthEnough(filters, instrument, terms, reference) ? null : 'BELOW_MINIMUM';
}

/** The largest quantity that one order may have; null: the exchange names none. A stop becomes a market order. */
export function maxQtyOf(
  { marketMaxQty, maxQty }: OrderFilters,
  orderType: OrderTerms['orderType'],
): Lots | null {
  if (orderType === 'limit' || marketMaxQty === null) return maxQty;
  return maxQty === null ? marketMaxQty : Math.min(maxQty, marketMaxQty);
}

/** The smallest quantity that an order of these terms may have, at least 1. */
export function minQtyOf(
  filters: OrderFilters,
  instrument: Instrument,
  terms: OrderTerms,
  reference: Ticks | null,
): Lots {
  const least = Math.max(1, filters.minQty ?? 1);
  const price = priceOf(terms, reference);
  if (price === null || filters.minNotional === null || isExempt(filters, terms)) return least;
  const ofOne = cashValue(instrument, tickLots(price, 1));
  return Math.max(least, Number((filters.minNotional + ofOne - 1n) / ofOne));
}

function isInRange({ maxPrice, minPrice }: OrderFilters, price: Ticks | null): boolean {
  if (price === null) return true;
  return (minPrice === null || price >= minPrice) && (maxPrice === null || price <= maxPrice);
}

function isInBand(
  { percentPrice }: OrderFilters,
  { limitPrice, side }: OrderTerms,
  reference: Ticks | null,
): boolean {
  if (percentPrice === null || limitPrice === null || reference === null) return true;
  const { scale, units } = decimal(side === 'BUY' ? percentPrice.up : percentPrice.down);
  const price = BigInt(limitPrice) * 10n ** BigInt(scale);
  const bound = BigInt(reference) * units;
  return side === 'BUY' ? price <= bound : price >= bound;
}

function isWorthEnough(
  filters: OrderFilters,
  instrument: Instrument,
  terms: OrderTerms,
  reference: Ticks | null,
): boolean {
  const price = priceOf(terms, reference);
  if (filters.minNotional === null || price === null || isExempt(filters, terms)) return true;
  return cashValue(instrument, tickLots(price, terms.orderQty)) >= filters.minNotional;
}

function priceOf({ limitPrice, stopPrice }: OrderTerms, reference: Ticks | null): Ticks | null {
  return limitPrice ?? stopPrice ?? reference;
}

function isExempt({ minNotionalOfClosing }: OrderFilters, { key }: OrderTerms): boolean {
  return key.leg !== 'e' && !minNotionalOfClosing;
}
