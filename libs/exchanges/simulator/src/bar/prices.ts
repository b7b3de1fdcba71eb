import {
  divCeil,
  divFloor,
  roundPriceDown,
  roundPriceUp,
  type Decimal,
  type Instrument,
  type Side,
  type Ticks,
} from '@bowline/domain';

/** Slippage with its share worked out once. */
export interface Slippage {
  readonly instrument: Instrument;
  /** Basis points over 10,000; exact rational below. */
  readonly units: number;
  readonly whole: number;
}

export function slippage(instrument: Instrument, bps: Decimal): Slippage {
  return { instrument, units: Number(bps.units), whole: 10_000 * 10 ** bps.scale };
}

/** A market or stop fill at `price`: slipped against us, rounded against us. */
export function slippedPrice(price: Ticks, side: Side, { instrument, units, whole }: Slippage): Ticks {
  if (units === 0) return price;
  return side === 'BUY'
    ? roundPriceUp(instrument, productOver(price, whole + units, whole, Math.ceil, divCeil))
    : Math.max(1, roundPriceDown(instrument, productOver(price, whole - units, whole, Math.floor, divFloor)));
}

/** price x factor / divisor, rounded once: in numbers where the product is exact, else in bigints. */
function productOver(
  price: Ticks,
  factor: number,
  divisor: number,
  round: (value: number) => number,
  roundExact: (dividend: bigint, divisor: bigint) => bigint,
): Ticks {
  const dividend = price * factor;
  if (Number.isSafeInteger(dividend)) return round(dividend / divisor);
  return Number(roundExact(BigInt(price) * BigInt(factor), BigInt(divisor)));
}

/**
 * What a resting limit order gets in a bar: the open when that is better, its own price when the bar touches it,
 * null when it does not.
 */
export function restingLimitPrice(
  side: Side,
  limit: Ticks,
  open: Ticks,
  high: Ticks,
  low: Ticks,
): Ticks | null {
  if (side === 'BUY') return open <= limit ? open : low <= limit ? limit : null;
  return open >= limit ? open : high >= limit ? limit : null;
}

/** Whether a limit order would trade on arrival at `price`. */
export function isMarketable(side: Side, limit: Ticks, price: Ticks): boolean {
  return side === 'BUY' ? price <= limit : price >= limit;
}

/** What a resting stop gets in a bar before slippage: the open when that has passed it, its trigger, or null. */
export function stopPriceReached(
  side: Side,
  stop: Ticks,
  open: Ticks,
  high: Ticks,
  low: Ticks,
): Ticks | null {
  if (side === 'SELL') return open <= stop ? open : low <= stop ? stop : null;
  return open >= stop ? open : high >= stop ? stop : null;
}

/** Which leg a bar takes that reaches both and whose open decides nothing. */
export type Intrabar = 'pessimistic' | 'optimistic' | 'path';

/**
 * The order in which a bar reaches the legs of a pair that `side` closes. The open decides where it has already
 * passed a leg; else the model does. `path` goes open, nearer of high and low (tie: low), the other, close.
 */
export function firstLeg(
  side: Side,
  takeProfit: Ticks,
  stop: Ticks,
  open: Ticks,
  high: Ticks,
  low: Ticks,
  intrabar: Intrabar,
): 't' | 's' {
  const sells = side === 'SELL';
  if (sells ? open <= stop : open >= stop) return 's';
  if (sells ? open >= takeProfit : open <= takeProfit) return 't';
  if (intrabar === 'pessimistic') return 's';
  if (intrabar === 'optimistic') return 't';
  const lowFirst = open - low <= high - open;
  return lowFirst === sells ? 's' : 't';
}
