import { generateCandles, generateSignals, type SampleStrategy } from '@bowline/marketdata';
import type { BarColumns, SignalRow } from '@bowline/ports';

/** A symbol of the sample desk, and what its market looks like. */
interface SampleSymbol {
  readonly symbol: string;
  readonly startPrice: number;
  readonly tickSize: string;
  readonly typicalVolume: number;
}

export const SAMPLE_SYMBOLS: readonly SampleSymbol[] = [
  { symbol: 'BTCUSDT', startPrice: 62_000, tickSize: '0.1', typicalVolume: 20 },
  { symbol: 'ETHUSDT', startPrice: 3_100, tickSize: '0.01', typicalVolume: 300 },
  { symbol: 'SOLUSDT', startPrice: 145, tickSize: '0.01', typicalVolume: 4_000 },
];

const ALL = SAMPLE_SYMBOLS.map(({ symbol }) => symbol);

/** Trends and reversals of a symbol are on opposite sides most of the time. */
const STRATEGIES: readonly SampleStrategy[] = [
  { strategyId: 'trend-fast', symbols: ALL, style: 'trend', period: 600 },
  { strategyId: 'trend-slow', symbols: ALL, style: 'trend', period: 3_000 },
  { strategyId: 'reversal-fast', symbols: ALL, style: 'reversal', period: 900 },
  { strategyId: 'reversal-slow', symbols: ['BTCUSDT', 'ETHUSDT'], style: 'reversal', period: 3_600 },
  { strategyId: 'scout', symbols: ['BTCUSDT', 'SOLUSDT'], style: 'random', period: 1_440 },
];

const START_MS = Date.UTC(2025, 0, 6);
const INTERVAL_MS = 60_000;

/** Thirty days of minutes. */
export const SAMPLE_BARS = 43_200;

export interface SampleData {
  readonly bars: ReadonlyMap<string, BarColumns>;
  readonly signals: readonly SignalRow[];
}

/** Candles and signals; the same for the same seed and count on every machine. */
export function sampleData(seed: number, count: number): SampleData {
  const bars = new Map(
    SAMPLE_SYMBOLS.map((market) => [
      market.symbol,
      generateCandles({ ...market, seed, count, startMs: START_MS, intervalMs: INTERVAL_MS }),
    ]),
  );
  return { bars, signals: generateSignals({ seed, bars, strategies: STRATEGIES }) };
}
