import { compareCodePoints, type Lots } from '../primitives/index.js';
import type { OwnershipEntry } from './entry.js';

/** Positions that vanished while another one changed by exactly their quantity. Kept until a person confirms. */
export interface MergeCandidate {
  readonly symbol: string;
  /** Ids that the exchange no longer lists. */
  readonly vanished: readonly string[];
  /** Where their quantity went; one of `vanished` itself where they cancel each other out and nothing is left. */
  readonly into: string;
  /** Signed lots that went. */
  readonly quantity: Lots;
  readonly entries: readonly OwnershipEntry[];
}

/** An exchange position that owners hold and the exchange no longer lists. */
export interface Gap {
  readonly id: string;
  readonly symbol: string;
  readonly quantity: Lots;
  readonly entries: readonly OwnershipEntry[];
}

/** A position that the exchange lists with another quantity than its owners hold. */
export interface Surplus {
  readonly positionId: string;
  readonly symbol: string;
  readonly difference: Lots;
}

/** Sums of all subsets are tried up to this many vanished positions of a symbol; beyond it singles and the whole. */
const EXHAUSTIVE = 12;

/**
 * Finds where vanished positions may have gone: an exchange that nets (Saxo does, at the end of the day) shows the
 * quantity of two positions under one of their ids, or under a new one, and lists none at all where they cancel
 * out. A candidate is only what adds up exactly within a symbol. Deterministic: ids in code-point order.
 */
export function findMerges(gaps: readonly Gap[], surpluses: readonly Surplus[]): MergeCandidate[] {
  const merges: MergeCandidate[] = [];
  const left = new Map<string, Gap[]>();
  for (const gap of [...gaps].sort((a, b) => compareCodePoints(a.id, b.id))) {
    const others = left.get(gap.symbol);
    if (others) others.push(gap);
    else left.set(gap.symbol, [gap]);
  }
  for (const surplus of [...surpluses].sort((a, b) => compareCodePoints(a.positionId, b.positionId))) {
    const open = left.get(surplus.symbol) ?? [];
    const gone = subsetWithSum(open, surplus.difference);
    if (gone === null) continue;
    merges.push(candidate(gone, surplus.positionId));
    left.set(
      surplus.symbol,
      open.filter((gap) => !gone.includes(gap)),
    );
  }
  for (const open of left.values()) {
    const gone = subsetWithSum(open, 0);
    if (gone !== null) merges.push(candidate(gone, gone[0]!.id));
  }
  return merges.sort((a, b) => compareCodePoints(a.into, b.into));
}

function candidate(gone: readonly Gap[], into: string): MergeCandidate {
  return {
    symbol: gone[0]!.symbol,
    vanished: gone.map(({ id }) => id),
    into,
    quantity: sum(gone),
    entries: gone.flatMap(({ entries }) => entries),
  };
}

/** Some of the gaps, at least one, that sum to `target`: as many as possible, the first by id among these. */
function subsetWithSum(gaps: readonly Gap[], target: Lots): readonly Gap[] | null {
  if (gaps.length > EXHAUSTIVE) {
    if (sum(gaps) === target) return gaps;
    return gaps.map((gap) => [gap]).find((single) => sum(single) === target) ?? null;
  }
  let best: readonly Gap[] | null = null;
  for (let mask = 1; mask < 1 << gaps.length; mask += 1) {
    const subset = gaps.filter((_, i) => (mask & (1 << i)) !== 0);
    if (sum(subset) === target && subset.length > (best?.length ?? 0)) best = subset;
  }
  return best;
}

function sum(gaps: readonly Gap[]): Lots {
  let total = 0;
  for (const { quantity } of gaps) total += quantity;
  return total;
}
