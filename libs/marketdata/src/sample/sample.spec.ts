import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createInstrument } from '@bowline/domain';
import type { SignalRow } from '@bowline/ports';
import fc from 'fast-check';
import { readBars } from '../bars/read-bars.js';
import { toTickBars } from '../bars/tick-bars.js';
import { readSignals } from '../signals/read-signals.js';
import { generateCandles, type CandleOptions } from './candles.js';
import { SeededRandom } from './random.js';
import { generateSignals, type SampleStrategy } from './signals.js';
import { writeBarsCsv, writeSignalsCsv } from './write-csv.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bowline-spec-'));
});
afterAll(() => rm(folder, { recursive: true }));

const OPTIONS: CandleOptions = {
  seed: 42,
  symbol: 'BTCUSDT',
  startMs: Date.UTC(2024, 0, 1),
  intervalMs: 60_000,
  count: 5000,
  startPrice: 45_000,
  tickSize: '0.1',
};

describe('seeded randomness', () => {
  it('draws what the reference implementation of xoshiro128** draws', () => {
    const random = new SeededRandom(Uint32Array.of(1, 2, 3, 4));
    const draws = Array.from({ length: 6 }, () => random.uint32());
    expect(draws).toEqual([11520, 0, 5927040, 70819200, 2031721883, 1637235492]);
  });

  it('draws the same numbers from a seed on every machine', () => {
    const random = SeededRandom.of(42, 'x');
    const draws = Array.from({ length: 4 }, () => random.uint32());
    expect(draws).toEqual([1993691856, 2708275663, 4033137467, 150589633]);
  });

  it('gives streams of their own to other seeds and other names', () => {
    const first = (seed: number, name: string): number => SeededRandom.of(seed, name).uint32();
    expect(new Set([first(1, 'a'), first(2, 'a'), first(1, 'b'), first(2 ** 32 + 1, 'a')]).size).toBe(4);
  });

  it('draws evenly, and bells of mean 0 and deviation 1', () => {
    const random = SeededRandom.of(7);
    const draws = Array.from({ length: 20_000 }, () => ({ even: random.uniform(), bell: random.bell() }));
    const mean = (of: (draw: { even: number; bell: number }) => number): number =>
      draws.reduce((sum, draw) => sum + of(draw), 0) / draws.length;
    expect(mean(({ even }) => even)).toBeCloseTo(0.5, 1);
    expect(mean(({ bell }) => bell)).toBeCloseTo(0, 1);
    expect(mean(({ bell }) => bell * bell)).toBeCloseTo(1, 1);
    expect(draws.every(({ even }) => even >= 0 && even < 1)).toBe(true);
  });
});

describe('sample candles', () => {
  it('are the same for the same options, to the last bit', () => {
    expect(generateCandles(OPTIONS)).toEqual(generateCandles(OPTIONS));
    const { open, high, low, close, volume } = generateCandles(OPTIONS);
    expect([open, high, low, close, volume].map((column) => column[4999])).toEqual([
      45585.7, 45616.8, 45581, 45616.8, 41.459,
    ]);
  });

  it('differ by seed and by symbol', () => {
    const last = (change: Partial<CandleOptions>): number =>
      generateCandles({ ...OPTIONS, ...change }).close[4999];
    expect(new Set([last({}), last({ seed: 43 }), last({ symbol: 'ETHUSDT' })]).size).toBe(3);
  });

  it('are sound bars on the tick, each opening where the last closed', () => {
    const tick = fc.constantFrom('0.01', '0.1', '0.5', '1', '0.00001');
    fc.assert(
      fc.property(fc.integer(), tick, fc.integer({ min: 10, max: 10_000 }), (seed, tickSize, ticks) => {
        const bars = generateCandles({
          ...OPTIONS,
          seed,
          count: 300,
          startPrice: ticks * Number(tickSize),
          tickSize,
        });
        const { open, high, low, close } = toTickBars(bars, instrumentOf(tickSize));
        const unsound = Array.from(open, (_, at) => at).filter(
          (at) =>
            !(
              low[at] > 0 &&
              low[at] <= Math.min(open[at], close[at]) &&
              Math.max(open[at], close[at]) <= high[at]
            ) ||
            !(bars.volume[at] > 0) ||
            (at > 0 && open[at] !== close[at - 1]),
        );
        expect(unsound).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it('have calm and wild times: large moves come in clusters and far out', () => {
    const { open, close } = generateCandles({ ...OPTIONS, count: 20_000 });
    const moves = Array.from(close, (price, at) => Math.abs(price / open[at] - 1));
    const average = moves.reduce((sum, move) => sum + move, 0) / moves.length;
    const deviations = moves.map((move) => move - average);
    const variance = deviations.reduce((sum, value) => sum + value * value, 0);
    const neighbours = deviations.reduce((sum, value, at) => sum + value * (deviations[at - 1] ?? 0), 0);
    expect(neighbours / variance).toBeGreaterThan(0.1);
    expect(Math.max(...moves) / average).toBeGreaterThan(8);
  });

  it('refuse a price that is next to nothing in ticks', () => {
    expect(() => generateCandles({ ...OPTIONS, startPrice: 0.5 })).toThrow(
      'startPrice 0.5 must be at least 10 ticks of 0.1',
    );
  });
});

describe('sample signals', () => {
  const strategies: SampleStrategy[] = [
    { strategyId: 'trend-slow', symbols: ['BTCUSDT', 'ETHUSDT'], style: 'trend', period: 120 },
    { strategyId: 'fade', symbols: ['BTCUSDT'], style: 'reversal', period: 120 },
    { strategyId: 'coin', symbols: ['ETHUSDT'], style: 'random', period: 60 },
  ];
  const bars = new Map(
    ['BTCUSDT', 'ETHUSDT'].map((symbol) => [symbol, generateCandles({ ...OPTIONS, symbol })]),
  );
  const signals = generateSignals({ seed: 1, bars, strategies });

  it('are the same for the same options', () => {
    expect(generateSignals({ seed: 1, bars, strategies })).toEqual(signals);
  });

  it('come in the order of time, numbered, and only on change', () => {
    expect(signals.map(({ row }) => row)).toEqual(signals.map((_, at) => at + 1));
    expect(signals.filter(({ time }, at) => at > 0 && time < signals[at - 1].time)).toEqual([]);
    const last = new Map<string, number>();
    const unchanged = signals.filter(({ strategyId, symbol, signal }) => {
      const before = last.get(`${strategyId} ${symbol}`) ?? 0;
      last.set(`${strategyId} ${symbol}`, signal);
      return signal === before;
    });
    expect(unchanged).toEqual([]);
  });

  it('speak for every strategy on each of its symbols, long and short', () => {
    for (const { strategyId, symbols } of strategies) {
      for (const symbol of symbols) {
        const said = signals
          .filter((row) => row.strategyId === strategyId && row.symbol === symbol)
          .map(({ signal }) => signal);
        expect(said).toEqual(expect.arrayContaining([1, -1]));
      }
    }
  });

  it('put strategies on opposite sides of a symbol at once', () => {
    const side = new Map<string, number>();
    let opposite = 0;
    for (const { strategyId, symbol, signal } of signals) {
      if (symbol !== 'BTCUSDT') continue;
      side.set(strategyId, signal);
      if ((side.get('trend-slow') ?? 0) * (side.get('fade') ?? 0) < 0) opposite += 1;
    }
    expect(opposite).toBeGreaterThan(5);
  });

  it('know nothing of a bar before it has closed', () => {
    const shorter = new Map([...bars].map(([symbol, columns]) => [symbol, firstOf(columns, 3000)]));
    const until = OPTIONS.startMs + 3000 * 60_000;
    expect(generateSignals({ seed: 1, bars: shorter, strategies })).toEqual(
      signals.filter(({ time }) => time <= until),
    );
  });

  it('refuse a symbol without bars', () => {
    const lost = { strategyId: 'lost', symbols: ['SOLUSDT'], style: 'trend', period: 5 } as const;
    expect(() => generateSignals({ seed: 1, bars, strategies: [lost] })).toThrow(
      'lost: there are no bars of SOLUSDT',
    );
  });
});

describe('sample files', () => {
  it('read back as the bars that were written', async () => {
    const path = join(folder, 'deep', 'bars.csv');
    const progress: number[] = [];
    const bars = generateCandles({ ...OPTIONS, tickSize: '0.00001', startPrice: 0.5 });
    await writeBarsCsv(path, bars, (done) => progress.push(done));
    const { columns, warnings, priceScale } = await readBars(path);
    expect(columns).toEqual(bars);
    expect([warnings, priceScale]).toEqual([[], 5]);
    expect(progress).toEqual([1000, 2000, 3000, 4000, 5000]);
  });

  it('write small prices without an exponent', async () => {
    const path = join(folder, 'small.csv');
    await writeBarsCsv(
      path,
      generateCandles({ ...OPTIONS, count: 2, tickSize: '0.00000001', startPrice: 0.0000002 }),
    );
    expect(await readFile(path, 'utf8')).toMatch(
      /^time,open,high,low,close,volume\n1704067200000,0\.0000002,/,
    );
  });

  it('read back as the signals that were written', async () => {
    const path = join(folder, 'signals.csv');
    const decimal = fc.integer({ min: 1, max: 1e9 }).map((units) => String(units / 1000));
    const signal: fc.Arbitrary<SignalRow> = fc.record(
      {
        time: fc.integer({ min: OPTIONS.startMs, max: OPTIONS.startMs + 1e9 }),
        strategyId: fc.constantFrom('a', 'trend, fast', 'say "hi"'),
        symbol: fc.constantFrom('BTCUSDT', 'ETHUSDT'),
        signal: fc.constantFrom<SignalRow['signal'][]>(1, 0, -1),
        price: decimal,
        takeProfit: decimal,
        stopLoss: decimal,
        volatility: fc.double({ min: 1e-9, max: 1, noNaN: true }),
        quantity: decimal,
        row: fc.constant(0),
      },
      { requiredKeys: ['time', 'strategyId', 'symbol', 'signal', 'row'] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(signal, { maxLength: 20 }), async (drawn) => {
        const signals = drawn.map((row, at) => ({ ...row, row: at + 1 }));
        await writeSignalsCsv(path, signals);
        expect(await readSignals(path)).toEqual(signals);
      }),
      { numRuns: 30 },
    );
  });

  it('are the same bytes each time, and leave no temporary file', async () => {
    const [a, b] = [join(folder, 'twice', 'a.csv'), join(folder, 'twice', 'b.csv')];
    for (const path of [a, b]) await writeBarsCsv(path, generateCandles(OPTIONS));
    expect(await readFile(a, 'utf8')).toBe(await readFile(b, 'utf8'));
    expect((await readdir(join(folder, 'twice'))).sort()).toEqual(['a.csv', 'b.csv']);
  });
});

function instrumentOf(tickSize: string) {
  return createInstrument({
    exchange: 'sample',
    symbol: 'S',
    kind: 'spot',
    base: 'S',
    quote: 'Q',
    settle: 'Q',
    multiplier: '1',
    inverse: false,
    tickSize,
    lotSize: '1',
    minNotional: '0',
  });
}

function firstOf(
  columns: ReturnType<typeof generateCandles>,
  length: number,
): ReturnType<typeof generateCandles> {
  const { openTime, open, high, low, close, volume, intervalMs } = columns;
  const [t, o, h, l, c, v] = [openTime, open, high, low, close, volume].map((column) =>
    column.subarray(0, length),
  );
  return { length, openTime: t, open: o, high: h, low: l, close: c, volume: v, intervalMs };
}
