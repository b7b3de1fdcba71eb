import { describe, expect, it } from '@jest/globals';
import { mockSignals, type MockSignal, type MockStrategy } from './mock-signals.js';

const START = Date.UTC(2025, 0, 6);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const STRATEGIES: readonly MockStrategy[] = [
  { strategyId: 'trend', symbols: ['ETHUSDT', 'BTCUSDT'], everyMs: 10 * MINUTE },
  { strategyId: 'reversal', symbols: ['BTCUSDT'], everyMs: 25 * MINUTE },
  { strategyId: 'scout', symbols: ['BTCUSDT'], everyMs: 25 * MINUTE },
];

function take(until: number, from = START, seed = 1, strategies = STRATEGIES): readonly MockSignal[] {
  const source = mockSignals(seed, strategies, from);
  const taken: MockSignal[] = [];
  for (let next = source.nextTime(); next !== null && next < until; next = source.nextTime()) {
    const signal = source.take();
    expect(signal.time).toBe(next);
    taken.push(signal);
  }
  return taken;
}

describe('mock signals', () => {
  it('come in the order of time, then strategy, then symbol', () => {
    const keys = take(START + 400 * HOUR).map(
      ({ strategyId, symbol, time }) => `${time} ${strategyId} ${symbol}`,
    );
    expect(keys.length).toBeGreaterThan(1_000);
    expect(keys).toEqual([...keys].sort());
  });

  it('are the same wherever one begins, and whatever other strategies there are', () => {
    const whole = take(START + 30 * HOUR);
    const from = START + 7 * HOUR + 123;
    expect(take(START + 30 * HOUR, from)).toEqual(whole.filter(({ time }) => time >= from));
    const [, reversal] = STRATEGIES;
    expect(take(START + 30 * HOUR, START, 1, [reversal])).toEqual(
      whole.filter(({ strategyId }) => strategyId === 'reversal'),
    );
  });

  it('are others for another seed', () => {
    expect(take(START + 30 * HOUR, START, 2)).not.toEqual(take(START + 30 * HOUR));
  });

  it.each(
    STRATEGIES.flatMap(({ everyMs, strategyId, symbols }) =>
      symbols.map((symbol) => [strategyId, symbol, everyMs] as const),
    ),
  )('keep the pace of %s in %s, in an even step of their own', (strategyId, symbol, everyMs) => {
    const times = take(START + 200 * HOUR)
      .filter((signal) => signal.strategyId === strategyId && signal.symbol === symbol)
      .map(({ time }) => time);
    const steps = new Set(times.slice(1).map((time, at) => time - times[at]));
    expect(steps.size).toBe(1);
    const [step] = steps;
    expect(step % 1_000).toBe(0);
    expect(step).toBeGreaterThanOrEqual(0.75 * everyMs);
    expect(step).toBeLessThanOrEqual(1.25 * everyMs);
  });

  it('say long, short and flat, and put strategies on opposite sides of a symbol', () => {
    const wish = new Map<string, number>();
    const shares = { '1': 0, '0': 0, '-1': 0 };
    let opposed = 0;
    const signals = take(START + 1_000 * HOUR);
    for (const { signal, strategyId, symbol } of signals) {
      shares[signal] += 1 / signals.length;
      if (symbol !== 'BTCUSDT') continue;
      wish.set(strategyId, signal);
      const wishes = [...wish.values()];
      if (wishes.includes(1) && wishes.includes(-1)) opposed += 1 / signals.length;
    }
    expect(shares['1']).toBeCloseTo(0.4, 1);
    expect(shares['-1']).toBeCloseTo(0.4, 1);
    expect(shares['0']).toBeCloseTo(0.2, 1);
    expect(opposed).toBeGreaterThan(0.3);
  });

  it('do not come without strategies, nor too fast to be told apart', () => {
    const none = mockSignals(1, [], START);
    expect(none.nextTime()).toBeNull();
    expect(() => none.take()).toThrow('there is no strategy that could send a signal');
    expect(() => mockSignals(1, [{ strategyId: 'hasty', symbols: ['X'], everyMs: 10 }], START)).toThrow(
      'strategy hasty: everyMs must be at least 2000, got 10',
    );
  });
});
