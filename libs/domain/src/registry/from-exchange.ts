import { EXTERNAL } from '../position/attribution/index.js';
import type { CleanUpOrphans, ConfirmMerge, ObserveExternal, RegistryEvent } from './commands.js';
import type { Registry } from './entry.js';
import { unregistered, type Outcome } from './outcome.js';
import { reconcile, type Reconciliation } from './reconcile.js';

/** Orphans that are beyond doubt leave the registry. */
export function cleanUp(registry: Registry, command: CleanUpOrphans): Outcome {
  const result = reconcile(registry, command.snapshot, command.graceMs);
  if (result.kind === 'incomplete') return { code: 'QUERY_INCOMPLETE', reason: result.reason };
  return result.orphans
    .filter(({ entry, removable }) => removable && (command.owner === null || entry.owner === command.owner))
    .map(({ entry }) => unregistered(entry, 'orphan', null, command.at));
}

/** EXTERNAL takes what nobody owns, and keeps up with what a person does to it afterwards. */
export function observeExternal(registry: Registry, command: ObserveExternal): Outcome {
  const { at, snapshot } = command;
  const result = reconcile(registry, snapshot);
  if (result.kind === 'incomplete') return { code: 'QUERY_INCOMPLETE', reason: result.reason };
  const contested = ownedGaps(result);
  const events: RegistryEvent[] = [];
  for (const { positionId, symbol, quantity } of result.unregistered) {
    // Where an owner's position has just vanished, this may be that one with more to it: a person has to look.
    if (contested.has(symbol)) continue;
    // An id that was merged into another and is back: its owner is known, only not where its quantity is.
    if (registry.entries.has(positionId)) continue;
    events.push({
      type: 'position_registered',
      entry: {
        positionId,
        heldIn: positionId,
        symbol,
        owner: EXTERNAL,
        strategyId: EXTERNAL,
        quantity,
        registeredAt: at,
        updatedAt: at,
        metadata: {},
        evidence: [{ kind: 'observed', quantity, at }],
      },
      at,
    });
  }
  for (const { positionId, owners, reported } of result.drift) {
    const entry = registry.entries.get(positionId);
    if (owners.length !== 1 || owners[0] !== EXTERNAL || entry?.heldIn !== positionId) continue;
    events.push({ type: 'external_changed', positionId, quantity: reported, at });
  }
  for (const { entry, removable } of result.orphans) {
    if (removable && entry.owner === EXTERNAL) events.push(unregistered(entry, 'orphan', null, at));
  }
  return events;
}

/** The merged entries stay with their owners; only where the exchange shows them changes. */
export function confirmMerge(registry: Registry, command: ConfirmMerge): Outcome {
  const { vanished, into, operator, reason, at } = command;
  const result = reconcile(registry, command.snapshot);
  if (result.kind === 'incomplete') return { code: 'QUERY_INCOMPLETE', reason: result.reason };
  const wanted = new Set(vanished);
  const candidate = result.mergeCandidates.find(
    (merge) =>
      merge.into === into &&
      merge.vanished.length === wanted.size &&
      merge.vanished.every((id) => wanted.has(id)),
  );
  if (!candidate) return { code: 'MERGE_NOT_SEEN', vanished, into };
  return [
    {
      type: 'positions_merged',
      positionIds: candidate.entries.map(({ positionId }) => positionId),
      into,
      evidence: { kind: 'merged', operator, reason, into, at },
      at,
    },
  ];
}

/** Symbols in which something of a strategy is missing at the exchange. */
function ownedGaps(result: Reconciliation): Set<string> {
  return new Set(
    result.orphans.filter(({ entry }) => entry.owner !== EXTERNAL).map(({ entry }) => entry.symbol),
  );
}
