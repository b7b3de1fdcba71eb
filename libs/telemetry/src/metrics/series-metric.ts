import { SERIES, type HistogramValue, type SeriesName, type TallyEntry } from '@bowline/contracts';
import type { Metric } from 'prom-client';

/** A line of the exposition, as prom-client's registry writes it. */
interface Line {
  /** Where it is not the series' own. */
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/**
 * A series with its values, for prom-client's registry to write down. prom-client's own metrics can only be added to,
 * and its histogram (15.1.3) counts what is above the last bound as -1, which is a bound where P&L is observed.
 */
export function seriesMetric(series: SeriesName, entries: readonly TallyEntry[]): Metric {
  const { help, labels: names, type } = SERIES[series];
  const values = entries.flatMap(({ labels, value }) => {
    const named = Object.fromEntries(names.map((name, i) => [name, labels[i]!]));
    return typeof value === 'number' ? [{ labels: named, value }] : histogramLines(series, named, value);
  });
  const metric = { name: series, get: () => Promise.resolve({ name: series, help, type, values }) };
  // The types ask for one of prom-client's classes; the registry asks a metric for its name and for get() alone.
  return metric as unknown as Metric;
}

/** Each bucket counts what the ones below it count, too; +Inf counts everything. */
function histogramLines(
  series: SeriesName,
  labels: Readonly<Record<string, string>>,
  { buckets, count, sum }: HistogramValue,
): Line[] {
  let below = 0;
  const lines = SERIES[series].buckets.map((bound, i): Line => {
    below += buckets[i]!;
    return { metricName: `${series}_bucket`, labels: { le: bound, ...labels }, value: below };
  });
  return [
    ...lines,
    { metricName: `${series}_bucket`, labels: { le: '+Inf', ...labels }, value: count },
    { metricName: `${series}_sum`, labels, value: sum },
    { metricName: `${series}_count`, labels, value: count },
  ];
}
