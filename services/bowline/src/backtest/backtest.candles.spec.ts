import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { beforeAll, expect, it } from '@jest/globals';
import type { BacktestSummary } from '@bowline/contracts';
import { runBowline, sharedData, whenPresent, WorkFolder } from '@bowline/testkit';

/** A month of real minutes of two symbols, with a crash in it; three clients, each in its own way; five strategies. */
const DESK = `clients:
  # Market orders, protection in percent: simple enough to be worked out again below.
  ikenna:
    exchanges: { binance-spot: { accountBalance: 100000, feeMakerBps: 2, feeTakerBps: 5 } }
    riskParams: { takeProfitPct: 1.5, stopLossPct: 1 }
    orderParams: { sizing: { fixedNotional: 5000 } }
  # Limit orders at two exchanges, protection by volatility.
  odum:
    exchanges:
      binance-spot: { accountBalance: 50000 }
      okx-spot: { accountBalance: 50000, symbols: [BTCUSDT] }
    riskParams: { takeProfitSd: 12, stopLossSd: 8, volatilityWindow: 60, maxLeverage: 2 }
    orderParams: { defaultOrderType: limit, limitOffsetBps: 3, sizing: { percentOfBalance: 5 } }
    routing: { binance-spot: 60, okx-spot: 40 }
  # Sized by risk, stops that follow the price, both sides held apart.
  christian:
    exchanges: { okx-spot: { accountBalance: 80000, hedgeMode: true } }
    riskParams: { takeProfitSd: 30, stopLossSd: 15, trailingStopSd: 15, volatilityWindow: 120, timeExitMinutes: 720 }
    orderParams: { sizing: { riskPerTrade: 0.2 } }
    strategies: [sma-cross-20-100, donchian-120, donchian-1000, random-7]
execution: { slippageBps: 1 }
`;
const STRATEGIES = ['sma-cross:20,100', 'sma-cross:60,300', 'donchian:120', 'donchian:1000', 'random:7'];

const SYMBOLS = ['BTCUSDT', 'ETHUSDT'];
const pathOf = (symbol: string) => sharedData(`candles/binance-spot-${symbol}-1m.json.gz`);
const present = SYMBOLS.map(pathOf);

whenPresent(
  'a month of real candles',
  '../shared/data/candles',
  present.every((path) => path !== null) && present,
  (paths) => {
    const folder = new WorkFolder('candles');
    let summary: BacktestSummary;

    beforeAll(async () => {
      const args = ['--config', folder.file('desk.yaml', DESK), '--out', folder.at('out'), '--json'];
      const bars = SYMBOLS.flatMap((symbol, at) => ['--bars', `${symbol}=${paths[at]}`]);
      const run = await runBowline([
        'backtest',
        ...args,
        ...bars,
        ...STRATEGIES.flatMap((each) => ['--strategy', each]),
      ]);
      expect(run.exitCode).toBe(0);
      summary = JSON.parse(run.stdout);
    });

    it('gives the totals that it always gave', () => {
      // Trades, take-profits, stop-losses, realizedPnl, fees, netPnl.
      const { byClient, byStrategy, bars, fills, invariants, orders, overall, trades } = summary;
      const figures = ({
        fees,
        netPnl,
        realizedPnl,
        stopLosses,
        takeProfits,
        trades: count,
      }: typeof overall) => [count, takeProfits, stopLosses, realizedPnl, fees, netPnl].join(' ');
      expect({
        bars,
        fills,
        orders,
        trades,
        checked: invariants.checked,
        violated: invariants.violated,
      }).toEqual({
        bars: 300_405,
        fills: 20_571,
        orders: 37_633,
        trades: 10_277,
        checked: 20_571,
        violated: 0,
      });
      expect(figures(overall)).toBe('10277 1836 2481 -206.6781425579 41973.86639713 -42180.5445396879');
      expect(Object.entries(byClient).map(([name, each]) => `${name} ${figures(each)}`)).toEqual([
        'christian 2697 124 490 -1424.3412002706 18594.82146362 -20019.1626638906',
        'ikenna 3107 733 882 -519.4239720244 14434.22160324 -14953.6455752644',
        'odum 4473 979 1109 1737.0870297371 8944.82333027 -7207.7363005329',
      ]);
      expect(Object.entries(byStrategy).map(([name, each]) => `${name} ${figures(each)}`)).toEqual([
        'donchian-1000 175 65 107 1899.3983992102 654.02739089 1245.3710083202',
        'donchian-120 1485 419 627 -143.2320196231 6045.81561814 -6189.0476377631',
        'random-7 3733 302 743 -10444.6383242207 16112.37109704 -26557.0094212607',
        'sma-cross-20-100 3893 684 585 6482.9005958471 16283.59386013 -9800.6932642829',
        'sma-cross-60-300 991 366 419 1998.8932062286 2878.05843093 -879.1652247014',
      ]);
    });

    it('says that 285 minutes are missing', () => {
      expect(summary.warnings.filter((sentence) => sentence.includes('gap'))).toEqual(
        paths.map((path) => expect.stringContaining(String(path))),
      );
    });

    it('keeps the sum of the shares what the exchange says', () => {
      for (const { quantity, side, sumOfShares } of summary.exchangePositions) {
        expect(sumOfShares).toBe(side === 'LONG' ? quantity : `-${quantity}`);
      }
    });

    it.each(SYMBOLS)('trades %s as the bars say, worked out again for every trade', (symbol) => {
      const bars = readBars(String(pathOf(symbol)));
      const trades = tradesOf(folder.read('out', 'trades.csv')).filter(
        ({ clientId, symbol: traded }) => clientId === 'ikenna' && traded === symbol,
      );
      expect(trades.length).toBeGreaterThan(500);
      for (const trade of trades)
        expect({ trade: trade.strategyPositionId, ...trade }).toMatchObject(again(bars, trade));
      const crosses = trades.filter(({ strategyId }) => strategyId === 'sma-cross-20-100');
      expect(crosses.length).toBeGreaterThan(100);
      for (const trade of crosses) expect(trade.side).toBe(sideOfMeans(bars, trade));
      const reasons = new Set(trades.map(({ closeReason }) => closeReason));
      expect([...reasons].sort()).toEqual(['reversal', 'signal', 'stop_loss', 'take_profit']);
    });
  },
);

/** Open time in ms, and prices in cents. */
interface Bars {
  readonly at: ReadonlyMap<number, number>;
  readonly rows: readonly (readonly [time: number, open: number, high: number, low: number, close: number])[];
}

function readBars(path: string): Bars {
  const rows = (JSON.parse(gunzipSync(readFileSync(path)).toString()) as number[][]).map(
    ([time, ...prices]) => [time, ...prices.slice(0, 4).map((price) => Math.round(price * 100))] as const,
  ) as unknown as Bars['rows'];
  return { rows, at: new Map(rows.map(([time], row) => [time, row])) };
}

interface Trade {
  readonly clientId: string;
  readonly symbol: string;
  readonly strategyId: string;
  readonly strategyPositionId: string;
  readonly side: string;
  readonly quantity: string;
  readonly entryTime: string;
  readonly entryPrice: string;
  readonly exitTime: string;
  readonly exitPrice: string;
  readonly closeReason: string;
  readonly realizedPnl: string;
  readonly fees: string;
  readonly netPnl: string;
}

function tradesOf(csv: string): Trade[] {
  const [head, ...lines] = csv.trim().split('\n');
  const names = head.split(',');
  return lines.map((line) => {
    const fields = line.split(',');
    return Object.fromEntries(names.map((name, at) => [name, fields[at]])) as unknown as Trade;
  });
}

/**
 * What the trade must have been, from the bars and the rules alone: market entry at the open, slipped by 1 bp and
 * rounded against it; legs 1.5 % and 1 % from there, rounded away; the first bar that reaches one, the stop first.
 */
function again({ at, rows }: Bars, trade: Trade): Partial<Trade> {
  const long = trade.side === 'LONG';
  const entryRow = at.get(Date.parse(trade.entryTime)) ?? -1;
  const exitRow = at.get(Date.parse(trade.exitTime)) ?? -1;
  const entryOpen = rows[entryRow][1];
  const entry = slipped(entryOpen, long);
  const takeProfit = long ? Math.ceil((entry * 1015) / 1000) : Math.floor((entry * 985) / 1000);
  const stop = long ? Math.floor((entry * 99) / 100) : Math.ceil((entry * 101) / 100);
  let hit: { row: number; price: number; reason: string } | null = null;
  for (let row = entryRow; row <= exitRow && hit === null; row += 1) {
    const [, open, high, low] = rows[row];
    const worst = long ? low : high;
    const best = long ? high : low;
    const beyond = (price: number, level: number) => (long ? price >= level : price <= level);
    if (!beyond(worst, stop + (long ? 1 : -1))) {
      const trigger = beyond(open, stop + (long ? 1 : -1)) ? stop : open;
      hit = beyond(open, takeProfit)
        ? { row, price: open, reason: 'take_profit' }
        : { row, price: slipped(trigger, !long), reason: 'stop_loss' };
    } else if (beyond(best, takeProfit)) {
      hit = { row, price: beyond(open, takeProfit) ? open : takeProfit, reason: 'take_profit' };
    }
  }
  // A signal acts at the open, before any leg of that bar.
  const bySignal = trade.closeReason === 'signal' || trade.closeReason === 'reversal';
  if (bySignal && hit !== null && hit.row < exitRow)
    throw new Error(`${trade.strategyPositionId} outlived a leg`);
  const exit = bySignal ? slipped(rows[exitRow][1], !long) : (hit?.price ?? Number.NaN);
  const lots = (5_000n * 10n ** 8n * 100n) / BigInt(entryOpen);
  const value = (cents: number) => BigInt(cents) * lots;
  const pnl = (value(exit) - value(entry)) * (long ? 1n : -1n);
  const exitBps = !bySignal && hit?.reason === 'take_profit' ? 2n : 5n;
  const fees = fee(value(entry), 5n) + fee(value(exit), exitBps);
  return {
    quantity: text(lots, 8),
    entryPrice: text(BigInt(entry), 2),
    exitPrice: text(BigInt(exit), 2),
    closeReason: bySignal ? trade.closeReason : (hit?.reason ?? 'none'),
    realizedPnl: text(pnl, 10),
    fees: text(fees, 8),
    netPnl: text(pnl - fees * 100n, 10),
  };
}

/** The side that the means of 20 and 100 closes were on when the bar before the entry had closed. */
function sideOfMeans({ at, rows }: Bars, { entryTime }: Trade): string {
  const row = at.get(Date.parse(entryTime)) ?? -1;
  const sum = (count: number) => rows.slice(row - count, row).reduce((total, bar) => total + bar[4], 0);
  return sum(20) * 5 > sum(100) ? 'LONG' : 'SHORT';
}

/** A market price moved by 1 bp against whoever trades, and rounded against them. */
function slipped(cents: number, buy: boolean): number {
  return buy ? Math.ceil((cents * 10_001) / 10_000) : Math.floor((cents * 9_999) / 10_000);
}

/** On a value with 10 decimals, rounded half-up to 8. */
function fee(value: bigint, bps: bigint): bigint {
  const unit = 10_000n * 100n;
  return (value * bps + unit / 2n) / unit;
}

function text(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const fraction = digits.slice(-scale).replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -scale)}${fraction === '' ? '' : `.${fraction}`}`;
}
