import { compareCodePoints, type Lots } from '../../primitives/index.js';

/** Somebody who takes part in a split. */
export interface Claim {
  readonly owner: string;
  /** Not negative; only the proportions count. */
  readonly weight: bigint;
}

/**
 * Splits `total` lots in proportion to the weights: each gets the whole part of its quota, and the lots that are
 * left go one by one to the largest fractions, ties to the owner that is first by code point. Sums to `total`
 * exactly, in the order of the claims, and does not depend on that order as long as owners differ; equal owners
 * tie by their place. Nobody gets more than its weight while `total` is at most the sum of the weights.
 */
export function largestRemainder(total: Lots, claims: readonly Claim[]): Lots[] {
  if (!(Number.isSafeInteger(total) && total >= 0)) {
    throw new RangeError(`a split needs a whole number of lots, 0 or more, got ${total}`);
  }
  let weights = 0n;
  for (const { owner, weight } of claims) {
    if (weight < 0n) throw new RangeError(`the weight of ${owner} is below 0`);
    weights += weight;
  }
  if (total === 0) return claims.map(() => 0);
  if (weights === 0n) throw new RangeError(`cannot split ${total} lots: no weight is above 0`);

  const quotas = claims.map(({ owner, weight }, place) => {
    const quota = BigInt(total) * weight;
    return { owner, place, lots: Number(quota / weights), remainder: quota % weights };
  });
  let left = total;
  for (const quota of quotas) left -= quota.lots;
  const lots = quotas.map((quota) => quota.lots);
  quotas.sort(
    (a, b) =>
      compareBig(b.remainder, a.remainder) || compareCodePoints(a.owner, b.owner) || a.place - b.place,
  );
  // Fewer lots are left than there are fractions above 0, so nobody with a whole quota is reached.
  for (let i = 0; i < left; i += 1) lots[quotas[i]!.place]! += 1;
  return lots;
}

function compareBig(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
