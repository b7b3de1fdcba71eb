import {
  addSample,
  createTally,
  declare,
  samplesOf,
  SERIES,
  SERIES_NAMES,
  type DeclaredLabels,
  type Exporter,
  type Sample,
  type SeriesName,
  type Tally,
} from '@bowline/contracts';
import { Registry } from 'prom-client';
import { seriesMetric } from './series-metric.js';

/**
 * What `/metrics` shows. Nothing is counted here: at each scrape every source tells all that it has counted, so that a
 * role which comes back with its state goes on where it was.
 */
export class Metrics {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;
  private readonly declared: Tally = createTally();
  private readonly sources: Source[] = [];

  /** Lets a series begin at 0. Labels of a closed set that are left out begin with every value. */
  declare<S extends SeriesName>(series: S, labels: DeclaredLabels<S>): void {
    declare(this.declared, series, labels);
  }

  /**
   * Asks `read` at each scrape for what an exporter has to show: tallies, by `samplesOf`, and gauges as they are now.
   * What several sources say of one label set is added up.
   */
  register<E extends Exporter>(exporter: E, read: () => Iterable<Sample<E>>): void {
    this.sources.push({ exporter, read });
  }

  /** The Prometheus text format. Rejects with a TypeError where a source shows another exporter's series. */
  async text(): Promise<string> {
    const all: Tally = createTally();
    for (const sample of samplesOf(this.declared)) addSample(all, sample);
    for (const { exporter, read } of this.sources) {
      for (const sample of read()) {
        if (SERIES[sample.series].exporter !== exporter) {
          throw new TypeError(
            `${sample.series} is for ${SERIES[sample.series].exporter}, not for ${exporter}`,
          );
        }
        addSample(all, sample);
      }
    }
    const registry = new Registry();
    for (const series of SERIES_NAMES) {
      const entries = all.get(series);
      if (entries !== undefined) registry.registerMetric(seriesMetric(series, [...entries.values()]));
    }
    return registry.metrics();
  }
}

interface Source {
  readonly exporter: Exporter;
  readonly read: () => Iterable<Sample>;
}
