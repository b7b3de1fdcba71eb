import { BOWLINE_SERIES } from './bowline-series.js';
import type { Exporter, SeriesDefinition } from './define.js';
import type { ClosedLabel, LabelValue } from './labels.js';
import { TRADEENGINE_SERIES } from './tradeengine-series.js';

/**
 * Every series there is: what is counted, what `/metrics` shows, and docs/reference/metrics.md are made from this
 * table.
 */
export const SERIES = { ...TRADEENGINE_SERIES, ...BOWLINE_SERIES } as const satisfies Readonly<
  Record<string, SeriesDefinition>
>;

export type SeriesName = keyof typeof SERIES;
export const SERIES_NAMES = Object.keys(SERIES) as readonly SeriesName[];

export type SeriesType = SeriesDefinition['type'];

/** The names of the series that one exporter may export, of one type or of all. */
export type SeriesOf<E extends Exporter, T extends SeriesType = SeriesType> = {
  [S in SeriesName]: (typeof SERIES)[S] extends { readonly exporter: E; readonly type: T } ? S : never;
}[SeriesName];

type LabelNames<S extends SeriesName> = (typeof SERIES)[S]['labels'][number];

/** Exactly the labels of a series; of a closed set, only its values. */
export type LabelsOf<S extends SeriesName> = { readonly [L in LabelNames<S>]: LabelValue<L> };

/** What tells one group of a series from the next: labels of a closed set may be left out, which means all values. */
export type DeclaredLabels<S extends SeriesName> = {
  readonly [L in Exclude<LabelNames<S>, ClosedLabel>]: LabelValue<L>;
} & { readonly [L in Extract<LabelNames<S>, ClosedLabel>]?: LabelValue<L> };

/** Of one label set: how many observations fell into each bucket (not the ones below it), their sum, and all of them. */
export interface HistogramValue {
  /** One a bound of the table. What is above the last bound is in `count` alone. */
  readonly buckets: readonly number[];
  readonly sum: number;
  readonly count: number;
}

export type ValueOf<S extends SeriesName> = (typeof SERIES)[S]['type'] extends 'histogram'
  ? HistogramValue
  : number;

/** A value of a series as it is now. */
export type Sample<E extends Exporter = Exporter> = Extract<AnySample, { readonly series: SeriesOf<E> }>;

type AnySample = {
  [S in SeriesName]: { readonly series: S; readonly labels: LabelsOf<S>; readonly value: ValueOf<S> };
}[SeriesName];
