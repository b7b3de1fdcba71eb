import {
  CASH_SCALE,
  divHalfUp,
  type Cash,
  type Decimal,
  type Instrument,
  type TickLots,
} from '@bowline/domain';

/** Decimals of the quote currency that a fee is rounded to. */
const FEE_DECIMALS = 8;
const FEE_UNIT = 10n ** BigInt(CASH_SCALE - FEE_DECIMALS);

/**
 * A fee rate for one instrument as a fraction in lowest terms: value x factor / divisor is the fee in units of
 * 10^-8. Both as bigints, and as numbers where these are exact.
 */
export interface FeeRate {
  readonly factor: bigint;
  readonly divisor: bigint;
  readonly factorNumber: number;
  readonly divisorNumber: number;
}

export function feeRate(instrument: Instrument, bps: Decimal): FeeRate {
  const factor = instrument.tickLotCash * bps.units;
  const divisor = 10_000n * 10n ** BigInt(bps.scale) * FEE_UNIT;
  const common = greatestCommonDivisor(factor, divisor);
  const lowest = { factor: factor / common, divisor: divisor / common };
  // Written out: of the objects that begin as a spread every one may be of a shape of its own, and slow to read.
  return {
    factor: lowest.factor,
    divisor: lowest.divisor,
    factorNumber: Number(lowest.factor),
    divisorNumber: Number(lowest.divisor),
  };
}

/** The fee on `value` (above 0), rounded half-up to 8 decimals; a negative rate is a rebate, rounded alike. */
export function feeOn(value: TickLots, { divisor, divisorNumber, factor, factorNumber }: FeeRate): Cash {
  const dividend = 2 * Number(value) * factorNumber + divisorNumber;
  if (dividend > 0 && Number.isSafeInteger(dividend) && Number.isSafeInteger(2 * divisorNumber)) {
    return BigInt(Math.floor(dividend / (2 * divisorNumber))) * FEE_UNIT;
  }
  return divHalfUp(value * factor, divisor) * FEE_UNIT;
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x === 0n ? 1n : x;
}
