import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LABELS, parseConfig, ROLES, SERIES, SERIES_NAMES, type SeriesName } from '@bowline/contracts';
import { SignalAccess } from '@bowline/signal-ingest';
import { createLogger } from '@bowline/telemetry';
import { findProgram, whenPresent, WorkFolder } from '@bowline/testkit';
import { MOCK_CONFIG } from './mock-config.js';
import { MockRun } from './mock-run.js';
import { stateFolder } from './state-folder.js';

const work = new WorkFolder('metrics');
const MINUTE_MS = 60_000;
/** Series of what only a process can measure: they begin with it. */
const OF_THE_PROCESS = /^bowline_(signal_to|inbox|quarantined|dead|journal|recovery|bus)_/;

/** A line of /metrics. */
interface Line {
  /** Of the table: without _bucket, _sum and _count. */
  readonly series: SeriesName;
  readonly labels: Readonly<Record<string, string>>;
  readonly name: string;
  readonly value: number;
}

const OF_LIMITS =
  /^bowline_(conditional_orders_used_ratio|queued_requests|rate_limit_used_ratio|throttled_seconds_total)$/;

describe('/metrics of a desk', () => {
  let run: MockRun;
  let texts: { fresh: string; later: string; resumed: string };
  let ids: ReadonlySet<string>;

  beforeAll(async () => {
    run = await open(false);
    const fresh = await scrape(run);
    // Between two ticks, when nothing is on its way: the end of the run adds nothing.
    await pass(run, 10 * MINUTE_MS + 900);
    const later = await scrape(run);
    ids = idsOf(run);
    await run.close();
    run = await open(true);
    texts = { fresh, later, resumed: await scrape(run) };
  }, 60_000);

  afterAll(() => run.close());

  it.each(SERIES_NAMES)('has %s from the first scrape on, with its own labels and no others', (series) => {
    for (const text of [texts.fresh, texts.later]) {
      const lines = linesOf(text).filter((line) => line.series === series);
      // A mock exchange takes whatever is sent: it has no limits to be near to.
      expect(lines.length > 0).toBe(!OF_LIMITS.test(series));
      for (const { labels } of lines) {
        expect(
          Object.keys(labels)
            .filter((name) => name !== 'le')
            .sort(),
        ).toEqual([...SERIES[series].labels].sort());
      }
    }
  });

  it('counts from 0 where all values of a label are known', () => {
    for (const series of SERIES_NAMES.filter((name) => SERIES[name].type !== 'gauge')) {
      const lines = linesOf(texts.fresh).filter(
        (line) => line.series === series && !OF_THE_PROCESS.test(series),
      );
      expect(lines.filter(({ value }) => value !== 0)).toEqual([]);
      for (const label of SERIES[series].labels) {
        const { values } = LABELS[label];
        if (values === null || label === 'role' || OF_THE_PROCESS.test(series)) continue;
        const seen = new Set(lines.map(({ labels }) => labels[label]));
        expect([series, label, [...seen].sort()]).toEqual([series, label, [...values].sort()]);
      }
    }
  });

  it('has counted what has happened', () => {
    const sums = new Map<string, number>();
    for (const { name, value } of linesOf(texts.later)) sums.set(name, (sums.get(name) ?? 0) + value);
    for (const name of [
      'tradeengine_strategy_oco_placed_total',
      'tradeengine_strategy_tp_triggered_total',
      'tradeengine_strategy_sl_triggered_total',
      'tradeengine_strategy_pnl_realized_count',
      'tradeengine_active_oco_pairs_per_position',
      'tradeengine_positions_opened_total',
      'tradeengine_positions_closed_total',
      'tradeengine_orders_executed_by_type_total',
      'tradeengine_order_execution_latency_seconds_count',
      'tradeengine_risk_rejections_total',
      'tradeengine_risk_checks_total',
      'tradeengine_signals_received_total',
      'bowline_signal_to_send_seconds_count',
      'bowline_signal_to_ack_seconds_count',
      'bowline_unprotected_seconds_count',
      'bowline_journal_append_seconds_count',
    ]) {
      expect([name, sums.get(name)! > 0]).toEqual([name, true]);
    }
  });

  it('holds together: what was opened and not closed is open, and has its pair', () => {
    const sum = (name: string) =>
      linesOf(texts.later).reduce((total, line) => (line.name === name ? total + line.value : total), 0);
    const closed = sum('tradeengine_positions_closed_total');
    expect(sum('tradeengine_strategy_pnl_realized_count')).toBe(closed);
    expect(sum('tradeengine_active_oco_pairs_per_position')).toBeLessThanOrEqual(
      sum('tradeengine_positions_opened_total') - closed,
    );
  });

  it('names no order and no position in any label', () => {
    expect(ids.size).toBeGreaterThan(100);
    const values = linesOf(texts.later).flatMap(({ labels }) => Object.values(labels));
    expect(values.filter((value) => ids.has(value))).toEqual([]);
  });

  it('goes on after a restart where it was: nothing jumps, and nothing is lost', () => {
    const kept = (text: string) =>
      linesOf(text)
        .filter(({ series }) => SERIES[series].type !== 'gauge' && !OF_THE_PROCESS.test(series))
        .map((line) => JSON.stringify(line))
        .sort();
    expect(kept(texts.resumed)).toEqual(kept(texts.later));
  });

  whenPresent(
    'under promtool',
    'promtool (Debian package prometheus)',
    findProgram('promtool'),
    (promtool) => {
      it.each(['fresh', 'later', 'resumed'] as const)('is found to be in order (%s)', (when) => {
        const { status, stderr, stdout } = spawnSync(promtool, ['check', 'metrics'], {
          input: texts[when],
          encoding: 'utf8',
        });
        expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
      });
    },
  );
});

function open(resume: boolean): Promise<MockRun> {
  const options = {
    config: parseConfig(MOCK_CONFIG, 'bowline.yaml'),
    state: stateFolder(work.at('desk')),
    logger: createLogger({ level: 'warn', role: 'desk' }),
    access: SignalAccess.open(),
  };
  return MockRun.open(
    { ...options, roles: ROLES, seed: null, speed: null, resume, http: { port: 0 } },
    (error) => {
      throw error;
    },
  );
}

function pass(run: MockRun, milliseconds: number): Promise<void> {
  return run.run(milliseconds, new AbortController().signal, () => undefined);
}

async function scrape(run: MockRun): Promise<string> {
  return (await fetch(`${run.desk.url!}/metrics`)).text();
}

/** Of every order and every strategy position that the desk remembers. */
function idsOf({ desk: { gateways } }: MockRun): ReadonlySet<string> {
  const orders = gateways!.shards.flatMap(({ runner }) => [...runner.state.orders.values()]);
  return new Set(orders.flatMap(({ clientOrderId, key }) => [clientOrderId, key.strategyPositionId]));
}

function linesOf(text: string): Line[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name, labels, value] = /^(\w+)\{(.*)\} (\S+)$/.exec(line)!;
      const series = SERIES_NAMES.find(
        (each) => name.replace(/_(bucket|sum|count)$/, '') === each || name === each,
      )!;
      const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, said]) => [label, said]);
      return {
        series,
        name,
        labels: Object.fromEntries(pairs) as Record<string, string>,
        value: Number(value),
      };
    });
}
