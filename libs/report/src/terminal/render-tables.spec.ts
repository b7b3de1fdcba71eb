import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomHistoricalResult, seedNumbersResult } from '@bowline/testkit';
import { summarize } from '../summary/summary.js';
import { renderTables } from './render-tables.js';

const meta = { elapsedMs: 1_500, strategyTags: new Map<string, string>() };
const ESCAPE = String.fromCharCode(27);

describe('tables for the terminal', () => {
  const plain = renderTables(summarize(seedNumbersResult(), meta, ['trades.csv', 'report.html']), {
    color: false,
    outDir: '/out/here',
  });

  it('show each client and strategy its own result', () => {
    const line = (name: string): string[] =>
      (plain.split('\n').find((each) => each.startsWith(name)) ?? '').split(/\s{2,}/);
    expect(line('ikenna')).toEqual([
      'ikenna',
      '2',
      '50.0 %',
      '1',
      '1',
      '-1.00',
      '0.04',
      '-1.04',
      '0.00',
      '-0.01 %',
      '0.04 %',
      '–',
    ]);
    expect(line('A ').slice(0, 8)).toEqual(['A', '1', '100.0 %', '1', '0', '+3.00', '0.02', '+2.98']);
    expect(line('B ').slice(0, 8)).toEqual(['B', '1', '0.0 %', '0', '1', '-4.00', '0.02', '-4.02']);
  });

  it('say what was played, that the books agree, and where the files lie', () => {
    expect(plain).toContain('Backtest 2021-05-19 12:00 to 2021-05-19 12:05 UTC  5 bars in 1.50 s');
    expect(plain).toContain('Invariants: 4 checks, 0 violated');
    expect(plain).toContain('Exchange positions  all flat at the end');
    expect(plain).toContain('Files in /out/here\n  trades.csv  report.html\n');
  });

  it('put the exchange beside the sum of the shares', () => {
    const result = randomHistoricalResult({ trades: 90 });
    const summary = summarize(result, meta);
    const text = renderTables(summary, { color: false });
    expect(summary.exchangePositions.length).toBeGreaterThan(0);
    expect(text.split('\n').filter((line) => line.includes('  equal  '))).toHaveLength(
      summary.exchangePositions.length,
    );
    const [first, ...others] = summary.exchangePositions;
    const apart = { ...summary, exchangePositions: [{ ...first, sumOfShares: '123' }, ...others] };
    expect(renderTables(apart, { color: false })).toContain('DIFFERENT');
  });

  it('count what led nowhere, and repeat the warnings', () => {
    const summary = summarize(randomHistoricalResult({ trades: 90 }), {
      ...meta,
      warnings: ['ETHUSDT: a gap'],
    });
    const text = renderTables(summary, { color: false });
    expect(text).toMatch(/MAX_POSITION_SIZE {2,}9/);
    expect(text).toMatch(/OUTSIDE_DATA {2,}3/);
    expect(text).toContain('  ETHUSDT: a gap');
  });

  it('have colors only where they were asked for', () => {
    const summary = summarize(randomHistoricalResult({ trades: 90 }), meta);
    const colored = renderTables(summary, { color: true });
    expect(renderTables(summary, { color: false })).not.toContain(ESCAPE);
    expect(colored).toContain(`${ESCAPE}[31m-`);
    expect(colored.replaceAll(new RegExp(`${ESCAPE}\\[\\d+m`, 'g'), '')).toBe(
      renderTables(summary, { color: false }),
    );
  });

  it('fit into 118 columns, with columns of numbers that end in line', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,40}$/);
    const names = fc.uniqueArray(name, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(names, names, fc.integer({ min: 0, max: 300 }), (clients, strategies, trades) => {
        const text = renderTables(summarize(randomHistoricalResult({ clients, strategies, trades }), meta), {
          color: false,
        });
        expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(118);
        const table = text.split('\n\n').find((section) => section.startsWith('Per client')) ?? '';
        const [, , , ...rows] = table.split('\n');
        expect(new Set(rows.map((row) => row.length)).size).toBe(1);
      }),
      { numRuns: 25 },
    );
  });

  it('end long lists early, and say so', () => {
    const strategies = Array.from({ length: 40 }, (_value, i) => `strategy-${i}`);
    const text = renderTables(summarize(randomHistoricalResult({ strategies, trades: 40 }), meta), {
      color: false,
    });
    expect(text).toContain('and 10 more, in summary.json');
  });
});
