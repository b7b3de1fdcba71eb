import type { Lots, TimeMs } from '../primitives/index.js';
import type {
  Evidence,
  ExchangePosition,
  ExchangeSnapshot,
  FillEvidence,
  Metadata,
  OwnershipEntry,
} from './entry.js';

interface Common {
  readonly at: TimeMs;
  /** The version that the writer decided on. Given and no longer the current one: refused. */
  readonly expectedVersion?: number;
}

/**
 * The fills opened the position: it is the owner's. The same again changes nothing, further fills add up. What was
 * taken for EXTERNAL before its fills were known is the owner's as well: ownership is by fill.
 */
export interface RegisterPosition extends Common {
  readonly kind: 'register';
  readonly positionId: string;
  readonly symbol: string;
  readonly owner: string;
  readonly strategyId: string;
  /** At least one. A trade counts once. */
  readonly fills: readonly FillEvidence[];
  readonly metadata?: Metadata;
}

/** Further fills of a registered position. At 0 it is closed and leaves the registry. */
export interface RecordFills extends Common {
  readonly kind: 'record_fills';
  readonly positionId: string;
  readonly owner: string;
  readonly fills: readonly FillEvidence[];
}

/** The owner has closed the position. */
export interface UnregisterPosition extends Common {
  readonly kind: 'unregister';
  readonly positionId: string;
  readonly owner: string;
}

/** Removes what the exchange does not list any more, as far as that is beyond doubt (see `reconcile`). */
export interface CleanUpOrphans extends Common {
  readonly kind: 'clean_up';
  readonly snapshot: ExchangeSnapshot;
  /** Only this owner's entries; null: everybody's. */
  readonly owner: string | null;
  /** Entries that changed less than this before the snapshot stay: exchanges list new positions late. */
  readonly graceMs?: number;
}

/** Gives what nobody owns to EXTERNAL, and follows what EXTERNAL's positions have become. */
export interface ObserveExternal extends Common {
  readonly kind: 'observe';
  readonly snapshot: ExchangeSnapshot;
}

/** A person gives a position that no strategy owns to an owner. */
export interface AdoptPosition extends Common {
  readonly kind: 'adopt';
  /** What the person was shown; refused where it has changed since. */
  readonly seen: ExchangePosition;
  readonly owner: string;
  readonly strategyId: string;
  readonly operator: string;
  readonly reason: string;
  readonly metadata?: Metadata;
}

/** A person confirms a merge candidate of `reconcile`; the snapshot must still show it. */
export interface ConfirmMerge extends Common {
  readonly kind: 'confirm_merge';
  readonly vanished: readonly string[];
  readonly into: string;
  readonly snapshot: ExchangeSnapshot;
  readonly operator: string;
  readonly reason: string;
}

/** A person takes an entry out, whoever owned it. Its trades are free again: a wrong registration can be made anew. */
export interface ReleasePosition extends Common {
  readonly kind: 'release';
  readonly positionId: string;
  readonly operator: string;
  readonly reason: string;
}

export type RegistryCommand =
  | RegisterPosition
  | RecordFills
  | UnregisterPosition
  | CleanUpOrphans
  | ObserveExternal
  | AdoptPosition
  | ConfirmMerge
  | ReleasePosition;

/** What happened to the registry: the record that it is the fold of. */
export type RegistryEvent =
  | { readonly type: 'position_registered'; readonly entry: OwnershipEntry; readonly at: TimeMs }
  | {
      readonly type: 'fills_recorded';
      readonly positionId: string;
      readonly fills: readonly FillEvidence[];
      readonly at: TimeMs;
    }
  | {
      readonly type: 'position_unregistered';
      readonly positionId: string;
      readonly owner: string;
      readonly quantity: Lots;
      /** `claimed`: EXTERNAL's, and an owner has shown that its own orders filled it. */
      readonly cause: 'closed' | 'unregistered' | 'orphan' | 'released' | 'claimed';
      /** Who said so and why, for a release. */
      readonly note: string | null;
      readonly at: TimeMs;
    }
  /** EXTERNAL's position has another quantity now. */
  | {
      readonly type: 'external_changed';
      readonly positionId: string;
      readonly quantity: Lots;
      readonly at: TimeMs;
    }
  | {
      readonly type: 'position_adopted';
      readonly positionId: string;
      readonly owner: string;
      readonly strategyId: string;
      /** What the entry holds from now on, signed lots. */
      readonly quantity: Lots;
      readonly metadata: Metadata;
      readonly evidence: Evidence;
      readonly at: TimeMs;
    }
  | {
      readonly type: 'positions_merged';
      readonly positionIds: readonly string[];
      readonly into: string;
      readonly evidence: Evidence;
      readonly at: TimeMs;
    };

/** Why a command was not done. */
export type RegistryRefusal =
  | { readonly code: 'OWNED_BY_ANOTHER'; readonly positionId: string; readonly owner: string }
  | {
      readonly code: 'TRADE_OWNED_BY_ANOTHER';
      readonly tradeId: string;
      readonly positionId: string;
      readonly owner: string;
    }
  | { readonly code: 'NOT_REGISTERED'; readonly positionId: string }
  | {
      readonly code: 'REGISTERED_DIFFERENTLY';
      readonly positionId: string;
      readonly field: 'symbol' | 'strategyId';
      readonly registered: string;
      readonly requested: string;
    }
  | {
      readonly code: 'FILLS_EXCEED_POSITION';
      readonly positionId: string;
      readonly quantity: Lots;
      readonly after: Lots;
    }
  | { readonly code: 'RESERVED_OWNER'; readonly owner: string }
  | { readonly code: 'STALE_VERSION'; readonly expected: number; readonly actual: number }
  | { readonly code: 'QUERY_INCOMPLETE'; readonly reason: string }
  | {
      readonly code: 'CHANGED_SINCE_SEEN';
      readonly positionId: string;
      readonly seen: Lots;
      readonly actual: Lots;
    }
  | { readonly code: 'MERGE_NOT_SEEN'; readonly vanished: readonly string[]; readonly into: string }
  | { readonly code: 'INVALID'; readonly field: string; readonly problem: string };

/** The refusal as a sentence for people, with what to do about it. */
export function refusalText(refusal: RegistryRefusal): string {
  switch (refusal.code) {
    case 'OWNED_BY_ANOTHER':
      return `position ${refusal.positionId} is owned by ${refusal.owner}: only that owner may change it`;
    case 'TRADE_OWNED_BY_ANOTHER':
      return `trade ${refusal.tradeId} already belongs to ${refusal.owner} in position ${refusal.positionId}`;
    case 'NOT_REGISTERED':
      return `position ${refusal.positionId} is not registered: register it with its fills, or adopt it`;
    case 'REGISTERED_DIFFERENTLY':
      return (
        `position ${refusal.positionId} is registered with ${refusal.field} ${refusal.registered}, not ` +
        `${refusal.requested}: have it released first if that was wrong`
      );
    case 'FILLS_EXCEED_POSITION':
      return (
        `the fills would turn position ${refusal.positionId} from ${refusal.quantity} to ${refusal.after} lots: ` +
        'register what lies beyond 0 under the position that it opened'
      );
    case 'RESERVED_OWNER':
      return `${refusal.owner} stands for what no strategy owns: choose another owner name`;
    case 'STALE_VERSION':
      return `the registry is at version ${refusal.actual}, the command was decided on ${refusal.expected}: read again and retry`;
    case 'QUERY_INCOMPLETE':
      return `the exchange's list of positions is not complete (${refusal.reason}): nothing was changed, query again`;
    case 'CHANGED_SINCE_SEEN':
      return `position ${refusal.positionId} was shown with ${refusal.seen} lots and has ${refusal.actual} now: look again`;
    case 'MERGE_NOT_SEEN':
      return (
        `the exchange does not show that ${refusal.vanished.join(', ')} went into ${refusal.into}: ` +
        'reconcile again and confirm what it lists'
      );
    case 'INVALID':
      return `${refusal.field}: ${refusal.problem}`;
  }
}
