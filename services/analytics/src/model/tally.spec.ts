import { describe, expect, it } from '@jest/globals';
import {
  formatCash,
  performanceFigures,
  tradeTotals,
  type CloseReason,
  type TradeFacts,
} from '@bowline/domain';
import fc from 'fast-check';
import { Tally } from './tally.js';

const REASONS: readonly CloseReason[] = ['take_profit', 'stop_loss', 'signal', 'reversal'];
const NOTHING_OPEN = { openPositions: 0, unrealizedPnl: '0', openPnl: '0' };

const facts: fc.Arbitrary<TradeFacts> = fc
  .record({
    side: fc.constantFrom('LONG' as const, 'SHORT' as const),
    entryTime: fc.nat(1_000_000),
    lastedMs: fc.nat(1_000_000),
    closeReason: fc.constantFrom(...REASONS),
    cents: fc.integer({ min: -500, max: 500 }),
    fees: fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }),
    funding: fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }),
  })
  .map(({ cents, entryTime, lastedMs, ...rest }) => {
    const realizedPnl = BigInt(cents) * 10n ** 16n;
    return {
      ...rest,
      entryTime,
      exitTime: entryTime + lastedMs,
      entryValue: 10n ** 20n,
      exitValue: 10n ** 20n + realizedPnl,
      realizedPnl,
      netPnl: realizedPnl - rest.fees + rest.funding,
    };
  });

describe('the figures of a tally', () => {
  it('are those of the domain for the same trades, which keeps them all', () => {
    fc.assert(
      fc.property(fc.array(facts, { maxLength: 30 }), (trades) => {
        const tally = new Tally();
        for (const trade of trades) tally.add({ ...trade, clientId: 'odum', strategyId: 'A' });
        const figures = tally.figures(NOTHING_OPEN);

        const totals = tradeTotals(trades);
        expect(figures).toMatchObject({
          trades: totals.trades,
          wins: totals.wins,
          losses: totals.losses,
          realizedPnl: formatCash(totals.realizedPnl),
          fees: formatCash(totals.fees),
          funding: formatCash(totals.funding),
          netPnl: formatCash(totals.netPnl),
          grossProfit: formatCash(totals.grossProfit),
          grossLoss: formatCash(totals.grossLoss),
          largestWin: totals.largestWin === null ? null : formatCash(totals.largestWin),
          largestLoss: totals.largestLoss === null ? null : formatCash(totals.largestLoss),
          maxConsecutiveWins: totals.maxConsecutiveWins,
          maxConsecutiveLosses: totals.maxConsecutiveLosses,
          closeReasons: totals.closeReasons,
          longTrades: trades.filter(({ side }) => side === 'LONG').length,
        });
        const seconds = totals.averageDurationMs === null ? null : totals.averageDurationMs / 1000;
        const expected = {
          ...performanceFigures({ trades, equity: null, daysPerYear: 365 }),
          averageDurationSeconds: seconds,
        };
        for (const name of [
          'winRate',
          'lossRate',
          'averageWin',
          'averageLoss',
          'payoffRatio',
          'profitFactor',
          'expectancy',
          'expectancyRatio',
          'sqn',
          'averageDurationSeconds',
        ] as const) {
          if (expected[name] === null) expect([name, figures[name]]).toEqual([name, null]);
          else expect(figures[name]).toBeCloseTo(expected[name], 9);
        }
      }),
    );
  });

  it.each<[readonly CloseReason[], number | null]>([
    [[], null],
    [['signal', 'reversal'], null],
    [['take_profit'], 1],
    [['stop_loss', 'signal'], 0],
    [['take_profit', 'stop_loss', 'take_profit', 'signal'], 2 / 3],
  ])('have a hit rate of %j: what took profit, of what took profit or was stopped', (reasons, rate) => {
    const tally = new Tally();
    for (const closeReason of reasons) {
      tally.add({
        side: 'LONG',
        entryTime: 0,
        exitTime: 1,
        closeReason,
        clientId: 'odum',
        strategyId: 'A',
        realizedPnl: 1n,
        fees: 0n,
        funding: 0n,
      });
    }
    expect(tally.figures(NOTHING_OPEN).takeProfitHitRate).toBe(rate);
  });
});
