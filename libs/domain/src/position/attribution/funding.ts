import { type Instrument } from '../../instrument/index.js';
import {
  CASH_SCALE,
  divHalfUp,
  type Cash,
  type Decimal,
  type Lots,
  type Ticks,
} from '../../primitives/index.js';
import { sumShares, type OwnerShare } from './owners.js';

/** Decimals of cash that exchanges book funding and fees with. */
export const BOOKED_DECIMALS = 8;

/** Received (+) or paid (-). The shares and DUST together are exactly what the exchange books. */
export interface FundingAllocation {
  /** One per share, in the order of the shares. */
  readonly amounts: readonly { readonly owner: string; readonly amount: Cash }[];
  /** What the exchange books: on the net position, in hedge mode on each side. */
  readonly charge: Cash;
  /** charge - sum of amounts: what the roundings leave, booked to DUST. */
  readonly dust: Cash;
}

/**
 * Funding of one instant: every owner by its own signed share, longs pay shorts where `rate` is above 0. Owners
 * and charge are each rounded half-up to 8 decimals, once.
 * @param price the mark price that the exchange charges on, in ticks
 * @param hedgeMode whether the exchange keeps LONG and SHORT apart and charges each
 */
export function allocateFunding(
  shares: readonly OwnerShare[],
  price: Ticks,
  rate: Decimal,
  instrument: Instrument,
  hedgeMode = false,
): FundingAllocation {
  const amounts = shares.map(({ owner, signedLots }) => ({
    owner,
    amount: funding(signedLots, price, rate, instrument),
  }));
  const charge = hedgeMode
    ? funding(sumShares(shares.filter(isLong)), price, rate, instrument) +
      funding(sumShares(shares.filter((share) => !isLong(share))), price, rate, instrument)
    : funding(sumShares(shares), price, rate, instrument);
  let dust = charge;
  for (const { amount } of amounts) dust -= amount;
  return { amounts, charge, dust };
}

function isLong(share: OwnerShare): boolean {
  return share.signedLots > 0;
}

function funding(signedLots: Lots, price: Ticks, rate: Decimal, instrument: Instrument): Cash {
  const value = BigInt(signedLots) * BigInt(price) * instrument.tickLotCash * rate.units;
  const unit = 10n ** BigInt(CASH_SCALE - BOOKED_DECIMALS);
  return -divHalfUp(value, 10n ** BigInt(rate.scale) * unit) * unit;
}
