import { donchian } from './donchian.js';
import type { Mind, PriceSeries } from './price-series.js';
import { randomWalk } from './random-walk.js';
import { smaCross } from './sma-cross.js';

/** A strategy that comes with the program, for trying things out. */
export interface BuiltInStrategy {
  readonly name: string;
  /** Names of the arguments, all of them whole numbers. */
  readonly args: readonly string[];
  readonly example: string;
  readonly meaning: string;
  /** Why these arguments cannot be used, or null. */
  readonly problem: (args: readonly number[]) => string | null;
  readonly start: (bars: PriceSeries, symbol: string, args: readonly number[]) => Mind;
}

/** More bars than anybody looks back, and few enough to hold them. */
const LONGEST_PERIOD = 1_000_000;

export const BUILT_IN_STRATEGIES: readonly BuiltInStrategy[] = [
  {
    name: 'sma-cross',
    args: ['fast', 'slow'],
    example: 'sma-cross:10,50',
    meaning: 'long while the mean of the last FAST closes is above that of the last SLOW, short while below',
    problem: ([fast, slow]) =>
      period('fast', fast) ?? period('slow', slow) ?? (fast < slow ? null : 'fast must be below slow'),
    start: (bars, _symbol, [fast, slow]) => smaCross(bars, fast, slow),
  },
  {
    name: 'donchian',
    args: ['n'],
    example: 'donchian:20',
    meaning:
      'long from a close above the highest high of the N bars before it, short from one below their lowest low',
    problem: ([n]) => period('n', n),
    start: (bars, _symbol, [n]) => donchian(bars, n),
  },
  {
    name: 'random',
    args: ['seed'],
    example: 'random:7',
    meaning: 'changes sides at random, every 50 bars or so; the same SEED gives the same signals',
    problem: ([seed]) => (Number.isSafeInteger(seed) ? null : 'seed has too many digits'),
    start: (_bars, symbol, [seed]) => randomWalk(seed, symbol),
  },
];

function period(name: string, value: number): string | null {
  if (value >= 1 && value <= LONGEST_PERIOD) return null;
  return `${name} must be from 1 to ${LONGEST_PERIOD} bars`;
}
