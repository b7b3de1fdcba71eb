import { cashValue, type Instrument } from '../../instrument/index.js';
import { tickLots, type Lots, type Ticks } from '../../primitives/index.js';

/**
 * The part of a position that no order can close, and that therefore goes to DUST: all of it where it is worth
 * less than the minimum notional at `price`, else nothing. Signed like `openQty`. What lies below one lot never
 * becomes a quantity of ours (see `splitBaseFee`).
 * @param openQty what the owner still holds, signed lots
 */
export function dustOf(openQty: Lots, instrument: Instrument, price: Ticks): Lots {
  const value = cashValue(instrument, tickLots(price, Math.abs(openQty)));
  return value < instrument.minNotionalCash ? openQty : 0;
}
