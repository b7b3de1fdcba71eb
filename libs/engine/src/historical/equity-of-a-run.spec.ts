import { describe, expect, it } from '@jest/globals';
import { formatCash } from '@bowline/domain';
import { flat, flats, minuteOf, runBars, type BarRow, type BarRun } from '@bowline/testkit';

/** A curve as `minute equity`, of the client where no strategy is named. */
function curve({ result }: BarRun, strategyId: string | null = null): string[] {
  const found = result.equity.find((each) => each.strategyId === strategyId)!;
  return found.equity.map((value, i) => `${minuteOf(found.times[i])} ${formatCash(value)}`);
}

describe('equity is starting equity + realized + unrealized + funding - fees', () => {
  const bars: BarRow[] = [flat(100), [100, 104, 100, 104], [104, 104, 96, 96], flat(98)];
  const run = runBars({
    bars,
    account: { balance: 1_000, takerBps: 10 },
    signals: [
      [0, 'a', 1],
      [1, 'b', -1, { quantity: 2 }],
      [3, 'a', 0],
    ],
  });

  it('at the close of every bar', () => {
    // Fees of 0.1, 0.2 and 0.098; a gains 4, -4, -2; b loses 8, gains 8, 4.
    expect(curve(run)).toEqual(['1 999.9', '2 995.7', '3 1003.7', '4 1001.602']);
  });

  it('of each strategy from 0 on: they add up to what the client has gained', () => {
    expect(curve(run, 'a')).toEqual(['1 -0.1', '2 3.9', '3 -4.1', '4 -2.198']);
    expect(curve(run, 'b')).toEqual(['1 0', '2 -8.2', '3 7.8', '4 3.8']);
  });

  it('its drawdown is that of every bar: 1,000 to 995.7', () => {
    const [client, a] = run.result.equity;
    expect(client.startingEquity).toBe(1_000n * 10n ** 18n);
    expect(client.maxDrawdown).toBeCloseTo(4.3, 10);
    expect(client.maxDrawdownPct).toBeCloseTo(0.43, 10);
    expect([a.strategyId, a.startingEquity]).toEqual(['a', 0n]);
    expect(a.maxDrawdown).toBeCloseTo(8, 10);
  });
});

describe('sampled daily', () => {
  it('it is that of the last close of each UTC day; a bar that closes at midnight ends its day', () => {
    const bars = { rows: [100, 101, 102, 103, 104].map(flat), every: 720 };
    const run = runBars({ bars, equity: 'daily', signals: [[0, 'a', 1]] });
    expect(curve(run)).toEqual(['1440 10001', '2880 10003', '3600 10004']);
  });

  it('with a drawdown over every bar all the same', () => {
    const bars = { rows: [100, 90, 101, 102].map(flat), every: 720 };
    const { result } = runBars({ bars, equity: 'daily', signals: [[0, 'a', 1]] });
    expect(result.equity[0].maxDrawdown).toBeCloseTo(10, 10);
  });
});

describe('several accounts and markets', () => {
  it('start at the sum of the balances; one that is unknown counts as 0', () => {
    const { result } = runBars({
      bars: { 'okx:BTCUSDT': flats(1, 100), 'binance-usdm:BTCUSDT': flats(1, 100) },
      clients: {
        odum: {
          accounts: { okx: { balance: 70 }, 'binance-usdm': { balance: null }, kraken: { balance: 5 } },
        },
      },
      signals: [],
    });
    expect(result.equity.map(({ startingEquity }) => formatCash(startingEquity))).toEqual(['75']);
  });

  it('value each holding at the last close of its own bars', () => {
    const run = runBars({
      bars: { BTCUSDT: [100, 101, 102, 103].map(flat), ETHUSDT: { rows: [50, 60].map(flat), every: 2 } },
      signals: [
        [0, 'a', 1],
        [0, 'a', 1, { symbol: 'ETHUSDT' }],
      ],
    });
    // ETHUSDT closes at minutes 2 and 4, at 50 and 60.
    expect(curve(run)).toEqual(['1 10000', '2 10001', '3 10002', '4 10013']);
  });
});

describe('record: trades', () => {
  it('keeps the trades and the client’s curve, and no orders, fills and curves of strategies', () => {
    const scenario = {
      bars: [flat(100), [100, 105, 100, 104], flat(104)],
      params: { takeProfitPct: 5 },
      signals: [
        [0, 'a', 1],
        [2, 'b', 1],
      ],
    } as const;
    const all = runBars(scenario);
    const few = runBars({ ...scenario, record: 'trades' });
    expect(few.trades).toEqual(all.trades);
    expect([few.open, curve(few), few.result.invariants]).toEqual([
      all.open,
      curve(all),
      all.result.invariants,
    ]);
    expect([few.fills, few.orders, few.result.equity.length]).toEqual([[], [], 1]);
  });
});
