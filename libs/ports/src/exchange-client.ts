import type {
  Cash,
  Lots,
  OrderActivity,
  OrderFilters,
  OrderTerms,
  PositionSide,
  RejectReason,
  Side,
  Ticks,
  TimeMs,
  TradeId,
} from '@bowline/domain';

export type { OrderFilters } from '@bowline/domain';

/**
 * One account at one exchange. Nothing is answered by a return value: requests go out with `send`, and everything
 * that the exchange says comes in as an `ExchangeReport`, whether by its stream, in answer to a request, or in answer
 * to a query. Every request is answered by at least one report; where no answer came, by `request_unknown`.
 */
export interface ExchangeClient {
  readonly exchange: string;
  readonly account: string;
  readonly capabilities: ExchangeCapabilities;
  /** Null: it takes whatever is sent. */
  readonly pace: RequestPace | null;
  /** Never throws for what the exchange says. */
  send(request: ExchangeRequest): void;
  /** Starts the stream. Reports come in the exchange's order, one call each. */
  connect(onReport: (report: ExchangeReport) => void): Promise<void>;
  close(): Promise<void>;
}

/** What an exchange can do for an account. Rules read this, and never the exchange's name. */
export interface ExchangeCapabilities {
  /** Take-profit and stop-loss of a pair are one order list: the exchange cancels the second leg by itself. */
  readonly nativeOco: boolean;
  /** An entry can bring its legs with it, which the exchange places as it fills. */
  readonly nativeBracket: boolean;
  /** The account can keep LONG and SHORT of a symbol apart. */
  readonly hedgeMode: boolean;
  /** Orders that may only close can rest. */
  readonly reduceOnly: boolean;
  /** Order types whose quantity and price can be changed while they rest. */
  readonly amend: readonly OrderTerms['orderType'][];
  /** Stops rest at the exchange. */
  readonly conditionalOrders: boolean;
  /** How many of them the account may have, over all symbols; null: nobody has said. */
  readonly maxConditionalOrders: number | null;
  /** What an id of ours may look like, whole. */
  readonly clientOrderId: { readonly pattern: string; readonly maxLength: number };
  /** `closed`: an id may be used again once its order is over, so that an id alone does not keep a repeated request out. */
  readonly clientOrderIdReuse: 'never' | 'closed';
  /** Positions have ids of their own, and there may be several in a symbol. */
  readonly positionIds: boolean;
  readonly rfq: boolean;
  readonly combos: boolean;
  /** A request older than this when it arrives is refused by the exchange: once it has passed, "not found" is proof. */
  readonly recvWindowMs: number;
}

/** What an exchange admits in a time. */
export interface RateLimit {
  /** Names its counter: `weight/1m`, `orders/10s`. */
  readonly name: string;
  readonly counts: 'weight' | 'orders';
  readonly intervalMs: number;
  readonly limit: number;
}

/** How an exchange's own limits are kept: what it says of them, besides its reports. */
export interface RequestPace {
  /** As the exchange has told them; empty before the client is connected. */
  limits(): readonly RateLimit[];
  /** What a request takes of the limits that count so. */
  costOf(request: ExchangeRequest): Readonly<Record<RateLimit['counts'], number>>;
  /** The exchange's own count of what was used of a limit, in the interval that `at` is in. */
  onUsed(listener: (limit: string, used: number, at: TimeMs) => void): void;
  /** Nothing is to be sent before `until`; `closing`: not even what closes. */
  onBackOff(listener: (until: TimeMs, closing: boolean) => void): void;
}

export type ExchangeRequest =
  | {
      readonly type: 'place';
      readonly clientOrderId: string;
      readonly symbol: string;
      readonly terms: OrderTerms;
      /** Nothing is sent after this; null: it is always wanted. */
      readonly expiresAt: TimeMs | null;
      /** The other leg of the pair where the exchange has native OCO; null: it stands alone. */
      readonly ocoGroup: string | null;
      /** Where positions have ids, the one that it is to close first; absent: it opens one, or closes the oldest first. */
      readonly closes?: string;
      readonly at: TimeMs;
    }
  | { readonly type: 'cancel'; readonly clientOrderId: string; readonly symbol: string; readonly at: TimeMs }
  | {
      readonly type: 'amend';
      readonly clientOrderId: string;
      readonly symbol: string;
      readonly orderQty: Lots;
      readonly price: Ticks | null;
      readonly at: TimeMs;
    }
  /** Answered by `order_status` (or `order_absent`), after a `trade` for each trade of the order. */
  | {
      readonly type: 'query_order';
      readonly clientOrderId: string;
      readonly symbol: string;
      readonly at: TimeMs;
    }
  /**
   * Answered by the account's trades after `afterTradeId` in this symbol (0: all), and then by `position`; where positions
   * have ids, between the two, by each `activity` of the account after `afterActivityId` (absent: all), and `positions`.
   */
  | {
      readonly type: 'query_position';
      readonly symbol: string;
      readonly afterTradeId: number;
      readonly afterActivityId?: string;
      readonly at: TimeMs;
    };

/** What the exchange says. `id` is the exchange's own and unique within the account: the same fact again has the same. */
export type ExchangeReport = { readonly id: string; readonly at: TimeMs } & ExchangeFact;

export type ExchangeFact =
  | {
      readonly type: 'order';
      readonly symbol: string;
      readonly clientOrderId: string;
      readonly execType: 'accept' | 'cancel' | 'expire' | 'reject' | 'replace' | 'restate';
      readonly orderQty: Lots;
      readonly cumQty: Lots;
      readonly reason: RejectReason | null;
    }
  | ({ readonly type: 'trade' } & ExchangeTrade)
  /** A cancel or an amend was refused: the order is not open, or cannot be changed. */
  | {
      readonly type: 'request_refused';
      readonly request: 'cancel' | 'amend';
      readonly symbol: string;
      readonly clientOrderId: string;
      /** Not among the open orders: filled, canceled, or never arrived. */
      readonly unknownOrder: boolean;
      readonly reason: RejectReason | null;
    }
  /** A timeout, a broken connection, a 5xx: whether it was executed is not known. */
  | {
      readonly type: 'request_unknown';
      readonly request: 'place' | 'cancel' | 'amend' | 'query_order' | 'query_position';
      readonly symbol: string;
      readonly clientOrderId: string | null;
    }
  | {
      readonly type: 'order_status';
      readonly symbol: string;
      readonly clientOrderId: string;
      readonly orderStatus: 'new' | 'partially_filled' | 'filled' | 'canceled' | 'expired' | 'rejected';
      readonly orderQty: Lots;
      readonly cumQty: Lots;
    }
  /** No list of the exchange has it at this moment. */
  | { readonly type: 'order_absent'; readonly symbol: string; readonly clientOrderId: string }
  | {
      readonly type: 'position';
      readonly symbol: string;
      /** Signed; in hedge mode LONG less SHORT. */
      readonly signedQty: Lots;
      /** Average entry in the exchange's own averaging, decimal text; null where it is flat. */
      readonly entryPrice: string | null;
      readonly lastTradeId: TradeId | null;
    }
  /** Where positions have ids: every position of the account in the symbol. */
  | {
      readonly type: 'positions';
      readonly symbol: string;
      readonly items: readonly HeldPosition[];
      /** Why some may not be among them; null: these are all. */
      readonly missing: string | null;
      /** The last line of the log that was told in the answer which this is part of, or before it; null: there is none. */
      readonly lastActivityId: string | null;
    }
  /** Where positions have ids: a line of the exchange's log of orders, later than the trade that it may be about. */
  | ({ readonly type: 'activity'; readonly symbol: string } & Omit<OrderActivity, 'at'>)
  /** The line was broken and is whole again: what was said meanwhile is lost, and has to be asked for. */
  | { readonly type: 'reconnected' }
  /** What the exchange demands of orders: told with the first line, and whenever it changes. */
  | ({ readonly type: 'filters' } & OrderFilters)
  /** Somebody has changed what the account's positions and margin rest on: nothing here does. */
  | {
      readonly type: 'account_changed';
      readonly what: 'position_mode' | 'leverage' | 'margin_type';
      /** Null: all. */
      readonly symbol: string | null;
      /** For people: `leverage is 20 now`. */
      readonly detail: string;
    }
  /** Cash of the account in the settlement currency. */
  | { readonly type: 'balance'; readonly asset: string; readonly balance: Cash }
  | {
      readonly type: 'funding';
      readonly symbol: string;
      readonly price: Ticks;
      readonly rateUnits: bigint;
      readonly rateScale: number;
    }
  | {
      readonly type: 'forced_close';
      readonly symbol: string;
      readonly tradeId: TradeId;
      readonly side: PositionSide;
      readonly quantity: Lots;
      readonly price: Ticks;
      readonly fee: Cash;
    };

/** A position with an id of its own. */
export interface HeldPosition {
  readonly positionId: string;
  readonly signedQty: Lots;
  /** Average entry, decimal text. */
  readonly price: string;
  readonly openedAt: TimeMs;
  /** The clientOrderId of the order that opened it; null: none, or it is not known any more. */
  readonly externalReference: string | null;
}

export interface ExchangeTrade {
  readonly symbol: string;
  readonly clientOrderId: string;
  readonly tradeId: TradeId;
  readonly side: Side;
  readonly lastQty: Lots;
  readonly lastPx: Ticks;
  /** The order's total after this trade; null where the exchange does not say. */
  readonly cumQty: Lots | null;
  readonly fee: Cash;
  readonly feeBaseLots: Lots;
  readonly liquidity: 'maker' | 'taker';
}
