import { spawnSync } from 'node:child_process';
import {
  count,
  createTally,
  LABELS,
  observe,
  samplesOf,
  SERIES,
  SERIES_NAMES,
  tallyFromJson,
  tallyToJson,
  type DeclaredLabels,
  type Exporter,
  type LabelsOf,
  type SeriesName,
  type SeriesOf,
  type Tally,
  type TallyJson,
} from '@bowline/contracts';
import { findProgram, whenPresent } from '@bowline/testkit';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import { Metrics } from './metrics.js';

const A = { strategy_id: 'a', symbol: 'BTCUSDT', exchange: 'binance-usdm', client_id: 'ikenna' };
const PNL = {
  strategy_id: 'a',
  close_reason: 'take_profit',
  exchange: 'binance-usdm',
  client_id: 'ikenna',
} as const;

/** A role's state, as far as it counts. */
interface State {
  tally: Tally<'oco-manager'>;
}
type Event = 'take_profit' | 'stop_loss';

function evolve({ tally }: State, event: Event): void {
  const pnl = event === 'take_profit' ? 3 : -4;
  observe(tally, 'tradeengine_strategy_pnl_realized', { ...PNL, close_reason: event }, pnl);
  if (event === 'take_profit') count(tally, 'tradeengine_strategy_tp_triggered_total', A);
  else count(tally, 'tradeengine_strategy_sl_triggered_total', A);
}

function given(events: readonly Event[], state: State = { tally: createTally() }): State {
  for (const event of events) evolve(state, event);
  return state;
}

function metricsOf(state: State): Metrics {
  const metrics = new Metrics();
  metrics.register('oco-manager', () => samplesOf(state.tally));
  return metrics;
}

/** Every series with its closed sets, for one of everything that has a name. */
function declareAll(metrics: Metrics): void {
  for (const series of SERIES_NAMES) {
    const open = SERIES[series].labels.filter((label) => LABELS[label].values === null);
    const labels = Object.fromEntries(open.map((label) => [label, `one-${label}`]));
    metrics.declare(series, labels as DeclaredLabels<SeriesName>);
  }
}

/** The sample lines of a series. */
function linesOf(text: string, series: string): string[] {
  return text.split('\n').filter((line) => line.startsWith(`${series}{`));
}

describe('/metrics', () => {
  it('shows type, help, labels and value of what was counted', async () => {
    const text = await metricsOf(given(['take_profit'])).text();
    expect(text).toContain(
      [
        '# HELP tradeengine_strategy_tp_triggered_total Strategy positions closed by their own take-profit.',
        '# TYPE tradeengine_strategy_tp_triggered_total counter',
        'tradeengine_strategy_tp_triggered_total{strategy_id="a",symbol="BTCUSDT",exchange="binance-usdm",client_id="ikenna"} 1',
      ].join('\n'),
    );
  });

  it('shows a histogram with every bucket, +Inf, sum, and count', async () => {
    const labels = 'strategy_id="a",close_reason="take_profit",exchange="binance-usdm",client_id="ikenna"';
    const text = await metricsOf(given(['take_profit', 'take_profit'])).text();
    const bounds = ['-100', '-50', '-10', '-5', '-1', '0', '1', '5', '10', '50', '100', '500', '+Inf'];
    expect(linesOf(text, 'tradeengine_strategy_pnl_realized_bucket')).toEqual(
      bounds.map(
        (le, i) => `tradeengine_strategy_pnl_realized_bucket{le="${le}",${labels}} ${i < 7 ? 0 : 2}`,
      ),
    );
    expect(linesOf(text, 'tradeengine_strategy_pnl_realized_sum')).toEqual([
      `tradeengine_strategy_pnl_realized_sum{${labels}} 6`,
    ]);
    expect(linesOf(text, 'tradeengine_strategy_pnl_realized_count')).toEqual([
      `tradeengine_strategy_pnl_realized_count{${labels}} 2`,
    ]);
  });

  it('shows nothing of a series of which nobody tells', async () => {
    expect(await new Metrics().text()).not.toContain('tradeengine_');
  });

  it('asks a source at each scrape, so that a gauge is what it is now', async () => {
    const metrics = new Metrics();
    const labels = { symbol: 'BTCUSDT', exchange: 'binance-usdm', client_id: 'ikenna' };
    let value = 2;
    metrics.register('execution-gateway', () => [{ series: 'bowline_unknown_orders', labels, value }]);
    expect(linesOf(await metrics.text(), 'bowline_unknown_orders')[0]).toMatch(/ 2$/);
    value = 0;
    expect(linesOf(await metrics.text(), 'bowline_unknown_orders')[0]).toMatch(/ 0$/);
  });

  it('adds up what two channels have of one label set', async () => {
    const metrics = metricsOf(given(['take_profit']));
    const other = given(['take_profit', 'stop_loss']);
    metrics.register('oco-manager', () => samplesOf(other.tally));
    const counts = linesOf(await metrics.text(), 'tradeengine_strategy_pnl_realized_count');
    expect(counts.map((line) => line.split(' ').at(-1))).toEqual(['2', '1']);
  });

  it('shows all values of a closed set at 0 before anything has happened, and keeps them beside what happens', async () => {
    const state = given([]);
    const metrics = metricsOf(state);
    metrics.declare('tradeengine_positions_closed_total', A);
    metrics.declare('tradeengine_strategy_pnl_realized', {
      strategy_id: 'a',
      exchange: 'x',
      client_id: 'ikenna',
    });
    const before = linesOf(await metrics.text(), 'tradeengine_positions_closed_total');
    expect(before).toHaveLength(2 * 8);
    expect(before.every((line) => line.endsWith(' 0'))).toBe(true);
    expect(linesOf(await metrics.text(), 'tradeengine_strategy_pnl_realized_count')).toHaveLength(8);

    const labels = { ...A, position_side: 'LONG', close_reason: 'manual' } as const;
    count(state.tally, 'tradeengine_positions_closed_total', labels);
    const after = linesOf(await metrics.text(), 'tradeengine_positions_closed_total');
    expect(after.map((line) => line.replace(/ 1$/, ' 0'))).toEqual(before);
    expect(after.filter((line) => line.endsWith(' 1'))).toHaveLength(1);
  });

  it.each(['execution-gateway', 'every-role'] as const)(
    'refuses a series of the oco-manager from %s',
    async (exporter) => {
      const metrics = new Metrics();
      const { tally } = given(['take_profit']);
      // The compiler refuses it, too.
      metrics.register(exporter as Exporter, () => samplesOf(tally));
      await expect(metrics.text()).rejects.toThrow(
        `tradeengine_strategy_pnl_realized is for oco-manager, not for ${exporter}`,
      );
    },
  );

  it('escapes what a label may hold', async () => {
    const { tally } = given([]);
    count(tally, 'tradeengine_strategy_oco_placed_total', { ...A, strategy_id: 'a"b\\c\nd' });
    expect(await metricsOf({ tally }).text()).toContain('{strategy_id="a\\"b\\\\c\\nd",symbol=');
  });
});

describe('a restart', () => {
  const events: Event[] = ['take_profit', 'stop_loss', 'take_profit', 'take_profit'];

  it.each([0, 1, 2, 3, 4])('shows what was shown before, from a snapshot after event %d', async (at) => {
    const before = await metricsOf(given(events)).text();
    const snapshot = JSON.stringify(tallyToJson(given(events.slice(0, at)).tally));
    const tally = tallyFromJson<'oco-manager'>(JSON.parse(snapshot) as TallyJson);
    const state = given(events.slice(at), { tally });
    const metrics = metricsOf(state);
    const sorted = (text: string) => text.split('\n').sort();
    expect(sorted(await metrics.text())).toEqual(sorted(before));
    // Scraping counts nothing either.
    expect(sorted(await metrics.text())).toEqual(sorted(before));

    evolve(state, 'take_profit');
    expect(linesOf(await metrics.text(), 'tradeengine_strategy_tp_triggered_total')[0]).toMatch(/ 4$/);
  });
});

describe('a histogram', () => {
  const label = fc.constantFrom('ikenna', 'odum');
  const onABound = (series: SeriesName) => fc.constantFrom<number>(...SERIES[series].buckets);

  async function likePromClient<S extends SeriesOf<'oco-manager', 'histogram'>>(
    series: S,
    observations: readonly (readonly [labels: LabelsOf<S>, value: number])[],
  ): Promise<void> {
    const { buckets, help, labels: labelNames } = SERIES[series];
    const registry = new Registry();
    const theirs = new Histogram<string>({
      name: series,
      help,
      labelNames,
      buckets: [...buckets],
      registers: [registry],
    });
    const { tally } = given([]);
    for (const [labels, value] of observations) {
      theirs.observe(labels, value);
      observe(tally, series, labels, value);
    }
    expect(await metricsOf({ tally }).text()).toBe(await registry.metrics());
  }

  it('reads as prom-client would write it after the same observations', async () => {
    const series = 'bowline_unprotected_seconds';
    const value = fc.oneof(fc.double({ min: -1, max: 1e3, noNaN: true }), onABound(series));
    const property = fc.asyncProperty(
      fc.array(fc.tuple(label, value), { minLength: 1 }),
      async (observations) => {
        const labelled = observations.map(([client_id, value]) => {
          const labels = { symbol: 'BTCUSDT', position_side: 'LONG', exchange: 'x', client_id } as const;
          return [labels, value] as const;
        });
        await likePromClient(series, labelled);
      },
    );
    await fc.assert(property);
  });

  it('does so below 0 too, up to the last bound', async () => {
    const series = 'tradeengine_strategy_pnl_realized';
    const value = fc.oneof(fc.double({ min: -1e3, max: 500, noNaN: true }), onABound(series));
    const property = fc.asyncProperty(
      fc.array(fc.tuple(label, value), { minLength: 1 }),
      async (observations) => {
        const labelled = observations.map(([client_id, value]) => [{ ...PNL, client_id }, value] as const);
        await likePromClient(series, labelled);
      },
    );
    await fc.assert(property);
  });

  it('counts a P&L above the last bound in +Inf alone, where prom-client takes it for -1', async () => {
    const { tally } = given([]);
    observe(tally, 'tradeengine_strategy_pnl_realized', PNL, 501);
    const lines = linesOf(await metricsOf({ tally }).text(), 'tradeengine_strategy_pnl_realized_bucket');
    expect(lines.filter((line) => !line.endsWith(' 0'))).toEqual([expect.stringContaining('le="+Inf"')]);
  });
});

whenPresent(
  '/metrics under promtool',
  'promtool (Debian package prometheus)',
  findProgram('promtool'),
  (promtool) => {
    it('has every series, and promtool finds nothing to say', async () => {
      const metrics = new Metrics();
      declareAll(metrics);
      const text = await metrics.text();
      expect([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)).toEqual(SERIES_NAMES);
      const { status, stdout, stderr } = spawnSync(promtool, ['check', 'metrics'], {
        input: text,
        encoding: 'utf8',
      });
      expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
    });

    it('is refused by it where a line is broken', () => {
      const { status } = spawnSync(promtool, ['check', 'metrics'], { input: 'a_total{b=} 1\n' });
      expect(status).not.toBe(0);
    });
  },
);
