import type { Lots } from '../../primitives/index.js';
import { sumShares, type OwnerShare } from './owners.js';

/** What is owned, and what the exchange reports: of one account and symbol, in hedge mode of one side of it. */
export interface Holdings {
  readonly shares: readonly OwnerShare[];
  /** Signed lots of EXTERNAL. */
  readonly external: Lots;
  /** Signed lots of DUST. */
  readonly dust: Lots;
  /** Signed lots that the exchange reports; 0 where it lists no position. */
  readonly reported: Lots;
}

export type HoldingsComparison =
  | { readonly kind: 'equal' }
  /** `difference` lots are at the exchange and owned by nobody; below 0: owned and not there. */
  | { readonly kind: 'drift'; readonly owned: Lots; readonly reported: Lots; readonly difference: Lots };

/**
 * Whether shares + EXTERNAL + DUST are what the exchange says. Call it at rest: a fill that is on its way is a
 * drift too. Opposite owners may cancel out: a flat exchange with open shares is equal where they sum to 0.
 */
export function compareToExchange({ shares, external, dust, reported }: Holdings): HoldingsComparison {
  const owned = sumShares(shares) + external + dust;
  return owned === reported
    ? { kind: 'equal' }
    : { kind: 'drift', owned, reported, difference: reported - owned };
}
