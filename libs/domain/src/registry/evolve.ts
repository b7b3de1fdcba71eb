import type { RegistryEvent } from './commands.js';
import { sumOfFills, type Evidence, type OwnershipEntry, type Registry, type SettledTrade } from './entry.js';

/** The registry after an event. Throws where the event is about a position that is not there: a broken journal. */
export function evolveRegistry(registry: Registry, event: RegistryEvent): Registry {
  return evolveRegistryAll(registry, [event]);
}

/** The registry after the events, in their order. The map is copied once. */
export function evolveRegistryAll(registry: Registry, events: readonly RegistryEvent[]): Registry {
  if (events.length === 0) return registry;
  const entries = new Map(registry.entries);
  let { settledTrades } = registry;
  for (const event of events) {
    if (event.type === 'position_unregistered') settledTrades = settled(settledTrades, entries, event);
    fold(entries, event);
  }
  return { version: registry.version + events.length, entries, settledTrades };
}

/** The trades of a position that leaves stay known, unless a person took it out because it was wrong. */
function settled(
  trades: ReadonlyMap<string, SettledTrade>,
  entries: ReadonlyMap<string, OwnershipEntry>,
  event: RegistryEvent & { type: 'position_unregistered' },
): ReadonlyMap<string, SettledTrade> {
  if (event.cause === 'released') return trades;
  const { owner, positionId, evidence } = existing(entries, event.positionId);
  const next = new Map(trades);
  for (const item of evidence) {
    if (item.kind !== 'fill') continue;
    const positionIds = next.get(item.tradeId)?.positionIds ?? [];
    if (!positionIds.includes(positionId))
      next.set(item.tradeId, { owner, positionIds: [...positionIds, positionId] });
  }
  return next;
}

function fold(entries: Map<string, OwnershipEntry>, event: RegistryEvent): void {
  switch (event.type) {
    case 'position_registered':
      if (entries.has(event.entry.positionId))
        throw new Error(`position ${event.entry.positionId} is registered already`);
      entries.set(event.entry.positionId, event.entry);
      return;
    case 'fills_recorded': {
      const entry = existing(entries, event.positionId);
      const quantity = entry.quantity + sumOfFills(event.fills);
      entries.set(entry.positionId, changed({ ...entry, quantity }, event.fills, event.at));
      return;
    }
    case 'position_unregistered':
      entries.delete(existing(entries, event.positionId).positionId);
      return;
    case 'external_changed': {
      const entry = existing(entries, event.positionId);
      const { quantity, at } = event;
      entries.set(
        entry.positionId,
        changed({ ...entry, quantity }, [{ kind: 'observed', quantity, at }], at),
      );
      return;
    }
    case 'position_adopted': {
      const entry = existing(entries, event.positionId);
      const { owner, strategyId, quantity, metadata } = event;
      entries.set(
        entry.positionId,
        changed({ ...entry, owner, strategyId, quantity, metadata }, [event.evidence], event.at),
      );
      return;
    }
    case 'positions_merged':
      for (const positionId of event.positionIds) {
        const entry = existing(entries, positionId);
        entries.set(positionId, changed({ ...entry, heldIn: event.into }, [event.evidence], event.at));
      }
  }
}

function existing(entries: ReadonlyMap<string, OwnershipEntry>, positionId: string): OwnershipEntry {
  const entry = entries.get(positionId);
  if (!entry) throw new Error(`the event is about position ${positionId}, which the registry does not hold`);
  return entry;
}

function changed(entry: OwnershipEntry, evidence: readonly Evidence[], at: number): OwnershipEntry {
  return { ...entry, updatedAt: Math.max(entry.updatedAt, at), evidence: [...entry.evidence, ...evidence] };
}
