import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseStrategy, type StrategySpec } from './parse-strategy.js';
import type { PriceSeries } from './price-series.js';
import { strategySignals } from './strategy-signals.js';

const START = Date.UTC(2021, 3, 20);
const MINUTE = 60_000;

/** Bars with the given closes, high and low one above and below. */
function barsOf(closes: readonly number[], range = 0): PriceSeries {
  return {
    length: closes.length,
    openTime: Float64Array.from(closes, (_, bar) => START + bar * MINUTE),
    high: Float64Array.from(closes, (close) => close + range),
    low: Float64Array.from(closes, (close) => close - range),
    close: Float64Array.from(closes),
    intervalMs: MINUTE,
  };
}

function specOf(text: string): StrategySpec {
  const parsed = parseStrategy(text);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed.spec;
}

/** [bar whose close spoke, signal] of each signal. */
function spoken(text: string, bars: PriceSeries): [number, number][] {
  return strategySignals([specOf(text)], new Map([['X', bars]])).map(({ signal, time }) => [
    (time - START) / MINUTE - 1,
    signal,
  ]);
}

const closes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 80 });

describe('sma-cross', () => {
  it('speaks once both means exist, and at each cross', () => {
    // Means of 2 and 3 closes: (15, 13.3), (15, 16.7), (10, 13.3), (20, 16.7)
    expect(spoken('sma-cross:2,3', barsOf([10, 10, 20, 20, 10, 10, 30]))).toEqual([
      [2, 1],
      [4, -1],
      [6, 1],
    ]);
  });

  it('goes flat where the means are equal', () => {
    expect(spoken('sma-cross:1,2', barsOf([10, 20, 20]))).toEqual([
      [1, 1],
      [2, 0],
    ]);
  });

  it('is the sign of the difference of the means, told on change', () => {
    fc.assert(
      fc.property(
        closes,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 9 }),
        (prices, fast, more) => {
          const slow = fast + more;
          const sum = (bar: number, count: number) =>
            prices.slice(bar + 1 - count, bar + 1).reduce((a, b) => a + b, 0);
          const expected: [number, number][] = [];
          let last = 0;
          for (let bar = slow - 1; bar < prices.length; bar += 1) {
            const side = Math.sign(sum(bar, fast) * slow - sum(bar, slow) * fast);
            if (side !== last) expected.push([bar, side]);
            last = side;
          }
          expect(spoken(`sma-cross:${fast},${slow}`, barsOf(prices))).toEqual(expected);
        },
      ),
    );
  });
});

describe('donchian', () => {
  it('turns on a close beyond the range of the bars before it, never on its own range', () => {
    expect(spoken('donchian:2', barsOf([10, 11, 12, 14, 13, 11, 9, 8], 1))).toEqual([
      [3, 1],
      [5, -1],
    ]);
  });

  it('agrees with looking back at every bar', () => {
    fc.assert(
      fc.property(closes, fc.integer({ min: 1, max: 9 }), (prices, period) => {
        const expected: [number, number][] = [];
        let last = 0;
        for (let bar = period; bar < prices.length; bar += 1) {
          const before = prices.slice(bar - period, bar);
          const side =
            prices[bar] > Math.max(...before) + 1 ? 1 : prices[bar] < Math.min(...before) - 1 ? -1 : last;
          if (side !== last) expected.push([bar, side]);
          last = side;
        }
        expect(spoken(`donchian:${period}`, barsOf(prices, 1))).toEqual(expected);
      }),
    );
  });
});

describe('random', () => {
  const flat = barsOf(Array.from({ length: 20_000 }, () => 10));

  it('gives the same signals for the same seed, others for another seed or symbol', () => {
    expect(spoken('random:7', flat)).toEqual(spoken('random:7', flat));
    expect(spoken('random:8', flat)).not.toEqual(spoken('random:7', flat));
    const symbols = strategySignals(
      [specOf('random:7')],
      new Map([
        ['X', flat],
        ['Y', flat],
      ]),
    );
    const of = (name: string) => symbols.filter(({ symbol }) => symbol === name).map(({ time }) => time);
    expect(of('X')).not.toEqual(of('Y'));
  });

  it('changes its mind about every 50 bars, and takes all three sides', () => {
    const signals = spoken('random:1', flat);
    expect(signals.length).toBeGreaterThan(300);
    expect(signals.length).toBeLessThan(500);
    expect(new Set(signals.map(([, signal]) => signal))).toEqual(new Set([1, 0, -1]));
  });
});

describe('every built-in strategy', () => {
  it.each(['sma-cross:2,3', 'donchian:3', 'random:3'])('%s does not look ahead', (text) => {
    fc.assert(
      fc.property(closes, fc.nat(), (prices, at) => {
        const cut = 1 + (at % prices.length);
        const known = spoken(text, barsOf(prices.slice(0, cut), 1));
        expect(spoken(text, barsOf(prices, 1)).slice(0, known.length)).toEqual(known);
        expect(spoken(text, barsOf(prices, 1)).filter(([bar]) => bar < cut)).toEqual(known);
      }),
    );
  });

  it('numbers the signals of all in the order of time, strategy and symbol', () => {
    const bars = barsOf([10, 20, 10, 20]);
    const specs = [specOf('b=sma-cross:1,2'), specOf('a=sma-cross:1,2')];
    const signals = strategySignals(
      specs,
      new Map([
        ['Y', bars],
        ['X', bars],
      ]),
    );
    expect(
      signals.slice(0, 5).map(({ row, strategyId, symbol, time }) => [row, time, strategyId, symbol]),
    ).toEqual([
      [1, START + 2 * MINUTE, 'a', 'X'],
      [2, START + 2 * MINUTE, 'a', 'Y'],
      [3, START + 2 * MINUTE, 'b', 'X'],
      [4, START + 2 * MINUTE, 'b', 'Y'],
      [5, START + 3 * MINUTE, 'a', 'X'],
    ]);
  });
});

describe('the text of a strategy', () => {
  it.each([
    ['sma-cross:10,50', { strategyId: 'sma-cross-10-50', name: 'sma-cross', args: [10, 50] }],
    ['donchian:20', { strategyId: 'donchian-20', name: 'donchian', args: [20] }],
    ['trend = sma-cross: 10, 50', { strategyId: 'trend', name: 'sma-cross', args: [10, 50] }],
    ['random:0', { strategyId: 'random-0', name: 'random', args: [0] }],
  ])('%s is read', (text, spec) => {
    expect(parseStrategy(text)).toEqual({ spec });
  });

  it.each([
    [
      'macd:1,2',
      'there is no built-in strategy "macd"; there are sma-cross:fast,slow, donchian:n, random:seed',
    ],
    ['', 'there is no built-in strategy ""; there are sma-cross:fast,slow, donchian:n, random:seed'],
    ['sma-cross', 'sma-cross takes 2 arguments (fast, slow), got 0; such as sma-cross:10,50'],
    ['sma-cross:10', 'sma-cross takes 2 arguments (fast, slow), got 1; such as sma-cross:10,50'],
    ['donchian:1,2', 'donchian takes one argument (n), got 2; such as donchian:20'],
    ['donchian:x', 'n of donchian must be a whole number, got "x"; such as donchian:20'],
    ['donchian:-1', 'n of donchian must be a whole number, got "-1"; such as donchian:20'],
    ['donchian:0', 'donchian: n must be from 1 to 1000000 bars'],
    ['sma-cross:50,10', 'sma-cross: fast must be below slow'],
    ['sma-cross:10:50', 'one colon too many; write it as sma-cross:10,50'],
    [
      'my trend=donchian:20',
      'the id "my trend" must be 1 to 64 letters, digits, dots, dashes or underscores',
    ],
  ])('%s is refused with what to write', (text, problem) => {
    expect(parseStrategy(text)).toEqual({ problem });
  });
});
