import { compareCodePoints, type TimeMs } from '@bowline/domain';
import { streamOf, uniform, wordOf } from './seeded.js';

/** A signal as its strategy sends it. */
export interface MockSignal {
  readonly time: TimeMs;
  readonly strategyId: string;
  readonly symbol: string;
  /** 1 be long, -1 be short, 0 be flat. */
  readonly signal: 1 | 0 | -1;
}

export interface MockStrategy {
  readonly strategyId: string;
  readonly symbols: readonly string[];
  /** How often it decides in a symbol, about: each symbol has a pace and a beginning of its own. Milliseconds, at least 2,000. */
  readonly everyMs: number;
}

export interface MockSignals {
  /** When the next signal is due; null without strategies. */
  nextTime(): TimeMs | null;
  /** The next signal. Throws a RangeError without strategies. */
  take(): MockSignal;
}

const SECOND_MS = 1_000;
/** What one decision in five is; drawn each time anew, so that strategies agree as often as not. */
const WISHES = [1, 1, -1, -1, 0] as const;

interface Mind {
  readonly strategyId: string;
  readonly symbol: string;
  readonly stream: number;
  readonly periodMs: number;
  readonly phaseMs: number;
  /** Number of its next decision, counted from the epoch. */
  next: number;
}

/**
 * Signals that never end, from `from` on, in the order of (time, strategyId, symbol). A signal depends on the seed,
 * the strategy, the symbol, the time, and nothing else. Throws a RangeError on a pace that is none.
 */
export function mockSignals(seed: number, strategies: readonly MockStrategy[], from: TimeMs): MockSignals {
  const minds = strategies.flatMap((strategy) =>
    strategy.symbols.map((symbol) => mindOf(seed, strategy, symbol, from)),
  );
  minds.sort(
    (a, b) => compareCodePoints(a.strategyId, b.strategyId) || compareCodePoints(a.symbol, b.symbol),
  );
  const earliest = (): Mind | undefined => {
    let first: Mind | undefined;
    for (const mind of minds) if (first === undefined || timeOf(mind) < timeOf(first)) first = mind;
    return first;
  };
  return {
    nextTime() {
      const mind = earliest();
      return mind === undefined ? null : timeOf(mind);
    },
    take() {
      const mind = earliest();
      if (mind === undefined) throw new RangeError('there is no strategy that could send a signal');
      const { strategyId, symbol } = mind;
      const signal = WISHES[wordOf(mind.stream, 1, mind.next) % WISHES.length];
      const taken = { time: timeOf(mind), strategyId, symbol, signal };
      mind.next += 1;
      return taken;
    },
  };
}

function mindOf(seed: number, { everyMs, strategyId }: MockStrategy, symbol: string, from: TimeMs): Mind {
  if (!(everyMs >= 2 * SECOND_MS))
    throw new RangeError(`strategy ${strategyId}: everyMs must be at least ${2 * SECOND_MS}, got ${everyMs}`);
  const stream = streamOf(seed, `signals ${strategyId} ${symbol}`);
  // Three quarters to five quarters of the pace, in whole seconds.
  const pace = 0.75 + 0.5 * uniform(wordOf(stream, 0, 0));
  const periodMs = Math.max(1, Math.round((everyMs * pace) / SECOND_MS)) * SECOND_MS;
  const phaseMs = Math.floor((uniform(wordOf(stream, 0, 1)) * periodMs) / SECOND_MS) * SECOND_MS;
  return { strategyId, symbol, stream, periodMs, phaseMs, next: Math.ceil((from - phaseMs) / periodMs) };
}

function timeOf({ next, periodMs, phaseMs }: Mind): TimeMs {
  return phaseMs + next * periodMs;
}
