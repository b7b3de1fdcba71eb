import type { OrderTerms } from '../position/channel-state.js';
import type { Lots, Ticks, TimeMs } from '../primitives/index.js';

/** How an order is worked instead of being sent as it is. All numbers are whole. */
export type ExecutionPlan = TwapPlan | VwapPlan | IcebergPlan | PovPlan | ChunkedPlan;

/** Equal slices at equal intervals: the average is that of the time. What rests at the end is canceled. */
export interface TwapPlan {
  readonly type: 'twap';
  readonly durationMs: number;
  readonly slices: number;
}

/** As TWAP, with slices as large as the volume that the market is expected to have in their part of the time. */
export interface VwapPlan {
  readonly type: 'vwap';
  readonly durationMs: number;
  /** Expected volume of each slice, in any unit. */
  readonly profile: readonly number[];
}

/** Shows so much at a time, and the next once that is filled. */
export interface IcebergPlan {
  readonly type: 'iceberg';
  readonly displayPercent: number;
}

/** Takes no more than this share of what the market has traded since the order began. */
export interface PovPlan {
  readonly type: 'pov';
  readonly percent: number;
  readonly intervalMs: number;
  readonly durationMs: number;
}

/**
 * One chunk after the other: quoted on our own side for a time, with a new price when the market has moved; then at the
 * price of the other side, as often as `attempts`. What is not filled after the last attempt is canceled.
 */
export interface ChunkedPlan {
  readonly type: 'chunked';
  readonly chunks: number;
  readonly quoting: 'top_of_book' | 'mid';
  readonly quoteMs: number;
  readonly repriceMs: number;
  /** A quote stays while the market is no further from it, in basis points. */
  readonly repriceBps: number;
  readonly attempts: number;
  readonly retryMs: number;
}

/** What is known of the market when an order is worked. */
export interface ExecutionMarket {
  readonly bid: Ticks | null;
  readonly ask: Ticks | null;
  readonly last: Ticks | null;
  /** Lots traded since whoever counts them began, which may be at any time. */
  readonly volume: Lots;
}

/** How far an order is. */
export interface ExecutionProgress {
  readonly terms: Pick<OrderTerms, 'side' | 'orderType' | 'orderQty' | 'limitPrice' | 'timeInForce'>;
  /** Filled. */
  readonly doneQty: Lots;
  /** What its parts that are not over may still fill, and the price of the last of them. */
  readonly workingQty: Lots;
  readonly workingPrice: Ticks | null;
  /** The least that a part may have, at least 1. */
  readonly minQty: Lots;
  readonly startedAt: TimeMs;
  readonly at: TimeMs;
  /** Null: nothing is known of it. */
  readonly market: ExecutionMarket | null;
}

/** What an algorithm keeps from one decision to the next. */
export interface ExecutionMemory {
  /** When the next part is due. */
  readonly dueAt?: TimeMs;
  /** Of POV: what the market has traded since the order began. */
  readonly volume?: Lots;
  /** Of POV: the market's count when that was last looked at. Of an iceberg: what was filled when it showed itself last. */
  readonly counted?: Lots | null;
  /** Of chunked: which, from 0, and how it is worked since when. */
  readonly chunk?: number;
  readonly phase?: 'quote' | 'take';
  readonly phaseSince?: TimeMs;
  /** How often it was tried to no effect. */
  readonly attempts?: number;
}

/** What an algorithm wants next. */
export interface ExecutionStep {
  readonly place: ExecutionPart | null;
  /** Whatever works is to be canceled. */
  readonly cancels: boolean;
  /** When it wants to be asked again, besides after every change of what works; null: not by the clock. */
  readonly wakeAt: TimeMs | null;
  /** It places nothing more: what works is canceled, and what is not filled stays so. */
  readonly isOver: boolean;
  readonly memory: ExecutionMemory;
}

export type ExecutionPart = Pick<OrderTerms, 'orderType' | 'orderQty' | 'limitPrice' | 'timeInForce'>;

/** Nothing to do before `wakeAt`. */
export function waits(memory: ExecutionMemory, wakeAt: TimeMs | null): ExecutionStep {
  return { place: null, cancels: false, wakeAt, isOver: false, memory };
}

export function ends(memory: ExecutionMemory): ExecutionStep {
  return { place: null, cancels: true, wakeAt: null, isOver: true, memory };
}

/** What is neither filled nor working. */
export function restOf({ doneQty, terms, workingQty }: ExecutionProgress): Lots {
  return Math.max(0, terms.orderQty - doneQty - workingQty);
}

/**
 * As much of `wanted` as can be sent so that neither it nor what is left is less than the exchange takes; 0: nothing yet.
 * All of the rest can always be sent: there is no later for it.
 */
export function tradable(progress: ExecutionProgress, wanted: Lots): Lots {
  const { minQty } = progress;
  const rest = restOf(progress);
  if (wanted >= rest) return rest;
  const most = rest - wanted < minQty ? rest - minQty : wanted;
  return most >= minQty ? most : 0;
}
