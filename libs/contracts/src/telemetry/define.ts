import type { LabelName } from './labels.js';

/**
 * Who exports a series, and nobody else does: a role; each role for what it is the writer of; or the program that
 * holds them.
 */
export type Exporter = 'order-generator' | 'oco-manager' | 'execution-gateway' | 'every-role' | 'program';

export interface SeriesDefinition {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly exporter: Exporter;
  readonly help: string;
  readonly labels: readonly LabelName[];
  /** Upper bounds, ascending, without +Inf. Empty unless it is a histogram. */
  readonly buckets: readonly number[];
}

export function counter<E extends Exporter, const L extends readonly LabelName[]>(
  exporter: E,
  help: string,
  labels: L,
) {
  return { type: 'counter', exporter, help, labels, buckets: [] } as const;
}

export function gauge<E extends Exporter, const L extends readonly LabelName[]>(
  exporter: E,
  help: string,
  labels: L,
) {
  return { type: 'gauge', exporter, help, labels, buckets: [] } as const;
}

export function histogram<E extends Exporter, const L extends readonly LabelName[]>(
  exporter: E,
  help: string,
  labels: L,
  buckets: readonly number[],
) {
  return { type: 'histogram', exporter, help, labels, buckets } as const;
}
