import {
  deserializeRegistry,
  EMPTY_REGISTRY,
  evolveRegistryAll,
  serializeRegistry,
  type FillEvidence,
  type Lots,
  type PlacedOrder,
  type Registry,
  type RegistryEvent,
} from '@bowline/domain';
import type { GatewayEvent, GatewaySetup, GatewayState } from './state.js';

/** Who owns which position of an account whose positions have ids; empty where they have none. */
export interface Ownership {
  registry: Registry;
  /** The line of the exchange's log of orders up to which none is missing; null: none was read. */
  activityId: string | null;
  /** By clientOrderId: orders of which the log may still have to say into which position they were filled. */
  readonly orders: Map<string, OwnedOrder>;
  /**
   * Positions that fills of ours went into, by id, with the symbol, as long as they are listed. Where the exchange has
   * closed another's in place of one, nobody owns it any more, and still it is not EXTERNAL's: it holds what is owned
   * elsewhere in the symbol, until the exchange nets.
   */
  readonly filled: Map<string, string>;
  /** Adopted, and not found among what is EXTERNAL's yet. */
  readonly adoptions: AdoptedShare[];
}

/** An order of ours as the registry needs it: the owner is its strategy, and the trade a strategy position. */
export interface OwnedOrder extends PlacedOrder {
  readonly opens: boolean;
  /** What has traded, and what of it the log has told. */
  tradedQty: Lots;
  loggedQty: Lots;
  /** Lines of the log that were counted. */
  readonly lines: Set<string>;
  /** Closing fills whose owner has nothing that they could have closed: the log may tell the opening ones later. */
  readonly unmatched: FillEvidence[];
}

/** What a person has given to a strategy, as its channel has booked it. */
export interface AdoptedShare {
  readonly symbol: string;
  readonly strategyId: string;
  readonly strategyPositionId: string;
  readonly signedQty: Lots;
  readonly by: string;
  readonly reason: string;
}

export type OwnershipEvent =
  /** A line of the log about a fill of an order of ours. */
  | {
      readonly type: 'fill_logged';
      readonly activityId: string;
      readonly clientOrderId: string;
      readonly filledQty: Lots;
      /** Where that fill went; null: it is not told. */
      readonly positionId: string | null;
      /** What it closes has still to be found; absent: it opens. */
      readonly closing?: FillEvidence;
    }
  | { readonly type: 'close_matched'; readonly clientOrderId: string; readonly activityId: string }
  | { readonly type: 'log_told'; readonly upTo: string }
  | { readonly type: 'positions_gone'; readonly positionIds: readonly string[] }
  | { readonly type: 'registry_changed'; readonly events: readonly RegistryEvent[] }
  | ({ readonly type: 'adoption_told' } & AdoptedShare)
  | { readonly type: 'adoptions_done'; readonly symbol: string };

export function createOwnership(): Ownership {
  return { registry: EMPTY_REGISTRY, activityId: null, orders: new Map(), filled: new Map(), adoptions: [] };
}

/** Folds what an event means for who owns what, in place. */
export function evolveOwnership(
  { orders, ownership }: GatewayState,
  { capabilities }: Pick<GatewaySetup, 'capabilities'>,
  event: GatewayEvent,
): void {
  switch (event.type) {
    case 'order_intended': {
      // Of an order that is sent in parts each part is one of its own.
      if (capabilities.positionIds !== true || event.inParts !== undefined) return;
      const { channel, clientOrderId: externalReference, strategyId: owner, terms } = event;
      const { key, side } = terms;
      ownership.orders.set(externalReference, {
        ...{ externalReference, owner, strategyId: key.strategyPositionId, symbol: channel.symbol, side },
        ...{ opens: key.leg === 'e', tradedQty: 0, loggedQty: 0, lines: new Set(), unmatched: [] },
      });
      return;
    }
    case 'order_traded': {
      const order = ownership.orders.get(event.clientOrderId);
      if (order !== undefined) order.tradedQty += event.lastQty;
      return;
    }
    case 'log_told':
      ownership.activityId = event.upTo;
      return;
    case 'fill_logged': {
      const order = ownership.orders.get(event.clientOrderId);
      if (order === undefined) return;
      if (event.positionId !== null) ownership.filled.set(event.positionId, order.symbol);
      order.loggedQty += event.filledQty;
      order.lines.add(event.activityId);
      if (event.closing !== undefined) order.unmatched.push(event.closing);
      return;
    }
    case 'close_matched': {
      const { unmatched } = ownership.orders.get(event.clientOrderId)!;
      const at = unmatched.findIndex(({ tradeId }) => tradeId === event.activityId);
      unmatched.splice(at, 1);
      return;
    }
    case 'positions_gone':
      for (const positionId of event.positionIds) ownership.filled.delete(positionId);
      return;
    case 'registry_changed':
      ownership.registry = evolveRegistryAll(ownership.registry, event.events);
      return;
    case 'adoption_told': {
      const { type: _, ...adoption } = event;
      ownership.adoptions.push(adoption);
      return;
    }
    case 'adoptions_done': {
      const others = ownership.adoptions.filter(({ symbol }) => symbol !== event.symbol);
      ownership.adoptions.splice(0, ownership.adoptions.length, ...others);
      return;
    }
    case 'swept':
      for (const [id, { loggedQty, tradedQty }] of ownership.orders) {
        if (loggedQty === tradedQty && !orders.has(id)) ownership.orders.delete(id);
      }
      return;
    default:
  }
}

export interface SavedOwnership {
  /** With a checksum of its own: what is damaged must never pass for a small registry. */
  readonly registry: string;
  readonly activityId: string | null;
  readonly orders: ReadonlyMap<string, OwnedOrder>;
  readonly filled: ReadonlyMap<string, string>;
  readonly adoptions: readonly AdoptedShare[];
}

export function saveOwnership({
  activityId,
  adoptions,
  orders,
  registry,
  filled,
}: Ownership): SavedOwnership {
  return { registry: serializeRegistry(registry), activityId, orders, filled, adoptions };
}

/** @param saved absent in a state that was saved before there were any. Throws an Error on a registry that cannot be read */
export function loadOwnership(saved: SavedOwnership | undefined): Ownership {
  if (saved === undefined) return createOwnership();
  const read = deserializeRegistry(saved.registry);
  if (read.kind === 'error') throw new Error(`${read.error.problem}; ${read.error.wayOut}`);
  const { activityId, adoptions, orders, filled } = saved;
  return {
    ...{ registry: read.registry, activityId, orders: new Map(orders) },
    ...{ filled: new Map(filled), adoptions: [...adoptions] },
  };
}
