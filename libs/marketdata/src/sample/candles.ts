import { decimal } from '@bowline/domain';
import type { BarColumns } from '@bowline/ports';
import { emptyBars, toBarColumns } from '../bars/columns.js';
import { SeededRandom } from './random.js';

/** A mood of the market, per bar. */
export interface Regime {
  /** Standard deviation of a bar's return. */
  readonly volatility: number;
  /** Mean of a bar's return. */
  readonly drift: number;
  /** Bars that the regime lasts on average. */
  readonly meanBars: number;
}

export interface CandleOptions {
  readonly seed: number;
  /** Names the random stream: symbols of one seed move independently. */
  readonly symbol: string;
  readonly startMs: number;
  readonly intervalMs: number;
  /** Number of bars. */
  readonly count: number;
  readonly startPrice: number;
  /** Decimal text. */
  readonly tickSize: string;
  /** Base units that a calm bar trades, about. Default 20. */
  readonly typicalVolume?: number;
  /** Between which the market switches at random. Default: calm, rising, falling fast, all in the size of one-minute bars. */
  readonly regimes?: readonly Regime[];
}

const DEFAULT_REGIMES: readonly Regime[] = [
  { volatility: 0.0005, drift: 0, meanBars: 900 },
  { volatility: 0.0009, drift: 0.00002, meanBars: 500 },
  { volatility: 0.0022, drift: -0.00005, meanBars: 120 },
];

/** Moves within a bar: high and low come from the path, not from dice. */
const STEPS_PER_BAR = 8;
const TAIL_PROBABILITY = 0.01;
const TAIL_FACTOR = 4;
/** Pulls the price back to its start, so that a long sample does not wander off to nothing. */
const PULL = 0.00002;
const LEAST_TICKS = 10;
const VOLUME_UNITS = 1000;

/**
 * Makes candles that look like a market: volatility switches between regimes, returns have fat tails, open, high,
 * low and close are those of one path, all prices are on the tick. The same options give the same bytes on every
 * machine: only additions, multiplications, divisions and square roots.
 */
export function generateCandles(options: CandleOptions): BarColumns {
  const {
    symbol,
    seed,
    startMs,
    intervalMs,
    count,
    startPrice,
    tickSize,
    typicalVolume = 20,
    regimes = DEFAULT_REGIMES,
  } = options;
  const tick = decimal(tickSize);
  const power = 10 ** tick.scale;
  const units = Number(tick.units);
  const home = (startPrice * power) / units;
  if (!(home >= LEAST_TICKS))
    throw new RangeError(`startPrice ${startPrice} must be at least ${LEAST_TICKS} ticks of ${tickSize}`);
  const random = SeededRandom.of(seed, `candles ${symbol}`);
  const bars = emptyBars(count);
  let price = home;
  let regime = 0;
  for (let bar = 0; bar < count; bar++) {
    regime = nextRegime(regimes, regime, random);
    const path = walkBar(price, home, regimes[regime], random);
    bars.openTime[bar] = startMs + bar * intervalMs;
    bars.open[bar] = (Math.round(price) * units) / power;
    bars.high[bar] = (path.high * units) / power;
    bars.low[bar] = (path.low * units) / power;
    bars.close[bar] = (Math.round(path.close) * units) / power;
    // A wide bar is a busy one.
    const activity = (1 + (300 * (path.high - path.low)) / price) * (0.3 + 1.4 * random.uniform());
    bars.volume[bar] = Math.round(typicalVolume * activity * VOLUME_UNITS) / VOLUME_UNITS;
    price = path.close;
  }
  return toBarColumns(bars, intervalMs);
}

function nextRegime(regimes: readonly Regime[], current: number, random: SeededRandom): number {
  const leaves = random.uniform() * regimes[current].meanBars < 1;
  return leaves && regimes.length > 1
    ? (current + 1 + random.integer(regimes.length - 1)) % regimes.length
    : current;
}

/** In ticks: high and low whole, the close where the path ended. */
function walkBar(
  open: number,
  home: number,
  regime: Regime,
  random: SeededRandom,
): { high: number; low: number; close: number } {
  const step = regime.volatility / Math.sqrt(STEPS_PER_BAR);
  const drift = (regime.drift - PULL * (open / home - 1)) / STEPS_PER_BAR;
  let price = open;
  let high = Math.round(open);
  let low = high;
  for (let at = 0; at < STEPS_PER_BAR; at++) {
    const size = random.uniform() < TAIL_PROBABILITY ? TAIL_FACTOR : 1;
    price = Math.max(LEAST_TICKS, price * (1 + drift + step * size * random.bell()));
    const ticks = Math.round(price);
    if (ticks > high) high = ticks;
    if (ticks < low) low = ticks;
  }
  return { high, low, close: price };
}
