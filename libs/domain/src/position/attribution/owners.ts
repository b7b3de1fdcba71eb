import type { Lots } from '../../primitives/index.js';

/** Owns what no strategy owns: trades made by a person, and what cannot be explained. */
export const EXTERNAL = 'EXTERNAL';

/** Owns residues that are too small to trade, and what roundings leave over. */
export const DUST = 'DUST';

/** What one owner holds of an exchange position: signed lots, long above 0. */
export interface OwnerShare {
  readonly owner: string;
  readonly signedLots: Lots;
}

/** Signed lots of all shares together. */
export function sumShares(shares: readonly OwnerShare[]): Lots {
  let sum = 0;
  for (const share of shares) sum += share.signedLots;
  return sum;
}
