import { CASH_SCALE, type Cash, type Decimal, type Instrument, type TickLots } from '@bowline/domain';

/** Decimals of the quote currency that a fee is rounded to. */
const FEE_DECIMALS = 8;
const FEE_UNIT = 10n ** BigInt(CASH_SCALE - FEE_DECIMALS);

/** A fee rate for one instrument, its factors worked out once: the rounding is one addition and one division. */
export interface FeeRate {
  readonly factor: bigint;
  readonly divisor: bigint;
  readonly half: bigint;
}

export function feeRate(instrument: Instrument, bps: Decimal): FeeRate {
  const divisor = 10_000n * 10n ** BigInt(bps.scale) * FEE_UNIT;
  return { factor: instrument.tickLotCash * bps.units, divisor, half: divisor / 2n };
}

/** The fee on `value` (above 0), rounded half-up to 8 decimals; a negative rate is a rebate, rounded alike. */
export function feeOn(value: TickLots, { factor, divisor, half }: FeeRate): Cash {
  if (factor === 0n) return 0n;
  const exact = value * factor;
  return (exact < 0n ? -((half - exact) / divisor) : (exact + half) / divisor) * FEE_UNIT;
}
