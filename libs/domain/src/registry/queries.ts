import { compareCodePoints, type Lots } from '../primitives/index.js';
import type { ExchangePosition, OwnershipEntry, Registry } from './entry.js';

/** Everything that an owner has registered, by position id. */
export function positionsOf(registry: Registry, owner: string): OwnershipEntry[] {
  return allRegistered(registry).filter((entry) => entry.owner === owner);
}

/** Every registration, by position id. */
export function allRegistered(registry: Registry): OwnershipEntry[] {
  return [...registry.entries.values()].sort((a, b) => compareCodePoints(a.positionId, b.positionId));
}

/** Who registered the position; null where nobody has. EXTERNAL where it was seen and belongs to no strategy. */
export function ownerOf(registry: Registry, positionId: string): string | null {
  return registry.entries.get(positionId)?.owner ?? null;
}

/** The registration of a position with its evidence; null where there is none. */
export function detailsOf(registry: Registry, positionId: string): OwnershipEntry | null {
  return registry.entries.get(positionId) ?? null;
}

export function isRegistered(registry: Registry, positionId: string): boolean {
  return registry.entries.has(positionId);
}

/** Every entry whose quantity the exchange shows under this id: several, once positions were merged. */
export function holdersOf(registry: Registry, positionId: string): OwnershipEntry[] {
  const holders: OwnershipEntry[] = [];
  for (const entry of registry.entries.values()) if (entry.heldIn === positionId) holders.push(entry);
  return holders.sort((a, b) => compareCodePoints(a.positionId, b.positionId));
}

/** An exchange position, and what of it is the owner's. */
export interface OwnPosition {
  readonly position: ExchangePosition;
  /** Signed lots of this owner: less than the position's where it is shared, and all that the owner may close. */
  readonly quantity: Lots;
}

/** Of everything that the exchange lists, what is the owner's, in the order of the list. */
export function ownPositions(
  registry: Registry,
  owner: string,
  listed: readonly ExchangePosition[],
): OwnPosition[] {
  const own: OwnPosition[] = [];
  for (const position of listed) {
    const held = holdersOf(registry, position.positionId).filter((entry) => entry.owner === owner);
    if (held.length > 0)
      own.push({ position, quantity: held.reduce((sum, entry) => sum + entry.quantity, 0) });
  }
  return own;
}
