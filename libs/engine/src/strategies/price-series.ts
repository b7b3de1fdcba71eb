import type { TimeMs } from '@bowline/domain';

/** The bars that a built-in strategy looks at. Only comparisons of prices count, so any unit will do. */
export interface PriceSeries {
  readonly length: number;
  readonly openTime: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly intervalMs: TimeMs;
}

/** What a strategy wants to be from the close of a bar on. */
export type Stance = 1 | 0 | -1;

/** Called once a bar, in order; null as long as nothing can be said. */
export type Mind = (bar: number) => Stance | null;
