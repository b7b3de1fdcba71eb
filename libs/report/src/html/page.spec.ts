import { describe, expect, it } from '@jest/globals';
import { randomHistoricalResult, seedNumbersResult } from '@bowline/testkit';
import { REPORT_FILES } from '../out-dir.js';
import { summarize } from '../summary/summary.js';
import { reportPage } from './page.js';
import type { PageData } from './page-data.js';

const meta = { elapsedMs: 123_457, strategyTags: new Map<string, string>() };

function dataOf(page: string): PageData {
  return JSON.parse(
    /<script type="application\/json" id="data">(.*)<\/script>/.exec(page)?.[1] ?? '',
  ) as PageData;
}

describe('the report page', () => {
  it('carries the trades, the curves, and the candles', async () => {
    const result = seedNumbersResult();
    const data = dataOf(await reportPage(result, summarize(result, meta, REPORT_FILES)));
    expect(data.strategies).toEqual(['A', 'B']);
    expect(data.trades).toHaveLength(2);
    expect(data.trades[0].slice(0, 3)).toEqual([0, 0, 0]);
    expect(data.trades[0].slice(4)).toEqual([45_000, 1_621_425_720, 48_000, 1, '0.001', 3, 6.6667, 2.98]);
    expect(data.candles[0].map((candle) => candle[4])).toEqual([46_000, 47_400, 47_900, 45_100, 44_100]);
    expect(data.curves.map(({ strategyId }) => strategyId)).toEqual([null, 'A', 'B']);
    expect(data.currency).toBe('USDT');
  });

  it('carries candles once for all who look at the same prices', async () => {
    const result = randomHistoricalResult({ trades: 60 });
    const data = dataOf(await reportPage(result, summarize(result, meta)));
    expect(data.channels).toHaveLength(18);
    expect(data.candles).toHaveLength(3);
  });

  it('shows the strategies with the most trades where there are very many, and says how many it leaves out', async () => {
    const strategies = Array.from({ length: 260 }, (_, i) => `s${String(i).padStart(3, '0')}`);
    const result = randomHistoricalResult({
      strategies,
      clients: ['a', 'b'],
      trades: 700,
      equity: 'bar',
      bars: 800,
    });
    const summary = summarize(result, meta);
    const page = await reportPage(result, summary);
    const byTrades = Object.entries(summary.byStrategy).sort(([, a], [, b]) => b.trades - a.trades);
    const names = byTrades.map(([name]) => name);
    const rows = strategies.filter((name) => page.includes(`<td>${name}</td><td class="number" data-sort=`));
    expect(byTrades[199][1].trades).toBeLessThan(byTrades[0][1].trades);
    expect(rows).toEqual(names.slice(0, 200).sort());
    expect(page).toContain(
      '60 strategies with fewer trades left out, here and among the curves; summary.json has all.',
    );
    const { curves } = dataOf(page);
    expect(new Set(curves.flatMap(({ strategyId }) => strategyId ?? []))).toEqual(new Set(rows));
    const points = curves.reduce((sum, curve) => sum + curve.points.length, 0);
    expect(points).toBeLessThan(220_000);
  });

  it('says nothing of that where it shows all', async () => {
    const result = seedNumbersResult();
    expect(await reportPage(result, summarize(result, meta))).not.toContain('left out');
  });

  it('is a closed file: it may load nothing, and says nothing of when it was made', async () => {
    const result = seedNumbersResult();
    const page = await reportPage(result, summarize(result, meta, REPORT_FILES));
    expect(page).toContain(
      `content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"`,
    );
    expect(page.replace(/<script>[^]*?<\/script>/g, '')).not.toMatch(
      /<(script|link|img|iframe)[^>]*(src|href)=/,
    );
    expect(page).not.toContain('123457');
    expect(page).toContain('TradingView Lightweight Charts™, Copyright');
    expect(await reportPage(result, summarize(result, { ...meta, elapsedMs: 1 }, REPORT_FILES))).toBe(page);
  });

  it('holds any name, however it is spelt', async () => {
    const strategies = [
      '</script><script>alert(1)</script>',
      '<img src=x onerror=alert(1)>',
      '"quoted" & \'single\'',
    ];
    const result = randomHistoricalResult({ strategies, clients: ['a<b'], trades: 60 });
    const page = await reportPage(result, summarize(result, meta));
    expect(page.match(/<\/script>/g)).toHaveLength(3);
    expect(page).not.toContain('<img');
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(dataOf(page).strategies).toEqual([...strategies].sort());
  });
});
