import { compareCodePoints, type Decimal, type Lots } from '../../primitives/index.js';
import { largestRemainder } from './largest-remainder.js';

/**
 * Splits `total` lots by weights (routing of a signal over exchanges), in whole lots that sum to `total` exactly.
 * The weights need not sum to 1; a weight of 0 gets nothing. Keys of the result are in code-point order.
 * Throws a RangeError on a negative weight, or where none is above 0.
 */
export function splitByWeights(total: Lots, weights: ReadonlyMap<string, Decimal>): Map<string, Lots> {
  let scale = 0;
  for (const weight of weights.values()) if (weight.scale > scale) scale = weight.scale;
  const claims = [...weights]
    .sort(([a], [b]) => compareCodePoints(a, b))
    .map(([owner, { units, scale: own }]) => ({ owner, weight: units * 10n ** BigInt(scale - own) }));
  const lots = largestRemainder(total, claims);
  return new Map(claims.map(({ owner }, i) => [owner, lots[i]!]));
}
