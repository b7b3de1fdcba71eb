import type { Exporter } from './define.js';
import { LABELS, type LabelName } from './labels.js';
import {
  SERIES,
  type DeclaredLabels,
  type HistogramValue,
  type LabelsOf,
  type Sample,
  type SeriesName,
  type SeriesOf,
} from './series.js';

declare const exporter: unique symbol;

/**
 * What one exporter has counted: by series, then by the values of its labels. A plain part of a state that is folded
 * from events, so that it comes back with the state and a replay counts nothing twice. Whoever holds it owns it: the
 * functions below change it in place.
 */
export type Tally<E extends Exporter = Exporter> = Map<SeriesName, Map<string, TallyEntry>> & {
  readonly [exporter]?: E;
};

/** One label set of a series. */
export interface TallyEntry {
  /** In the order of the table. */
  readonly labels: readonly string[];
  value: number | HistogramTally;
}

export interface HistogramTally extends HistogramValue {
  readonly buckets: number[];
  sum: number;
  count: number;
}

/** An empty one. The exporter decides which series the compiler lets it count. */
export function createTally<E extends Exporter>(): Tally<E> {
  return new Map<SeriesName, Map<string, TallyEntry>>();
}

/** Adds to a counter. Throws a RangeError unless `by` is a finite number, 0 or above: a counter never falls. */
export function count<E extends Exporter, S extends SeriesOf<E, 'counter'>>(
  tally: Tally<E>,
  series: S,
  labels: LabelsOf<S>,
  by = 1,
): void {
  if (!(by >= 0 && by < Infinity)) throw new RangeError(`${series} cannot be raised by ${by}`);
  const entry = entryOf(tally, series, labels);
  entry.value = (entry.value as number) + by;
}

/** Adds an observation to a histogram, in the unit of the series. Throws a RangeError unless it is finite. */
export function observe<E extends Exporter, S extends SeriesOf<E, 'histogram'>>(
  tally: Tally<E>,
  series: S,
  labels: LabelsOf<S>,
  value: number,
): void {
  if (!Number.isFinite(value)) throw new RangeError(`${series} cannot observe ${value}`);
  const held = entryOf(tally, series, labels).value as HistogramTally;
  const bounds: readonly number[] = SERIES[series].buckets;
  let bucket = 0;
  while (bucket < bounds.length && value > bounds[bucket]!) bucket += 1;
  if (bucket < bounds.length) held.buckets[bucket]! += 1;
  held.sum += value;
  held.count += 1;
}

/**
 * Lets a series begin at 0 before anything has happened, so that the first event shows as an increase. Labels of a
 * closed set that are left out begin with every value they can have. What has been counted already stays.
 */
export function declare<E extends Exporter, S extends SeriesOf<E>>(
  tally: Tally<E>,
  series: S,
  labels: DeclaredLabels<S>,
): void {
  const given = labels as Readonly<Record<string, string | undefined>>;
  let sets: readonly Readonly<Record<string, string>>[] = [{}];
  for (const name of SERIES[series].labels) {
    const values = valuesOf(name, given[name]);
    sets = sets.flatMap((set) => values.map((value) => ({ ...set, [name]: value })));
  }
  for (const set of sets) entryOf(tally, series, set);
}

/** Everything that has been counted. */
export function* samplesOf<E extends Exporter>(tally: Tally<E>): Iterable<Sample<E>> {
  for (const [series, entries] of tally) {
    const names = SERIES[series].labels;
    for (const { labels, value } of entries.values()) {
      const named = Object.fromEntries(names.map((name, i) => [name, labels[i]!]));
      // The table ties the three together, which the compiler cannot follow.
      yield { series, labels: named, value } as unknown as Sample<E>;
    }
  }
}

/**
 * Adds what somebody else has counted. Label sets that both have are added up: two channels of one strategy share a
 * series that has no label for the symbol.
 */
export function addSample(tally: Tally, { series, labels, value }: Sample): void {
  const entry = entryOf(tally, series, labels);
  if (typeof value === 'number') {
    entry.value = (entry.value as number) + value;
    return;
  }
  const held = entry.value as HistogramTally;
  if (value.buckets.length !== held.buckets.length) {
    throw new RangeError(`${series} has ${held.buckets.length} buckets, got ${value.buckets.length}`);
  }
  for (const [i, inBucket] of value.buckets.entries()) held.buckets[i]! += inBucket;
  held.sum += value.sum;
  held.count += value.count;
}

/** What stands between the label values of a key. No id may contain it. */
const SEPARATOR = '\n';

/** The key of a label set within its series. */
export function keyOf(labels: readonly string[]): string {
  return labels.join(SEPARATOR);
}

export function entriesOf(tally: Tally, series: SeriesName): Map<string, TallyEntry> {
  let entries = tally.get(series);
  if (entries === undefined) {
    entries = new Map();
    tally.set(series, entries);
  }
  return entries;
}

/** Called for every event: one text is made, and nothing else unless the label set is new. */
function entryOf(tally: Tally, series: SeriesName, labels: Readonly<Record<string, string>>): TallyEntry {
  const entries = entriesOf(tally, series);
  const { buckets, labels: names, type } = SERIES[series];
  let key = labels[names[0]]!;
  for (let i = 1; i < names.length; i += 1) key += SEPARATOR + labels[names[i]!]!;
  let entry = entries.get(key);
  if (entry === undefined) {
    entry = {
      labels: names.map((name) => labels[name]!),
      value: type === 'histogram' ? { buckets: buckets.map(() => 0), sum: 0, count: 0 } : 0,
    };
    entries.set(key, entry);
  }
  return entry;
}

function valuesOf(name: LabelName, given: string | undefined): readonly string[] {
  if (given !== undefined) return [given];
  const { values } = LABELS[name];
  if (values === null) throw new TypeError(`the label ${name} has no closed set of values: give one`);
  return values;
}
