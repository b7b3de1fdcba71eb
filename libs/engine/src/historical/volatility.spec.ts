import { describe, expect, it } from '@jest/globals';
import {
  flat,
  runBars,
  type BarRow,
  type ParamsSpec,
  type Scenario,
  type SignalColumns,
} from '@bowline/testkit';

const stairs = (...prices: number[]): BarRow[] => prices.map(flat);

/** Both legs of a lone entry, or why it was denied. */
function legsOf(
  scenario: Partial<Scenario>,
  signal: 1 | -1 = 1,
  columns: SignalColumns = {},
  minute = 0,
): string {
  const { denials, open } = runBars({
    bars: [flat(100)],
    signals: [[minute, 'a', signal, columns]],
    ...scenario,
  });
  return open.length > 0 ? `${open[0].takeProfit ?? '-'} ${open[0].stopLoss ?? '-'}` : denials.join();
}

describe('volatility is the sample standard deviation of the last log returns', () => {
  // Returns ln 2 and -ln 2: their sample deviation is ln 2 x sqrt 2 = 0.98026 (of the population it would be 0.69315).
  const params = { takeProfitSd: 0.1, stopLossSd: 0.1, volatilityWindow: 2 };

  it('of volatilityWindow returns: legs at 109.80 and 90.197, rounded away', () => {
    expect(legsOf({ bars: stairs(100, 200, 100, 100), params }, 1, {}, 3)).toBe('109.9 90.1');
  });

  it('and of no earlier ones', () => {
    expect(legsOf({ bars: stairs(1, 5000, 100, 200, 100, 100), params }, 1, {}, 5)).toBe('109.9 90.1');
  });

  it('about their mean: equal returns do not deviate', () => {
    // Returns of ln 2 each: both legs lie at the entry, and its own open stops it.
    const { trades } = runBars({ bars: stairs(100, 200, 400, 400), params, signals: [[3, 'a', 1]] });
    expect(trades).toMatchObject([{ entry: '400 at 3', exit: '400 at 3', reason: 'stop_loss' }]);
  });

  it('in two passes: small deviations from a large mean keep their digits', () => {
    // Returns of ln 2 + d, ln 2, ln 2 - d with d = 1e-8 deviate by d; two million times that is 2 %.
    const closes = [1, 2 * (1 + 1e-8), 4 * (1 + 1e-8), 8].map((price) => price.toFixed(12));
    const { open } = runBars({
      bars: [...closes, '8'].map(flat),
      instrument: { tickSize: '0.000000000001' },
      params: { takeProfitSd: 2_000_000, volatilityWindow: 3 },
      signals: [[4, 'a', 1]],
    });
    expect(Number(open[0].takeProfit)).toBeCloseTo(8.16, 4);
  });

  it.each<[string, 'open' | 'close', number, string]>([
    ['three closes are known at the open of the fourth bar', 'open', 3, '109.9 90.1'],
    ['two at the open of the third', 'open', 2, 'a VOLATILITY_UNAVAILABLE at 2'],
    ['three at the close of the third', 'close', 3, '109.9 90.1'],
    ['two at the close of the second', 'close', 2, 'a VOLATILITY_UNAVAILABLE at 2'],
  ])('of window + 1 closes known at that moment: %s', (_, entryPoint, minute, expected) => {
    expect(
      legsOf({ bars: stairs(100, 200, 100, 100), params: { ...params, entryPoint } }, 1, {}, minute),
    ).toBe(expected);
  });

  it('the close of the bar at whose open it acts is not known', () => {
    const bars: BarRow[] = [...stairs(100, 200, 100), [100, 109, 91, 91]];
    expect(legsOf({ bars, params }, 1, {}, 3)).toBe('109.9 90.1');
  });

  it('is fixed when the signal acts: a limit that fills later keeps it', () => {
    const bars: BarRow[] = [...stairs(100, 200, 100, 100, 150), [90, 90, 90, 90]];
    const limit: ParamsSpec = { ...params, orderType: 'limit', limitOffsetBps: 1_000 };
    // 90 x (1 +- 0.098026).
    expect(legsOf({ bars, params: limit }, 1, {}, 3)).toBe('98.9 81.1');
  });

  it('that a signal brings replaces ours', () => {
    expect(legsOf({ params: { takeProfitSd: 3, stopLossSd: 1 } }, 1, { volatility: 0.02 })).toBe('106 98');
  });

  it('is not needed where a signal brings both prices, nor for percentages', () => {
    expect(legsOf({ params }, 1, { takeProfit: 110, stopLoss: 90 })).toBe('110 90');
    expect(legsOf({ params }, 1, { takeProfit: 110 })).toBe('a VOLATILITY_UNAVAILABLE at 0');
    expect(legsOf({ params: { takeProfitPct: 10, stopLossPct: 10 } })).toBe('110 90');
  });
});

describe('legs lie at a distance from the entry, rounded to the tick away from it', () => {
  it.each<[string, 1 | -1, string, ParamsSpec, string]>([
    ['whole ticks stay', 1, '100', { takeProfitPct: 5, stopLossPct: 5 }, '105 95'],
    ['100.1 x 1.05 = 105.105, x 0.95 = 95.095', 1, '100.1', { takeProfitPct: 5, stopLossPct: 5 }, '105.2 95'],
    ['a short: profit below, stop above', -1, '100.1', { takeProfitPct: 5, stopLossPct: 5 }, '95 105.2'],
    ['a hundredth of a percent', 1, '100', { takeProfitPct: '0.01', stopLossPct: '0.01' }, '100.1 99.9'],
    [
      'exact decimals: 0.1 + 0.2 is 0.3 here',
      1,
      '100',
      { takeProfitPct: '0.3', stopLossPct: '0.7' },
      '100.3 99.3',
    ],
    ['one leg only', 1, '100', { takeProfitPct: 5 }, '105 -'],
    ['the other only', -1, '100', { stopLossPct: 5 }, '- 105'],
    ['a stop below zero lies at one tick', 1, '100', { stopLossPct: '99.999' }, '- 0.1'],
  ])('%s', (_, signal, price, params, expected) => {
    expect(legsOf({ bars: [flat(price)], params }, signal)).toBe(expected);
  });

  it.each<[string, string, string, number, number, string]>([
    ['3 x 0.01 x 45,000 is 1,350, not a tick more', '0.01', '45000', 3, 0.01, '46350'],
    ['a real part of a tick counts', '0.01', '45000', 1, 0.0100001, '45450.01'],
    ['also where a price has very many ticks', '0.0001', '100000', 1, 0.0100000003, '101000.0001'],
  ])(
    'floats that are a hair off a tick are on it: %s',
    (_, tickSize, price, takeProfitSd, volatility, takeProfit) => {
      const instrument = { tickSize };
      expect(legsOf({ bars: [flat(price)], instrument, params: { takeProfitSd } }, 1, { volatility })).toBe(
        `${takeProfit} -`,
      );
    },
  );

  it('exact where price x quantity is beyond what a double holds', () => {
    // 100000 x 1.050001 and 100000 x 0.949999.
    const { open } = runBars({
      bars: [flat(100_000)],
      instrument: { lotSize: '0.00000001' },
      params: { takeProfitPct: '5.0001', stopLossPct: '5.0001', fixedQuantity: '80000000.00000001' },
      signals: [[0, 'a', 1]],
    });
    expect(open).toMatchObject([{ takeProfit: '105000.1', stopLoss: '94999.9' }]);
  });

  it.each([
    [1, '106.1 95.9'],
    [-1, '94 104'],
  ] as const)('the entry is the price of the fill, slipped (%p)', (signal, legs) => {
    // 100 x 1.01 = 101 and 100 x 0.99 = 99; 5 % of those.
    expect(
      legsOf({ params: { takeProfitPct: 5, stopLossPct: 5 }, execution: { slippageBps: 100 } }, signal),
    ).toBe(legs);
  });
});

describe('prices that a signal gives are absolute', () => {
  it.each<[1 | -1, SignalColumns, string]>([
    [1, { takeProfit: 105, stopLoss: 95 }, '105 95'],
    [1, { takeProfit: '105.04', stopLoss: '94.96' }, '105.1 94.9'],
    [-1, { takeProfit: '94.96', stopLoss: '105.04' }, '94.9 105.1'],
    [1, { takeProfit: 105 }, '105 90'],
    [-1, { stopLoss: 105 }, '90 105'],
    [1, { takeProfit: '100.1', stopLoss: '99.9' }, '100.1 99.9'],
    [1, { takeProfit: 100 }, 'a TAKE_PROFIT_WRONG_SIDE at 0'],
    [1, { takeProfit: '99.9' }, 'a TAKE_PROFIT_WRONG_SIDE at 0'],
    [-1, { takeProfit: 100 }, 'a TAKE_PROFIT_WRONG_SIDE at 0'],
    [1, { stopLoss: 100 }, 'a STOP_LOSS_WRONG_SIDE at 0'],
    [-1, { stopLoss: '99.9' }, 'a STOP_LOSS_WRONG_SIDE at 0'],
  ])('signal %p with %j: %s', (signal, columns, expected) => {
    expect(legsOf({ params: { takeProfitPct: 10, stopLossPct: 10 } }, signal, columns)).toBe(expected);
  });

  it('the side is seen from the limit of a limit order', () => {
    const limit = { params: { orderType: 'limit', limitOffsetBps: 100 } as const };
    expect(legsOf({ ...limit, bars: [[100, 100, 99, 99]] }, 1, { takeProfit: '99.5' })).toBe('99.5 -');
    expect(legsOf(limit, 1, { stopLoss: '99.5' })).toBe('a STOP_LOSS_WRONG_SIDE at 0');
  });
});
