import { compareCodePoints, type Lots, type TimeMs } from '../primitives/index.js';
import type { ExchangePosition, ExchangeSnapshot, OwnershipEntry, Registry } from './entry.js';
import { findMerges, type Gap, type MergeCandidate, type Surplus } from './merge.js';

/** How the registry and the exchange differ. All lists are in code-point order of their position ids. */
export interface Reconciliation {
  readonly kind: 'complete';
  readonly asOf: TimeMs;
  /** Registered, and no longer at the exchange. */
  readonly orphans: readonly Orphan[];
  /** At the exchange, and owned by nobody. */
  readonly unregistered: readonly ExchangePosition[];
  readonly drift: readonly Drift[];
  readonly mergeCandidates: readonly MergeCandidate[];
  /** Changed after the query was sent: the snapshot says nothing about them. */
  readonly tooNew: readonly OwnershipEntry[];
}

export interface Orphan {
  readonly entry: OwnershipEntry;
  /** False while anything else is unclear in the same symbol: what is there may be this one under another id. */
  readonly removable: boolean;
}

export interface Drift {
  readonly positionId: string;
  readonly symbol: string;
  readonly owners: readonly string[];
  /** Signed lots that its owners have registered together. */
  readonly owned: Lots;
  readonly reported: Lots;
  /** reported - owned. */
  readonly difference: Lots;
  /** The exchange lists this id with another symbol than it was registered with. */
  readonly symbolDiffers: boolean;
}

/** No conclusion can be drawn. */
export interface ReconciliationImpossible {
  readonly kind: 'incomplete';
  readonly reason: string;
}

/**
 * Compares the registry with what the exchange lists. Decides nothing and changes nothing; an incomplete answer
 * of the exchange leads to no conclusion at all.
 * @param graceMs entries that changed less than this before the query count as too new to judge
 */
export function reconcile(
  registry: Registry,
  snapshot: ExchangeSnapshot,
  graceMs = 0,
): Reconciliation | ReconciliationImpossible {
  if (!snapshot.complete) return { kind: 'incomplete', reason: snapshot.reason };
  const listed = new Map<string, ExchangePosition>();
  for (const position of snapshot.positions) {
    if (listed.has(position.positionId)) {
      return { kind: 'incomplete', reason: `position ${position.positionId} is listed twice` };
    }
    // Some exchanges list a flat position with quantity 0: it is as good as not listed.
    listed.set(position.positionId, position);
  }

  const tooNew: OwnershipEntry[] = [];
  const surpluses: (Surplus & Drift)[] = [];
  const gaps: Gap[] = [];
  const groups = heldTogether(registry);
  for (const [id, entries] of groups) {
    const recent = entries.filter((entry) => entry.updatedAt > snapshot.asOf - graceMs);
    if (recent.length > 0) {
      tooNew.push(...recent);
      continue;
    }
    const owned = entries.reduce((sum, { quantity }) => sum + quantity, 0);
    const { symbol } = entries[0]!;
    const position = listed.get(id);
    const reported = position?.quantity ?? 0;
    // Owners that cancel each other out leave a position that the exchange does not list.
    if (owned === reported && (position === undefined || position.symbol === symbol)) continue;
    if (reported === 0) gaps.push({ id, symbol, quantity: owned, entries });
    else surpluses.push(driftOf(position!, entries, owned));
  }

  const unowned = [...listed.values()].filter(
    ({ positionId, quantity }) => quantity !== 0 && !groups.has(positionId),
  );
  for (const position of unowned) surpluses.push(driftOf(position, [], 0));

  const merges = findMerges(
    gaps,
    surpluses.filter(({ symbolDiffers }) => !symbolDiffers),
  );
  const explained = new Set(merges.flatMap(({ vanished, into }) => [...vanished, into]));
  const drift = surpluses.filter(({ positionId }) => groups.has(positionId) && !explained.has(positionId));
  const unregistered = unowned.filter(({ positionId }) => !explained.has(positionId));
  const doubtful = new Set([...merges, ...drift, ...unregistered, ...tooNew].map(({ symbol }) => symbol));
  const orphans = gaps
    .filter(({ id }) => !explained.has(id))
    .flatMap(({ entries, symbol }) => entries.map((entry) => ({ entry, removable: !doubtful.has(symbol) })));

  return {
    kind: 'complete',
    asOf: snapshot.asOf,
    orphans: orphans.sort((a, b) => compareCodePoints(a.entry.positionId, b.entry.positionId)),
    unregistered: unregistered.sort(byId),
    drift: drift.sort(byId),
    mergeCandidates: merges,
    tooNew: tooNew.sort(byId),
  };
}

/** Entries by the id under which the exchange shows them. */
function heldTogether(registry: Registry): Map<string, OwnershipEntry[]> {
  const groups = new Map<string, OwnershipEntry[]>();
  for (const entry of registry.entries.values()) {
    const group = groups.get(entry.heldIn);
    if (group) group.push(entry);
    else groups.set(entry.heldIn, [entry]);
  }
  return groups;
}

function driftOf(position: ExchangePosition, entries: readonly OwnershipEntry[], owned: Lots): Drift {
  return {
    positionId: position.positionId,
    symbol: position.symbol,
    owners: [...new Set(entries.map(({ owner }) => owner))].sort(compareCodePoints),
    owned,
    reported: position.quantity,
    difference: position.quantity - owned,
    symbolDiffers: entries.some(({ symbol }) => symbol !== position.symbol),
  };
}

function byId(a: { readonly positionId: string }, b: { readonly positionId: string }): number {
  return compareCodePoints(a.positionId, b.positionId);
}
