import type {
  Cash,
  Lots,
  OrderTerms,
  PositionSide,
  RejectReason,
  Side,
  Ticks,
  TimeMs,
  TradeId,
} from '@bowline/domain';

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

/** What the exchange demands of an order in a symbol. Null: it does not say. */
export interface OrderFilters {
  readonly symbol: string;
  /** False while the exchange takes no orders in it. */
  readonly trading: boolean;
  readonly minQty: Lots | null;
  readonly maxQty: Lots | null;
  readonly marketMaxQty: Lots | null;
  readonly minPrice: Ticks | null;
  readonly maxPrice: Ticks | null;
  /** Price x quantity, at least; closing orders may be exempt. */
  readonly minNotional: Cash | null;
  readonly minNotionalOfClosing: boolean;
  /** A buy's limit price is at most the reference price times `up`, and a sell's at least that times `down`: decimal texts. */
  readonly percentPrice: { readonly up: string; readonly down: string } | null;
  readonly maxOpenOrders: number | null;
  readonly maxConditionalOrders: number | null;
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
  /** Answered by the account's trades after `afterTradeId` in this symbol (0: all), and then by `position`. */
  | {
      readonly type: 'query_position';
      readonly symbol: string;
      readonly afterTradeId: number;
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
