import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backtestSummarySchema, type BacktestSummary, type Performance } from '@bowline/contracts';
import { cash, formatCash, type Cash } from '@bowline/domain';
import type { HistoricalResult } from '@bowline/ports';
import { randomHistoricalResult, seedNumbersResult } from '@bowline/testkit';
import type { ReportMeta } from '../meta.js';
import { summarize } from './summary.js';

const meta: ReportMeta = { elapsedMs: 250, strategyTags: new Map() };

const results = fc
  .record({
    seed: fc.integer({ min: 0, max: 500 }),
    trades: fc.integer({ min: 0, max: 300 }),
    bars: fc.constant(600),
    intervalMs: fc.constant(900_000),
    equity: fc.constantFrom('daily' as const, 'bar' as const),
  })
  .map((options) => randomHistoricalResult(options));

function total(
  byName: Readonly<Record<string, Performance>>,
  amount: (performance: Performance) => string,
): string {
  return formatCash(Object.values(byName).reduce((sum: Cash, each) => sum + cash(amount(each)), 0n));
}

describe('the summary of the two strategies that the project is explained with', () => {
  const summary = summarize(seedNumbersResult(), meta, ['trades.csv']);

  it('shows each strategy its own result', () => {
    expect(summary.byStrategy.A).toMatchObject({
      trades: 1,
      takeProfits: 1,
      stopLosses: 0,
      realizedPnl: '3',
      fees: '0.02',
      netPnl: '2.98',
      winRate: 1,
      profitFactor: null,
      startingEquity: '10000',
    });
    expect(summary.byStrategy.B).toMatchObject({
      stopLosses: 1,
      realizedPnl: '-4',
      netPnl: '-4.02',
      winRate: 0,
    });
  });

  it('adds them up for the client', () => {
    expect(summary.byClient.ikenna).toMatchObject({
      trades: 2,
      wins: 1,
      losses: 1,
      realizedPnl: '-1',
      netPnl: '-1.04',
      openPnl: '0',
      totalPnl: '-1.04',
      expectancy: -0.5,
      profitFactor: 0.75,
      orders: 6,
      orderSuccessRate: 1,
      tradedValue: '273',
      exposure: 0.8,
      maxDrawdownPct: 0.0402,
    });
  });

  it('names the account, and measures it on its own balance where that is known', () => {
    expect(Object.keys(summary.byAccount)).toEqual(['ikenna.binance-usdm']);
    const accounts = [{ clientId: 'ikenna', exchange: 'binance-usdm', accountBalance: cash('500') }];
    const known = summarize(seedNumbersResult(), { ...meta, accounts });
    expect(known.byAccount['ikenna.binance-usdm'].totalReturn).toBeCloseTo(-1.04 / 500, 12);
    expect(known.byExchange['binance-usdm'].totalReturn).toBeCloseTo(-1.04 / 500, 12);
    expect(known.bySymbol.BTCUSDT.totalReturn).toBeCloseTo(-1.04 / 10_000, 12);
  });

  it('says over what, how fast, and what was written', () => {
    expect(summary).toMatchObject({
      mode: 'historical',
      bars: 5,
      elapsedMs: 250,
      barsPerSecond: 20,
      convention: 'bowline',
      from: '2021-05-19T12:00:00.000Z',
      to: '2021-05-19T12:05:00.000Z',
      trades: 2,
      orders: 6,
      fills: 4,
      exchangePositions: [],
      openPositions: [],
      invariants: { checked: 4, violated: 0 },
      files: ['trades.csv'],
    });
  });
});

describe('a summary', () => {
  it('has the shape that the contract promises, in every convention', () => {
    const conventions = fc.constantFrom('bowline', 'nautilus', 'lean', 'freqtrade');
    fc.assert(
      fc.property(results, conventions, (result, convention) => {
        const summary = summarize(result, { ...meta, convention, warnings: ['a gap'] }, ['trades.csv']);
        expect(backtestSummarySchema.parse(summary)).toEqual(summary);
        expect(JSON.parse(JSON.stringify(summary))).toEqual(summary);
      }),
      { numRuns: 25 },
    );
  });

  it('splits the same money in every breakdown, to the last digit', () => {
    fc.assert(
      fc.property(results, (result) => {
        const summary = summarize(result, meta);
        const { overall } = summary;
        expect(overall.netPnl).toBe(
          formatCash(result.trades.reduce((sum: Cash, trade) => sum + trade.netPnl, 0n)),
        );
        expect(overall.totalFees).toBe(
          formatCash(result.fills.reduce((sum: Cash, fill) => sum + fill.fee, 0n)),
        );
        for (const breakdown of breakdowns(summary)) {
          expect(total(breakdown, (p) => p.netPnl)).toBe(overall.netPnl);
          expect(total(breakdown, (p) => p.totalPnl)).toBe(overall.totalPnl);
          expect(total(breakdown, (p) => p.totalFees)).toBe(overall.totalFees);
          expect(total(breakdown, (p) => p.tradedValue)).toBe(overall.tradedValue);
          const trades = Object.values(breakdown).reduce((sum, each) => sum + each.trades, 0);
          expect(trades).toBe(overall.trades);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('explains the change of equity by trades and open positions', () => {
    fc.assert(
      fc.property(results, (result) => {
        const { byClient } = summarize(result, meta);
        for (const curve of result.equity.filter(({ strategyId }) => strategyId === null)) {
          const final = curve.equity.at(-1) ?? curve.startingEquity;
          expect(byClient[curve.clientId].totalPnl).toBe(formatCash(final - curve.startingEquity));
        }
      }),
      { numRuns: 25 },
    );
  });

  it('accounts for every trade by how it was closed', () => {
    fc.assert(
      fc.property(results, (result) => {
        for (const p of breakdowns(summarize(result, meta)).flatMap((each) => Object.values(each))) {
          const closed = [p.takeProfits, p.stopLosses, p.signalExits, p.reversals, p.timeExits, p.otherExits];
          expect(closed.reduce((sum, count) => sum + count, 0)).toBe(p.trades);
          expect(p.longTrades + p.shortTrades).toBe(p.trades);
        }
      }),
      { numRuns: 10 },
    );
  });

  it('is the same however the trades of one instant are ordered between channels', () => {
    const result = randomHistoricalResult({ trades: 200 });
    const shuffled: HistoricalResult = {
      ...result,
      trades: [...result.trades].sort((a, b) => a.exitTime - b.exitTime || b.channel - a.channel),
      fills: [...result.fills].reverse(),
      orders: [...result.orders].reverse(),
    };
    expect(summarize(shuffled, meta)).toEqual(summarize(result, meta));
  });

  it('lists a client and a strategy that never traded', () => {
    const result = randomHistoricalResult({ clients: ['idle', 'busy'], strategies: ['only'], trades: 40 });
    const idle = (channel: number): boolean => result.channels[channel].clientId === 'idle';
    const summary = summarize(
      {
        ...result,
        trades: result.trades.filter(({ channel }) => !idle(channel)),
        orders: result.orders.filter(({ channel }) => !idle(channel)),
        fills: result.fills.filter(({ channel }) => !idle(channel)),
        openPositions: result.openPositions.filter(({ channel }) => !idle(channel)),
      },
      meta,
    );
    expect(summary.byClient.idle).toMatchObject({
      trades: 0,
      winRate: null,
      netPnl: '0',
      orderSuccessRate: null,
    });
  });

  it('lists names in code-point order, names like those of objects included', () => {
    const strategies = ['__proto__', 'Zeta', 'alpha', 'constructor'];
    const summary = summarize(randomHistoricalResult({ strategies, trades: 100 }), meta);
    expect(Object.keys(summary.byStrategy)).toEqual(['Zeta', '__proto__', 'alpha', 'constructor']);
  });

  it('has nothing to measure without bars', () => {
    const empty: HistoricalResult = {
      channels: [],
      trades: [],
      orders: [],
      fills: [],
      denials: [],
      openPositions: [],
      exchangePositions: [],
      equity: [],
      invariants: { checked: 0, violated: 0 },
      ignoredSignals: { NOT_FOLLOWED: 2, UNCHANGED: 0 },
    };
    expect(summarize(empty, { ...meta, elapsedMs: 0 })).toMatchObject({
      bars: 0,
      barsPerSecond: 0,
      from: null,
      to: null,
      overall: { trades: 0, sharpe: null, maxDrawdown: null, totalReturn: null },
      ignoredSignals: { NOT_FOLLOWED: 2 },
    });
  });

  it('takes the drawdown of every bar where the engine knows it, and of the samples where curves are added', () => {
    const summary = summarize(randomHistoricalResult({ trades: 100 }), meta);
    expect(summary.byClient.ikenna.equityBasis).toBe('bar');
    expect(summary.overall.equityBasis).toBe('sample');
    expect(summary.bySymbol.BTCUSDT.equityBasis).toBe('realized');
  });
});

function breakdowns(summary: BacktestSummary): Readonly<Record<string, Performance>>[] {
  const { bySide, byStrategy, byClient, byAccount, byExchange, bySymbol } = summary;
  return [bySide, byStrategy, byClient, byAccount, byExchange, bySymbol];
}
