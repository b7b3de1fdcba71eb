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
  /** Never throws for what the exchange says. */
  send(request: ExchangeRequest): void;
  /** Starts the stream. Reports come in the exchange's order, one call each. */
  connect(onReport: (report: ExchangeReport) => void): Promise<void>;
  close(): Promise<void>;
}

export interface ExchangeCapabilities {
  /** Take-profit and stop-loss of a pair are one order list: the exchange cancels the second leg by itself. */
  readonly nativeOco: boolean;
  /** Order types whose quantity and price can be changed while they rest. */
  readonly amend: readonly OrderTerms['orderType'][];
  /** A request older than this when it arrives is refused by the exchange: once it has passed, "not found" is proof. */
  readonly recvWindowMs: number;
}

export type ExchangeRequest =
  | {
      readonly type: 'place';
      readonly clientOrderId: string;
      readonly symbol: string;
      readonly terms: OrderTerms;
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
