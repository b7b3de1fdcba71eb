import type { Instrument } from '../instrument/index.js';
import { quantityToLots } from '../instrument/index.js';
import type { Cash, Decimal, Lots, Ticks } from '../primitives/index.js';
import type { Sizing } from '../signal/params.js';

/** What sizing looks at. */
export interface SizingFacts {
  readonly instrument: Instrument;
  /** Entry price before slippage. */
  readonly price: Ticks;
  /** accountBalance + realized netPnl of the account; null where the balance is unknown. */
  readonly balance: Cash | null;
  /** Planned stop for an entry at `price`; null without one. */
  readonly stopPrice: Ticks | null;
}

export type SizingRefusal = 'NO_BALANCE' | 'STOP_REQUIRED' | 'QUANTITY_TOO_LARGE';

/** The entry's quantity, rounded down to the lot (0 where the amount does not buy one), or why there is none. */
export function sizeEntry(sizing: Sizing, facts: SizingFacts): Lots | SizingRefusal {
  switch (sizing.kind) {
    case 'fixedQuantity':
      return quantityToLots(facts.instrument, sizing.quantity) ?? 'QUANTITY_TOO_LARGE';
    case 'fixedNotional':
      return lotsFor(sizing.notional, 1n, facts.price, facts.instrument);
    case 'percentOfBalance':
      if (facts.balance === null) return 'NO_BALANCE';
      return lotsOfShare(facts.balance, sizing.percent, facts.price, facts.instrument);
    case 'riskPerTrade': {
      if (facts.balance === null) return 'NO_BALANCE';
      if (facts.stopPrice === null || facts.stopPrice === facts.price) return 'STOP_REQUIRED';
      return lotsOfShare(
        facts.balance,
        sizing.percent,
        Math.abs(facts.price - facts.stopPrice),
        facts.instrument,
      );
    }
  }
}

/** Lots that `percent` of `balance` covers at `ticksPerLot`. */
function lotsOfShare(
  balance: Cash,
  percent: Decimal,
  ticksPerLot: Ticks,
  instrument: Instrument,
): Lots | SizingRefusal {
  return lotsFor(balance * percent.units, 100n * 10n ** BigInt(percent.scale), ticksPerLot, instrument);
}

function lotsFor(
  amount: bigint,
  divisor: bigint,
  ticksPerLot: Ticks,
  instrument: Instrument,
): Lots | SizingRefusal {
  if (amount <= 0n) return 0;
  const lots = Number(amount / (divisor * BigInt(ticksPerLot) * instrument.tickLotCash));
  return Number.isSafeInteger(lots) ? lots : 'QUANTITY_TOO_LARGE';
}
