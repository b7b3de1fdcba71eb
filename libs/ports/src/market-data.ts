import type { TimeMs } from '@bowline/domain';

/** Candles as they were read: one column per field, prices as doubles, rows ascending and distinct in time. */
export interface BarColumns {
  readonly length: number;
  /** Milliseconds since the epoch. Columns are backed by SharedArrayBuffers, so workers share them. */
  readonly openTime: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** Base units. */
  readonly volume: Float64Array;
  /** The most frequent step between two rows, milliseconds. */
  readonly intervalMs: number;
}

/** A strategy's wish, before it is known which clients follow it. */
export interface SignalRow {
  /** The strategy's own time. */
  readonly time: TimeMs;
  readonly strategyId: string;
  readonly symbol: string;
  /** 1 be long, -1 be short, 0 be flat. */
  readonly signal: 1 | 0 | -1;
  /** Limit price, or the reference for slippage of a market order. Decimal text, as are the other prices. */
  readonly price?: string;
  readonly takeProfit?: string;
  readonly stopLoss?: string;
  /** Standard deviation of log returns per bar. */
  readonly volatility?: number;
  /** Base units, before lot rounding. */
  readonly quantity?: string;
  /** Where it stood in its source, from 1: orders signals of the same time. */
  readonly row: number;
}

/** A funding rate that applies to positions held at `time`. */
export interface FundingRow {
  readonly time: TimeMs;
  /** Decimal text; above 0, longs pay shorts. */
  readonly rate: string;
}

/** Bars of one channel in the ticks of its instrument. Columns hold safe integers. */
export interface TickBars {
  readonly length: number;
  readonly openTime: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly intervalMs: TimeMs;
}

/** Trades as they were read: one column per field, rows ascending in time; those of one instant keep their order. */
export interface TradeColumns {
  readonly length: number;
  /** Milliseconds since the epoch. */
  readonly time: Float64Array;
  readonly price: Float64Array;
  /** Base units; null where they are not known. */
  readonly quantity: Float64Array | null;
}

/** Trades in the ticks and lots of an instrument. Columns hold whole numbers above 0. */
export interface TickColumns {
  readonly length: number;
  /** Milliseconds since the epoch. Trades of one instant are played in their order. */
  readonly time: Float64Array;
  readonly price: Float64Array;
  /** Null where they are not known, and then each trade is as large as anybody wants. */
  readonly quantity: Float64Array | null;
}

/** What a recorded message of an exchange's streams says. */
export const RECORDED = {
  /** The best bid and the best ask: two levels, the bid first; nothing is on a side that has none. */
  TOUCH: 0,
  /** Levels that have changed, with what there is now: 0 for nothing. */
  DEPTH: 1,
  /** The whole book, as far as it was shown. */
  BOOK: 2,
  /** A trade: one level, on the side of who was there first. */
  TRADE: 3,
} as const;

/** The messages of a recording in the ticks and lots of an instrument, in the order in which they came. */
export interface MarketRecording {
  readonly length: number;
  /** When the message came, milliseconds since the epoch: it never goes back. */
  readonly time: Float64Array;
  /** One of RECORDED. */
  readonly kind: Uint8Array;
  /** The exchange's number of the last change that it knows of; 0 for a trade. */
  readonly update: Float64Array;
  /** Where its levels begin; one more than there are messages. */
  readonly first: Uint32Array;
  readonly levels: {
    readonly isBid: Uint8Array;
    readonly price: Float64Array;
    readonly quantity: Float64Array;
  };
}
