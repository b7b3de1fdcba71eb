import type { Lots, TimeMs } from '../primitives/index.js';

/** What an owner wants to remember of a position: strikes, structure, entry number. Plain JSON. */
export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export type Metadata = Readonly<Record<string, JsonValue>>;

/** A trade of one of the owner's orders: what ownership rests on. */
export interface FillEvidence {
  readonly kind: 'fill';
  /** Unique within the account. */
  readonly tradeId: string;
  readonly orderId: string;
  /** What the order carried as its client-defined reference; null where the exchange tells none. */
  readonly externalReference: string | null;
  /** Signed lots, bought above 0. */
  readonly quantity: Lots;
  readonly at: TimeMs;
}

/** Why an entry says what it says, oldest first. */
export type Evidence =
  | FillEvidence
  /** Seen at the exchange, owned by nobody. */
  | { readonly kind: 'observed'; readonly quantity: Lots; readonly at: TimeMs }
  /** Given to its owner by a person. */
  | {
      readonly kind: 'adopted';
      readonly operator: string;
      readonly reason: string;
      readonly quantity: Lots;
      readonly at: TimeMs;
    }
  /** A person confirmed that the exchange shows it under another id now. */
  | {
      readonly kind: 'merged';
      readonly operator: string;
      readonly reason: string;
      readonly into: string;
      readonly at: TimeMs;
    };

/** Who owns a position of the account. */
export interface OwnershipEntry {
  /** The id that the exchange gave when the fill opened it. The key; nothing is concluded from it. */
  readonly positionId: string;
  /** The id under which the exchange shows the quantity now: another one once positions were merged. */
  readonly heldIn: string;
  readonly symbol: string;
  readonly owner: string;
  /** The owner's own name for this trade, such as `iron_fly_20260127_001`. */
  readonly strategyId: string;
  /** Signed lots that the owner holds, never 0. */
  readonly quantity: Lots;
  readonly registeredAt: TimeMs;
  /** The last change of this entry. */
  readonly updatedAt: TimeMs;
  readonly metadata: Metadata;
  readonly evidence: readonly Evidence[];
}

/** Who owns which position of one account. */
export interface Registry {
  /** Grows with every event: the state that a writer has seen. */
  readonly version: number;
  /** By positionId. */
  readonly entries: ReadonlyMap<string, OwnershipEntry>;
  /**
   * Trades of positions that have left, by tradeId. Kept for the registry's life: a registration that is delivered
   * again after the close, or read from the order log again after a restart, must not bring the position back.
   */
  readonly settledTrades: ReadonlyMap<string, SettledTrade>;
}

/** Whose a trade was. One trade may have closed one position of its owner and opened another. */
export interface SettledTrade {
  readonly owner: string;
  readonly positionIds: readonly string[];
}

/** The registry of an account that was never used. Only ever made on purpose, never in place of an unreadable one. */
export const EMPTY_REGISTRY: Registry = { version: 0, entries: new Map(), settledTrades: new Map() };

/** A position as the exchange lists it. */
export interface ExchangePosition {
  readonly positionId: string;
  readonly symbol: string;
  /** Signed lots. */
  readonly quantity: Lots;
}

/** The answer to a query of all positions of the account. */
export type ExchangeSnapshot =
  | {
      readonly complete: true;
      /** Our clock when the query was sent: what was registered later need not be in it. */
      readonly asOf: TimeMs;
      readonly positions: readonly ExchangePosition[];
    }
  /** Failed, cut off, or only some of the pages. Proves nothing. */
  | { readonly complete: false; readonly reason: string };

/** Signed lots that the fills among the evidence sum to. */
export function sumOfFills(fills: readonly FillEvidence[]): Lots {
  let sum = 0;
  for (const { quantity } of fills) sum += quantity;
  return sum;
}
