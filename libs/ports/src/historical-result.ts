import type {
  Cash,
  CloseReason,
  Instrument,
  Lots,
  OrderKey,
  PositionSide,
  Side,
  TickLots,
  Ticks,
  TimeInForce,
  TimeMs,
} from '@bowline/domain';
import type { TickBars } from './market-data.js';

/** What a historical run leaves behind. Lists are in the order in which things happened, clients in code-point order. */
export interface HistoricalResult {
  readonly channels: readonly ResultChannel[];
  readonly trades: readonly TradeRecord[];
  readonly orders: readonly OrderRecord[];
  readonly fills: readonly FillRecord[];
  readonly denials: readonly DenialRecord[];
  readonly openPositions: readonly OpenPositionRecord[];
  readonly exchangePositions: readonly ExchangePositionRecord[];
  readonly equity: readonly EquityCurve[];
  readonly invariants: { readonly checked: number; readonly violated: number };
  /** Signals that led nowhere, by reason (`OUTSIDE_DATA`, `NOT_FOLLOWED`, `NO_BAR`, `UNCHANGED`, ...). */
  readonly ignoredSignals: Readonly<Record<string, number>>;
}

/** One client, exchange, and symbol. Records name it by its place in `HistoricalResult.channels`. */
export interface ResultChannel {
  readonly clientId: string;
  readonly exchange: string;
  readonly symbol: string;
  readonly instrument: Instrument;
  readonly bars: TickBars;
}

/** A strategy position from its first fill until it is flat. */
export interface TradeRecord {
  readonly channel: number;
  readonly strategyId: string;
  readonly strategyPositionId: string;
  readonly side: PositionSide;
  /** Everything that was ever entered. */
  readonly quantity: Lots;
  readonly entryTime: TimeMs;
  /** Sum of entry price x quantity; entryPrice is this over quantity. */
  readonly entryValue: TickLots;
  readonly exitTime: TimeMs;
  /** Sum of exit price x quantity. */
  readonly exitValue: TickLots;
  readonly closeReason: CloseReason;
  /** (exit - own entry) x quantity, before fees and funding. */
  readonly realizedPnl: Cash;
  readonly fees: Cash;
  /** Received (+) or paid (-). */
  readonly funding: Cash;
  /** realizedPnl - fees + funding. */
  readonly netPnl: Cash;
  /** Worst and best price while the position was open, in ticks: MAE and MFE are their distance from the entry. */
  readonly worstPrice: Ticks;
  readonly bestPrice: Ticks;
  /** The price that the signal acted on, for slippage; null where it had none. */
  readonly signalPrice: Ticks | null;
  /** Every order that filled for it, in order of first fill. */
  readonly orders: readonly OrderKey[];
}

export interface OrderRecord {
  readonly channel: number;
  readonly strategyId: string;
  readonly key: OrderKey;
  readonly side: Side;
  readonly orderType: 'market' | 'limit' | 'stop_market';
  readonly timeInForce: TimeInForce;
  readonly orderQty: Lots;
  readonly limitPrice: Ticks | null;
  readonly stopPrice: Ticks | null;
  readonly orderStatus: 'new' | 'partially_filled' | 'filled' | 'canceled' | 'expired' | 'rejected';
  readonly cumQty: Lots;
  /** Sum of fill price x quantity. */
  readonly cumValue: TickLots;
  readonly createdTime: TimeMs;
  readonly updatedTime: TimeMs;
}

export interface FillRecord {
  readonly channel: number;
  readonly strategyId: string;
  readonly key: OrderKey;
  /** Unique within the account. */
  readonly tradeId: string;
  readonly side: Side;
  readonly lastQty: Lots;
  readonly lastPx: Ticks;
  readonly fee: Cash;
  /** Null where the exchange has not said. */
  readonly liquidity: 'maker' | 'taker' | null;
  readonly time: TimeMs;
}

/** A signal that would have become an order and did not. */
export interface DenialRecord {
  readonly channel: number;
  readonly strategyId: string;
  readonly time: TimeMs;
  readonly code: string;
  readonly text: string;
}

export interface OpenPositionRecord {
  readonly channel: number;
  readonly strategyId: string;
  readonly strategyPositionId: string;
  readonly side: PositionSide;
  readonly openQty: Lots;
  /** Sum of entry price x openQty that is still open. */
  readonly cost: TickLots;
  readonly entryTime: TimeMs;
  readonly takeProfitPrice: Ticks | null;
  readonly stopLossPrice: Ticks | null;
  readonly markPrice: Ticks;
  readonly unrealizedPnl: Cash;
  /** Realized so far on parts already closed, before fees. */
  readonly realizedPnl: Cash;
  readonly fees: Cash;
  readonly funding: Cash;
}

/** What the exchange itself says, beside what the strategies' shares add up to. */
export interface ExchangePositionRecord {
  readonly channel: number;
  /** `BTCUSDT_LONG`. */
  readonly key: string;
  readonly side: PositionSide;
  readonly quantity: Lots;
  /** Average entry in the exchange's own averaging, which a partial close does not change: 8 decimals, half-even. */
  readonly entryPrice: string;
  /** Signed sum of the strategies' shares, lots; equals +-quantity. */
  readonly sumOfShares: Lots;
}

/** Equity of a client, or of one of its strategies, at the end of a bar or of a UTC day. */
export interface EquityCurve {
  readonly clientId: string;
  /** Null: the client as a whole. */
  readonly strategyId: string | null;
  /** Quote currency; accountBalance summed over accounts for a client (0 where unknown), 0 for a strategy. */
  readonly startingEquity: Cash;
  readonly times: Float64Array;
  /** starting equity + realized + unrealized + funding - fees, exact. One per time. */
  readonly equity: readonly Cash[];
  /** Largest fall from a peak on per-bar equity: amounts in quote currency, as doubles. */
  readonly maxDrawdown: number;
  readonly maxDrawdownPct: number | null;
}
