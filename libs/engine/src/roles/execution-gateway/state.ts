import { createTally, tallyFromJson, tallyToJson, type Tally, type TallyJson } from '@bowline/contracts';
import type { ChannelName, OrderCommandMessage } from '@bowline/contracts';
import type {
  Cash,
  ExecutionMarket,
  ExecutionMemory,
  Instrument,
  Lots,
  OrderFilters,
  OrderKey,
  OrderTerms,
  RejectReason,
  TimeMs,
  TradeId,
} from '@bowline/domain';
import type { ExchangeCapabilities, ExchangeReport } from '@bowline/ports';
import {
  createOwnership,
  loadOwnership,
  saveOwnership,
  type Ownership,
  type OwnershipEvent,
  type SavedOwnership,
} from './ownership.js';

/** What one account's execution-gateway is made of. */
export interface GatewaySetup {
  readonly clientId: string;
  readonly exchange: string;
  /** Currency of the balance that is told. */
  readonly asset: string;
  readonly channels: readonly ChannelName[];
  /** By symbol. */
  readonly instruments: ReadonlyMap<string, Instrument>;
  readonly capabilities: Pick<ExchangeCapabilities, 'recvWindowMs' | 'nativeOco' | 'maxConditionalOrders'> &
    Partial<Pick<ExchangeCapabilities, 'positionIds'>>;
  /** How often the positions are compared with the exchange's. */
  readonly sweepMs: number;
  /** @param part 0: the order as a whole */
  readonly clientOrderId: (symbol: string, strategyId: string, key: OrderKey, part: number) => string;
}

export interface GatewayState {
  /** By clientOrderId: everything that may still happen, and what is over for as long as it may be repeated. */
  readonly orders: Map<string, GatewayOrder>;
  /** Those of them that are not over: few, where the others are many. */
  readonly live: Set<GatewayOrder>;
  /** Those of them that are being asked for. */
  readonly unknown: Set<GatewayOrder>;
  /** Those of them whose plan goes on by the clock. */
  readonly executing: Set<GatewayOrder>;
  /** By symbol: what the exchange demands of orders. */
  readonly filters: Map<string, OrderFilters>;
  /** By symbol, the trade up to which none is missing. */
  readonly lastTradeIds: Map<string, number>;
  readonly ownership: Ownership;
  balance: Cash | null;
  /** When the positions are asked for next; null: not connected yet. */
  sweepAt: TimeMs | null;
  tally: Tally<'execution-gateway'>;
}

/**
 * - `sent`: handed to the exchange, or about to be
 * - `open`: acknowledged
 * - `unknown`: it is being asked for
 * - `done`: filled, canceled, rejected, or expired
 */
export type GatewayOrderStatus = 'sent' | 'open' | 'unknown' | 'done';

export interface GatewayOrder {
  readonly clientOrderId: string;
  readonly channel: ChannelName;
  readonly strategyId: string;
  readonly key: OrderKey;
  readonly terms: OrderTerms;
  readonly expiresAt: TimeMs | null;
  status: GatewayOrderStatus;
  cumQty: Lots;
  readonly trades: Set<TradeId>;
  /** When it was sent for the first time, and the last. */
  readonly intendedAt: TimeMs;
  sentAt: TimeMs;
  endedAt: TimeMs | null;
  cancelWanted: boolean;
  /** The channel wants it gone, and not only something else in its place. */
  closeWanted: boolean;
  /** A reject that may have answered an earlier request; it counts where the order proves absent. */
  doubted: RejectReason | null;
  /** When it is asked for again; null: an answer is on its way, or none is needed. */
  queryAt: TimeMs | null;
  queries: number;
  /** The order that takes its place; null once that is answered, or none was asked for. */
  replacement: { readonly terms: OrderTerms; readonly clientOrderId: string } | null;
  /** The order whose place it takes, until that is answered. */
  replaces: string | null;
  /** The quantity that the exchange has made of it; absent: the one that was asked for. */
  restatedQty?: Lots;
  /** Which part of an order it is; absent: it is none. */
  readonly part?: PartOf;
  /** It is sent in parts, and is itself unknown to the exchange; absent: it is sent as it is. */
  readonly parts?: Parts;
  /** The trace that it belongs to: what the exchange says of it belongs there too. Absent: to none. */
  readonly traceparent?: string;
}

export interface PartOf {
  /** clientOrderId of the whole. */
  readonly of: string;
  /** From 1. */
  readonly number: number;
}

export interface Parts {
  /** clientOrderIds of those that are not over. */
  readonly live: Set<string>;
  /** How many there have been. */
  count: number;
  /** Why the first of those ended that were not filled; null: nobody said, or none did. */
  reason: RejectReason | null;
  /** How far its plan is; absent: it has none. */
  execution?: Execution;
}

export interface Execution {
  memory: ExecutionMemory;
  /** When its plan goes on by the clock; null: once something happens. */
  wakeAt: TimeMs | null;
  /** Nothing more is placed. */
  isOver: boolean;
  /** Parts that were rejected since one has traded. */
  rejects: number;
}

export type GatewayInput =
  | { readonly type: 'command'; readonly command: OrderCommandMessage; readonly traceparent?: string }
  | { readonly type: 'report'; readonly report: ExchangeReport }
  /** Nothing is heard of the oco-manager of a channel any more. */
  | { readonly type: 'silent'; readonly symbol: string }
  /** The stream is up: whatever is not over is asked for. */
  | { readonly type: 'connected' }
  | { readonly type: 'sweep_due' }
  /** A person wants these symbols compared now. */
  | { readonly type: 'reconcile'; readonly symbols: readonly string[] }
  | { readonly type: 'query_due'; readonly clientOrderId: string }
  | { readonly type: 'execution_due'; readonly clientOrderId: string };

export type GatewayEvent =
  | OwnershipEvent
  | {
      readonly type: 'order_intended';
      readonly clientOrderId: string;
      readonly channel: ChannelName;
      readonly strategyId: string;
      readonly terms: OrderTerms;
      readonly expiresAt: TimeMs | null;
      readonly replaces: string | null;
      readonly part?: PartOf;
      /** Parts of it follow. */
      readonly inParts?: true;
      readonly traceparent?: string;
      readonly at: TimeMs;
    }
  | {
      readonly type: 'order_refused';
      readonly symbol: string;
      readonly orderType: OrderTerms['orderType'];
      readonly reason: RejectReason;
    }
  | {
      readonly type: 'replace_started';
      readonly clientOrderId: string;
      readonly terms: OrderTerms;
      readonly by: string;
    }
  | { readonly type: 'replace_answered'; readonly clientOrderId: string }
  | { readonly type: 'cancel_wanted'; readonly clientOrderId: string; readonly close: boolean }
  | { readonly type: 'cancel_refused'; readonly clientOrderId: string }
  | { readonly type: 'order_opened'; readonly clientOrderId: string; readonly at: TimeMs }
  | {
      readonly type: 'order_traded';
      readonly clientOrderId: string;
      readonly tradeId: TradeId;
      readonly lastQty: Lots;
      readonly at: TimeMs;
    }
  | {
      readonly type: 'order_ended';
      readonly clientOrderId: string;
      readonly rejected: RejectReason | null;
      /** Why, where the exchange has said it and it was no reject. */
      readonly reason?: RejectReason;
      readonly at: TimeMs;
    }
  /** The exchange has another quantity of it. */
  | { readonly type: 'order_restated'; readonly clientOrderId: string; readonly orderQty: Lots }
  | { readonly type: 'filters_told'; readonly filters: OrderFilters }
  /** What the plan of an order makes of what it sees. */
  | {
      readonly type: 'execution_decided';
      readonly clientOrderId: string;
      readonly memory: ExecutionMemory;
      readonly wakeAt: TimeMs | null;
      readonly isOver: boolean;
      readonly market: ExecutionMarket | null;
    }
  | { readonly type: 'reject_doubted'; readonly clientOrderId: string; readonly reason: RejectReason }
  | {
      readonly type: 'order_unknown';
      readonly clientOrderId: string;
      readonly queryAt: TimeMs | null;
      /** It may have been sent as late as then. */
      readonly sentAt?: TimeMs;
    }
  | { readonly type: 'order_sent_again'; readonly clientOrderId: string; readonly at: TimeMs }
  | { readonly type: 'trades_told'; readonly symbol: string; readonly upTo: number }
  | { readonly type: 'balance_told'; readonly balance: Cash }
  | { readonly type: 'swept'; readonly at: TimeMs };

export function createGatewayState(): GatewayState {
  return {
    orders: new Map(),
    live: new Set(),
    unknown: new Set(),
    executing: new Set(),
    filters: new Map(),
    lastTradeIds: new Map(),
    ownership: createOwnership(),
    balance: null,
    sweepAt: null,
    tally: createTally(),
  };
}

/** What the exchange has, or will have, of it. */
export function qtyOf({ restatedQty, terms }: GatewayOrder): Lots {
  return restatedQty ?? terms.orderQty;
}

interface SavedGateway {
  readonly orders: ReadonlyMap<string, GatewayOrder>;
  /** Absent in a state that was saved before there were any. */
  readonly filters?: ReadonlyMap<string, OrderFilters>;
  readonly lastTradeIds: ReadonlyMap<string, number>;
  /** Absent in a state that was saved before there was one. */
  readonly ownership?: SavedOwnership;
  readonly balance: Cash | null;
  readonly sweepAt: TimeMs | null;
  readonly tally: TallyJson;
}

export function saveGateway({
  balance,
  filters,
  lastTradeIds,
  orders,
  ownership,
  sweepAt,
  tally,
}: GatewayState): SavedGateway {
  return {
    ...{ orders, filters, lastTradeIds, balance, sweepAt },
    ownership: saveOwnership(ownership),
    tally: tallyToJson(tally),
  };
}

export function loadGateway(saved: unknown): GatewayState {
  const { balance, filters, lastTradeIds, orders, ownership, sweepAt, tally } = saved as SavedGateway;
  const live = [...orders.values()].filter(({ status }) => status !== 'done');
  return {
    orders: new Map(orders),
    live: new Set(live),
    unknown: new Set(live.filter(({ status }) => status === 'unknown')),
    executing: new Set(live.filter(({ parts }) => (parts?.execution?.wakeAt ?? null) !== null)),
    filters: new Map(filters),
    lastTradeIds: new Map(lastTradeIds),
    ownership: loadOwnership(ownership),
    balance,
    sweepAt,
    tally: tallyFromJson(tally),
  };
}
