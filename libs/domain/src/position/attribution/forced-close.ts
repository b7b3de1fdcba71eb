import type { Lots, PositionSide } from '../../primitives/index.js';
import { largestRemainder } from './largest-remainder.js';
import type { OwnerShare } from './owners.js';

/** Who gives up what of a liquidation or an auto-deleveraging. */
export interface ForcedCloseAllocation {
  /** One per share, in the order of the shares: lots above or equal 0, never more than the share. */
  readonly closes: readonly { readonly owner: string; readonly quantity: Lots }[];
  /** What was closed beyond everything that is owned on that side: EXTERNAL's, and a drift to look into. */
  readonly unallocated: Lots;
}

/**
 * Shares out what the exchange closed by force: pro rata over the owners on the side that was liquidated, by
 * largest remainder, ties to the owner that is first by code point. Owners on the other side lose nothing.
 * @param side the side whose position the exchange reduced
 * @param quantity what it closed, lots
 */
export function allocateForcedClose(
  shares: readonly OwnerShare[],
  side: PositionSide,
  quantity: Lots,
): ForcedCloseAllocation {
  if (!(Number.isSafeInteger(quantity) && quantity >= 0)) {
    throw new RangeError(`a forced close needs a whole number of lots, 0 or more, got ${quantity}`);
  }
  const held = shares.map(({ owner, signedLots }) => ({
    owner,
    weight: BigInt(Math.max(0, side === 'LONG' ? signedLots : -signedLots)),
  }));
  let owned = 0;
  for (const { weight } of held) owned += Number(weight);
  const allocated = Math.min(quantity, owned);
  const lots = largestRemainder(allocated, held);
  return {
    closes: held.map(({ owner }, i) => ({ owner, quantity: lots[i]! })),
    unallocated: quantity - allocated,
  };
}
