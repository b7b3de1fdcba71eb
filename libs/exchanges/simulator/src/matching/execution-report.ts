import type { Cash, Lots, Side, TickLots, Ticks, TimeInForce, TimeMs } from '@bowline/domain';
import type {
  ExecType,
  ExpireReason,
  ForcedClose,
  Liquidity,
  OrderPositionSide,
  OrderType,
  RejectCode,
  ReportedStatus,
  WorkingType,
} from './vocabulary.js';

/** What the exchange says of an order, each time something happens to it. */
export interface ExecutionReport {
  /** Ascending over the whole exchange. */
  readonly execId: number;
  readonly execType: ExecType;
  /** Where the order stands after it. For a refused amend or cancel of an order that is not open: REJECTED. */
  readonly orderStatus: ReportedStatus;
  /** When it happened at the exchange. */
  readonly time: TimeMs;
  readonly account: string;
  readonly symbol: string;
  /** The exchange's id; null for a request that never became an order. */
  readonly orderId: number | null;
  readonly clientOrderId: string;
  readonly side: Side | null;
  readonly positionSide: OrderPositionSide;
  readonly orderType: OrderType | null;
  readonly timeInForce: TimeInForce | null;
  readonly reduceOnly: boolean;
  readonly price: Ticks | null;
  readonly stopPrice: Ticks | null;
  readonly workingType: WorkingType | null;
  readonly orderQty: Lots;
  readonly cumQty: Lots;
  /** What can still trade: 0 once the order is terminal. */
  readonly leavesQty: Lots;
  /** Sum of price x quantity of its trades: avgPx is this over cumQty. */
  readonly cumValue: TickLots;
  /** Of a TRADE, else 0. */
  readonly lastQty: Lots;
  /** Of a TRADE, else null; as are liquidity and tradeId. */
  readonly lastPx: Ticks | null;
  readonly liquidity: Liquidity | null;
  /** One per trade: both sides of it carry the same. */
  readonly tradeId: number | null;
  /** Of this trade, in the settlement currency; below 0 for a rebate. */
  readonly fee: Cash;
  /** Of this trade, taken from the base currency that was bought: spot. */
  readonly baseFee: Cash;
  /** How many whole lots the account has less for that: parts of lots add up over its trades. */
  readonly feeBaseLots: Lots;
  /** Of this trade, against the exchange's own average entry, before the fee. */
  readonly realizedPnl: Cash;
  /** The list that it is part of; null: none. */
  readonly orderListId: number | null;
  /** It waits until the order before it in its list has filled whole; it is reported as NEW once more then. */
  readonly isPending: boolean;
  /** Of a REJECTED, else null. */
  readonly rejectCode: RejectCode | null;
  /** Which request was REJECTED. The order that a refused amend or cancel meant is as it was. */
  readonly rejectedRequest: 'new' | 'amend' | 'cancel' | null;
  /** Why it EXPIRED, was RESTATED, or was canceled by its own amendment; else null. */
  readonly expireReason: ExpireReason | null;
  /** Why the exchange has placed the order by itself; null: it has not. */
  readonly forced: ForcedClose | null;
}

/** The report of a trade, which always has a price, a side of the book, and an id. */
export interface TradeReport extends ExecutionReport {
  readonly execType: 'TRADE';
  readonly lastPx: Ticks;
  readonly liquidity: Liquidity;
  readonly tradeId: number;
}
