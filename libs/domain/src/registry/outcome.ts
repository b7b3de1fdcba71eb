import type { RegistryEvent, RegistryRefusal } from './commands.js';
import type { OwnershipEntry } from './entry.js';

/** Events, or why not. */
export type Outcome = readonly RegistryEvent[] | RegistryRefusal;

/** The event that takes an entry out. */
export function unregistered(
  entry: OwnershipEntry,
  cause: 'closed' | 'unregistered' | 'orphan' | 'released' | 'claimed',
  note: string | null,
  at: number,
): RegistryEvent {
  const { positionId, owner, quantity } = entry;
  return { type: 'position_unregistered', positionId, owner, quantity, cause, note, at };
}
