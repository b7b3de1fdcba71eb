import { createTally, tallyFromJson, tallyToJson, type Tally, type TallyJson } from '@bowline/contracts';
import type { ChannelName, OrderCommandMessage } from '@bowline/contracts';
import type { Cash, Lots, OrderKey, OrderTerms, RejectReason, TimeMs, TradeId } from '@bowline/domain';
import type { ExchangeCapabilities, ExchangeReport } from '@bowline/ports';

/** What one account's execution-gateway is made of. */
export interface GatewaySetup {
  readonly clientId: string;
  readonly exchange: string;
  /** Currency of the balance that is told. */
  readonly asset: string;
  readonly channels: readonly ChannelName[];
  readonly capabilities: Pick<ExchangeCapabilities, 'recvWindowMs'>;
  /** How often the positions are compared with the exchange's. */
  readonly sweepMs: number;
  readonly clientOrderId: (symbol: string, strategyId: string, key: OrderKey) => string;
}

export interface GatewayState {
  /** By clientOrderId: everything that may still happen, and what is over for as long as it may be repeated. */
  readonly orders: Map<string, GatewayOrder>;
  /** Those of them that are not over: few, where the others are many. */
  readonly live: Set<GatewayOrder>;
  /** Those of them that are being asked for. */
  readonly unknown: Set<GatewayOrder>;
  /** By symbol, the trade up to which none is missing. */
  readonly lastTradeIds: Map<string, number>;
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
  /** The trace that it belongs to: what the exchange says of it belongs there too. Absent: to none. */
  readonly traceparent?: string;
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
  | { readonly type: 'query_due'; readonly clientOrderId: string };

export type GatewayEvent =
  | {
      readonly type: 'order_intended';
      readonly clientOrderId: string;
      readonly channel: ChannelName;
      readonly strategyId: string;
      readonly terms: OrderTerms;
      readonly expiresAt: TimeMs | null;
      readonly replaces: string | null;
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
      readonly at: TimeMs;
    }
  | { readonly type: 'reject_doubted'; readonly clientOrderId: string; readonly reason: RejectReason }
  | { readonly type: 'order_unknown'; readonly clientOrderId: string; readonly queryAt: TimeMs | null }
  | { readonly type: 'order_sent_again'; readonly clientOrderId: string; readonly at: TimeMs }
  | { readonly type: 'trades_told'; readonly symbol: string; readonly upTo: number }
  | { readonly type: 'balance_told'; readonly balance: Cash }
  | { readonly type: 'swept'; readonly at: TimeMs };

export function createGatewayState(): GatewayState {
  return {
    orders: new Map(),
    live: new Set(),
    unknown: new Set(),
    lastTradeIds: new Map(),
    balance: null,
    sweepAt: null,
    tally: createTally(),
  };
}

interface SavedGateway {
  readonly orders: ReadonlyMap<string, GatewayOrder>;
  readonly lastTradeIds: ReadonlyMap<string, number>;
  readonly balance: Cash | null;
  readonly sweepAt: TimeMs | null;
  readonly tally: TallyJson;
}

export function saveGateway({ balance, lastTradeIds, orders, sweepAt, tally }: GatewayState): SavedGateway {
  return { orders, lastTradeIds, balance, sweepAt, tally: tallyToJson(tally) };
}

export function loadGateway(saved: unknown): GatewayState {
  const { balance, lastTradeIds, orders, sweepAt, tally } = saved as SavedGateway;
  const live = [...orders.values()].filter(({ status }) => status !== 'done');
  return {
    orders: new Map(orders),
    live: new Set(live),
    unknown: new Set(live.filter(({ status }) => status === 'unknown')),
    lastTradeIds: new Map(lastTradeIds),
    balance,
    sweepAt,
    tally: tallyFromJson(tally),
  };
}
