import { compareCodePoints } from '@bowline/domain';
import type { Exporter } from './define.js';
import { SERIES, SERIES_NAMES, type HistogramValue, type SeriesName } from './series.js';
import { createTally, entriesOf, keyOf, type Tally } from './tally.js';

/** A tally as plain JSON, with the layout that it was counted in. */
export interface TallyJson {
  readonly [series: string]: {
    readonly labels: readonly string[];
    /** Upper bounds; empty unless it is a histogram. */
    readonly buckets: readonly number[];
    /** In code-point order of the label values. */
    readonly entries: readonly (readonly [labels: readonly string[], value: number | HistogramValue])[];
  };
}

/** The same counts give the same JSON, in whatever order they were counted. */
export function tallyToJson(tally: Tally): TallyJson {
  return Object.fromEntries(
    [...tally.keys()].sort(compareCodePoints).map((series) => {
      const { labels, buckets } = SERIES[series];
      const entries = [...entriesOf(tally, series)]
        .sort(([a], [b]) => compareCodePoints(a, b))
        .map(([, entry]) => [entry.labels, copyOf(entry.value)] as const);
      return [series, { labels, buckets, entries }];
    }),
  );
}

/**
 * The tally that `tallyToJson` wrote down. A series that this version knows no more, or knows with other labels or
 * buckets, begins at 0 again, as every counter may: its old counts would be shown under the wrong names.
 */
export function tallyFromJson<E extends Exporter>(json: TallyJson): Tally<E> {
  const tally: Tally<E> = createTally();
  for (const series of SERIES_NAMES) {
    const held = Object.hasOwn(json, series) ? json[series] : undefined;
    if (held === undefined || !sameLayout(series, held)) continue;
    const entries = entriesOf(tally, series);
    for (const [labels, value] of held.entries) entries.set(keyOf(labels), { labels, value: copyOf(value) });
  }
  return tally;
}

function sameLayout(series: SeriesName, { labels, buckets }: TallyJson[string]): boolean {
  const known = SERIES[series];
  return sameList(labels, known.labels) && sameList(buckets, known.buckets);
}

function sameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

function copyOf(value: number | HistogramValue) {
  return typeof value === 'number' ? value : { ...value, buckets: [...value.buckets] };
}
