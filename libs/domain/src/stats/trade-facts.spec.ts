import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cash } from '../primitives/index.js';
import { tradeTotals, type TradeFacts } from './trade-facts.js';

const MINUTE = 60_000;

function trade(
  realizedPnl: string,
  closeReason: TradeFacts['closeReason'] = 'signal',
  minutes = 10,
): TradeFacts {
  const pnl = cash(realizedPnl);
  return {
    side: 'LONG',
    entryTime: 0,
    exitTime: minutes * MINUTE,
    entryValue: cash('100'),
    exitValue: cash('100') + pnl,
    closeReason,
    realizedPnl: pnl,
    fees: cash('0.1'),
    funding: cash('-0.02'),
    netPnl: pnl - cash('0.12'),
  };
}

describe('trade totals', () => {
  const trades = [
    trade('3', 'take_profit', 5),
    trade('2', 'take_profit', 15),
    trade('0', 'signal', 1),
    trade('4', 'signal', 10),
    trade('-1', 'stop_loss', 30),
    trade('-4', 'stop_loss', 60),
    trade('-2', 'reversal', 90),
  ];

  it('counts wins, losses, and neither', () => {
    expect(tradeTotals(trades)).toMatchObject({ trades: 7, wins: 3, losses: 3 });
  });

  it('sums money to the last digit', () => {
    expect(tradeTotals(trades)).toMatchObject({
      realizedPnl: cash('2'),
      fees: cash('0.7'),
      funding: cash('-0.14'),
      netPnl: cash('1.16'),
      grossProfit: cash('9'),
      grossLoss: cash('-7'),
      largestWin: cash('4'),
      largestLoss: cash('-4'),
    });
  });

  it('ends a streak with a trade that brought nothing', () => {
    expect(tradeTotals(trades)).toMatchObject({ maxConsecutiveWins: 2, maxConsecutiveLosses: 3 });
  });

  it('says how trades were closed', () => {
    expect(tradeTotals(trades)).toMatchObject({
      closeReasons: { take_profit: 2, signal: 2, stop_loss: 2, reversal: 1 },
      takeProfitRate: 2 / 7,
      stopLossRate: 2 / 7,
    });
  });

  it('measures how long they lasted', () => {
    expect(tradeTotals(trades)).toMatchObject({
      medianDurationMs: 15 * MINUTE,
      longestDurationMs: 90 * MINUTE,
      averageWinDurationMs: 10 * MINUTE,
      averageLossDurationMs: 60 * MINUTE,
    });
    expect(tradeTotals(trades).averageDurationMs).toBeCloseTo((211 / 7) * MINUTE, 6);
  });

  it('has no rate, extreme or duration without trades', () => {
    expect(tradeTotals([])).toMatchObject({
      trades: 0,
      realizedPnl: 0n,
      largestWin: null,
      largestLoss: null,
      takeProfitRate: null,
      averageDurationMs: null,
      longestDurationMs: null,
      maxConsecutiveWins: 0,
    });
  });

  it('depends on the order of trades in its streaks only', () => {
    const some = fc.array(
      fc.tuple(
        fc.integer({ min: -3, max: 3 }),
        fc.constantFrom<TradeFacts['closeReason']>('signal', 'stop_loss', 'take_profit'),
      ),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(some, (list) => {
        const forward = list.map(([pnl, reason], i) => trade(String(pnl), reason, i + 1));
        const { maxConsecutiveWins, maxConsecutiveLosses, ...totals } = tradeTotals(forward);
        const reversed = tradeTotals([...forward].reverse());
        expect(reversed).toMatchObject(totals);
        // Read backwards, the streaks are as long.
        expect(reversed).toMatchObject({ maxConsecutiveWins, maxConsecutiveLosses });
      }),
    );
  });
});
