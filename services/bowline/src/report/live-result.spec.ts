import { beforeAll, describe, expect, it } from '@jest/globals';
import { backtestSummarySchema } from '@bowline/contracts';
import { cash, formatCash } from '@bowline/domain';
import type { HistoricalResult } from '@bowline/ports';
import { summarize } from '@bowline/report';
import { atMinute, minuteOf, WorkFolder } from '@bowline/testkit';
import { contentOf, seedDesk, storedDesk } from './desk-store.spec-support.js';
import type { LiveContent, ReportSelection } from './live-content.js';
import { liveMeta, liveResult } from './live-result.js';

const folder = new WorkFolder('live-result');
const WHOLE: ReportSelection = { from: null, to: null, clientId: null };

/** A curve as `minute equity`, of the client where no strategy is named. */
function curve({ equity }: HistoricalResult, strategyId: string | null = null): string[] {
  const found = equity.find((each) => each.strategyId === strategyId)!;
  return found.equity.map((value, i) => `${minuteOf(found.times[i])} ${formatCash(value)}`);
}

describe("the seed's two strategies", () => {
  let content: LiveContent;
  beforeAll(async () => {
    const path = folder.at('seed.duckdb');
    const { analytics } = await seedDesk(path);
    await analytics.close();
    content = await contentOf(path);
  });

  it('are reported with their own results, fees and excursions', () => {
    const { fills, orders, trades } = liveResult(content, WHOLE, 'bar');
    // A: 45 x 0.001 to enter, nothing for the resting take-profit. B: 92 x 0.001 and 88 x 0.001.
    expect(
      trades.map((trade) => [
        trade.strategyId,
        trade.closeReason,
        formatCash(trade.realizedPnl),
        formatCash(trade.fees),
        formatCash(trade.netPnl),
        trade.worstPrice,
        trade.bestPrice,
        trade.signalPrice,
        trade.orders.map(({ generation, leg }) => `${leg}${generation}`),
      ]),
    ).toEqual([
      // Whole minutes while A was open: the second. While B was: the third and the fourth.
      [
        'A',
        'take_profit',
        '3',
        '0.045',
        '2.955',
        450_000,
        480_000,
        450_000,
        ['e0', expect.stringMatching(/^t/)],
      ],
      [
        'B',
        'stop_loss',
        '-4',
        '0.18',
        '-4.18',
        440_000,
        480_000,
        460_000,
        ['e0', expect.stringMatching(/^s/)],
      ],
    ]);
    expect([fills.length, orders.length]).toEqual([4, 6]);
    expect(orders.map(({ orderStatus }) => orderStatus).sort()).toEqual([
      'canceled',
      'canceled',
      'filled',
      'filled',
      'filled',
      'filled',
    ]);
  });

  it('make the equity of every minute', () => {
    const result = liveResult(content, WHOLE, 'bar');
    expect(curve(result)).toEqual(['1 999.955', '2 1001.163', '3 1006.663', '4 1001.063', '5 998.775']);
    expect(curve(result, 'A')).toEqual(['1 -0.045', '2 1.055', '3 2.955', '4 2.955', '5 2.955']);
    expect(curve(result, 'B')).toEqual(['1 0', '2 0.108', '3 3.708', '4 -1.892', '5 -4.18']);
    expect(result.equity[0]!.maxDrawdown).toBeCloseTo(1_006.663 - 998.775, 9);
    expect(curve(liveResult(content, WHOLE, 'daily'))).toEqual(['5 998.775']);
  });

  it('are summed up as a backtest is', () => {
    const summary = summarize(liveResult(content, WHOLE, 'daily'), liveMeta(content));
    expect(backtestSummarySchema.parse(summary)).toEqual(summary);
    expect(summary).toMatchObject({
      mode: 'live',
      bars: 5,
      from: '2024-01-01T00:00:00.000Z',
      to: '2024-01-01T00:05:00.000Z',
      trades: 2,
      overall: {
        realizedPnl: '-1',
        fees: '0.225',
        netPnl: '-1.225',
        takeProfits: 1,
        stopLosses: 1,
        startingEquity: '1000',
        openPnl: '0',
      },
      exchangePositions: [],
      openPositions: [],
      invariants: { violated: 0 },
      ignoredSignals: { UNCHANGED: 1 },
    });
    expect(summary.overall.totalReturn).toBeCloseTo(-0.001225, 12);
    expect(summary.invariants.checked).toBeGreaterThan(0);
  });

  it('until an earlier time are as they were then: A closed, B open at the last close', () => {
    const result = liveResult(content, { ...WHOLE, to: atMinute(3) }, 'bar');
    expect(curve(result)).toEqual(['1 999.955', '2 1001.163', '3 1006.663']);
    expect(result.trades.map(({ strategyId }) => strategyId)).toEqual(['A']);
    expect(result.openPositions).toMatchObject([
      {
        strategyId: 'B',
        openQty: 2,
        cost: 920_000n,
        markPrice: 479_000,
        unrealizedPnl: cash('3.8'),
        realizedPnl: 0n,
        fees: cash('0.092'),
      },
    ]);
    // The exchange's average is of both entries, and its own to keep when A leaves.
    expect(result.exchangePositions).toEqual([
      {
        channel: 0,
        key: 'BTCUSDT_LONG',
        side: 'LONG',
        quantity: 2,
        entryPrice: '45666.66666667',
        sumOfShares: 2,
      },
    ]);
  });

  it('from a later time on begin with what they had made by then', () => {
    const result = liveResult(content, { ...WHOLE, from: atMinute(2) }, 'bar');
    expect(formatCash(result.equity[0]!.startingEquity)).toBe('1001.163');
    expect(curve(result)).toEqual(['3 1006.663', '4 1001.063', '5 998.775']);
    // 0.002 x (47,900 - 46,100), (45,100 - 46,100), (44,000 - 46,100) less the fee of the stop.
    expect(curve(result, 'B')).toEqual(['3 3.6', '4 -2', '5 -4.288']);
    expect(result.equity[0]!.maxDrawdown).toBeCloseTo(1_006.663 - 998.775, 9);
    expect(result.channels[0]!.bars.length).toBe(3);
    expect([result.trades.length, result.fills.length]).toEqual([2, 2]);
  });

  it('end with their books even where a fill is not told of, as of a liquidation', () => {
    const fills = content.fills.filter(({ leg }) => leg !== 's');
    expect(fills).toHaveLength(3);
    const result = liveResult({ ...content, fills }, WHOLE, 'bar');
    expect(curve(result)).toEqual(['1 999.955', '2 1001.163', '3 1006.663', '4 1001.063', '5 998.775']);
    expect(result.trades.map(({ netPnl }) => formatCash(netPnl))).toEqual(['2.955', '-4.18']);
  });

  it('keep the tags that their desk gave them, so that orders have the ids that the exchange knows', () => {
    const { strategyTags } = liveMeta(content);
    for (const { clientOrderId, strategyId } of content.orders) {
      expect(clientOrderId.startsWith(strategyTags.get(strategyId)!)).toBe(true);
    }
  });
});

describe('a desk with several clients that is still trading', () => {
  it('adds up: starting equity + net of the trades + open positions = the last equity', async () => {
    const path = folder.at('several.duckdb');
    const account = { balance: 50_000, takerBps: 7, makerBps: 2 };
    const stored = await storedDesk(path, {
      clients: {
        odum: {
          accounts: { 'binance-usdm': account },
          params: { fixedQuantity: '0.013', takeProfitPct: 2, stopLossPct: 1 },
        },
        ikenna: {
          accounts: { 'binance-usdm': { ...account, hedgeMode: true } },
          params: { fixedQuantity: '0.021', stopLossPct: 3 },
        },
      },
      exchange: { fillRatio: 0.4 },
    });
    const { bar, desk, passTo } = stored;
    // Up and down by a few percent, strategies on both sides.
    for (let minute = 0; minute < 40; minute += 1) {
      const price = 45_000 + Math.round(900 * Math.sin(minute / 3) + 40 * ((minute * 7) % 5));
      await desk.price(price, { bid: price - 0.1, ask: price });
      const signal = ([1, -1, 0] as const)[(minute * 5 + (minute >> 2)) % 3]!;
      if (minute % 2 === 0) await desk.signal(['A', 'B', 'C'][minute % 3]!, signal);
      await passTo(minute + 0.99);
      bar(minute, price, price + 5, price - 5, price);
      await passTo(minute + 1);
    }
    await stored.analytics.close();

    const content = await contentOf(path);
    const result = liveResult(content, WHOLE, 'bar');
    const summary = summarize(result, liveMeta(content));
    expect(summary.trades).toBeGreaterThan(10);
    expect(summary.openPositions.length).toBeGreaterThan(1);
    for (const clientId of ['ikenna', 'odum']) {
      const own = result.equity.find((each) => each.clientId === clientId && each.strategyId === null)!;
      const { netPnl, openPnl, startingEquity } = summary.byClient[clientId]!;
      expect(formatCash(own.equity.at(-1)!)).toBe(
        formatCash(cash(startingEquity) + cash(netPnl) + cash(openPnl)),
      );
      expect(startingEquity).toBe('50000');
      const strategies = result.equity.filter(
        (each) => each.clientId === clientId && each.strategyId !== null,
      );
      // What the strategies have made is what the client has, at every close.
      for (const [i, value] of own.equity.entries()) {
        expect(strategies.reduce((sum, { equity }) => sum + equity[i]!, own.startingEquity)).toBe(value);
      }
    }
    for (const { quantity, side, sumOfShares } of summary.exchangePositions) {
      expect(sumOfShares).toBe(side === 'LONG' ? quantity : `-${quantity}`);
    }
    expect(result.trades).toEqual([...result.trades].sort((a, b) => byClientAndTime(result, a, b)));
  });

  function byClientAndTime(
    { channels }: HistoricalResult,
    a: HistoricalResult['trades'][number],
    b: HistoricalResult['trades'][number],
  ): number {
    const [one, other] = [a, b].map(({ channel }) => channels[channel]!.clientId);
    return one! < other! ? -1 : one! > other! ? 1 : a.exitTime - b.exitTime;
  }
});
