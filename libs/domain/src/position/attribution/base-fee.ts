import type { Instrument } from '../../instrument/index.js';
import { decimal, divFloor, type Decimal, type Lots } from '../../primitives/index.js';

/** A fill whose fee was taken from the bought quantity itself. */
export interface BaseFeeSplit {
  /** What the owner got: the quantity less the fee, in whole lots. */
  readonly owner: Lots;
  /** Whole lots that DUST has gathered, this remainder included. */
  readonly dust: Lots;
  /** What DUST holds below one lot, base units; carry it to the next split. */
  readonly carry: Decimal;
}

/** Nothing carried yet. */
export const NO_CARRY: Decimal = { units: 0n, scale: 0 };

/**
 * Splits a fill of `quantity` lots whose `fee` is in base units: the owner keeps whole lots, the remainder below a
 * lot goes to DUST. Exact: (owner + dust) lots + carry = quantity - fee + the earlier carry. A rebate (negative
 * fee) adds to the owner. Throws a RangeError where the fee is larger than the fill.
 * @param carry what the last split left below one lot
 */
export function splitBaseFee(
  quantity: Lots,
  fee: Decimal,
  instrument: Instrument,
  carry: Decimal = NO_CARRY,
): BaseFeeSplit {
  const perLot = lotInBase(instrument);
  const scale = Math.max(perLot.scale, fee.scale, carry.scale);
  const lot = unitsAt(perLot, scale);
  const received = BigInt(quantity) * lot - unitsAt(fee, scale);
  if (received < 0n) {
    throw new RangeError(
      `${instrument.exchange}:${instrument.symbol}: the fee is larger than the fill of ${quantity} lots`,
    );
  }
  const owner = divFloor(received, lot);
  const residue = received - owner * lot + unitsAt(carry, scale);
  const dust = divFloor(residue, lot);
  return { owner: Number(owner), dust: Number(dust), carry: shortest(residue - dust * lot, scale) };
}

/** Base units of one lot: for contracts the multiplier counts. */
function lotInBase(instrument: Instrument): Decimal {
  const multiplier = decimal(instrument.multiplier);
  return { units: instrument.lot.units * multiplier.units, scale: instrument.lot.scale + multiplier.scale };
}

/** The same value with as few decimals as it needs. */
function shortest(units: bigint, scale: number): Decimal {
  let short = { units, scale };
  while (short.scale > 0 && short.units % 10n === 0n)
    short = { units: short.units / 10n, scale: short.scale - 1 };
  return short;
}

function unitsAt(value: Decimal, scale: number): bigint {
  return value.units * 10n ** BigInt(scale - value.scale);
}
