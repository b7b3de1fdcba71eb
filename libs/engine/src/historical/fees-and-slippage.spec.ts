import { describe, expect, it } from '@jest/globals';
import { flat, flats, runBars, type Price, type Scenario } from '@bowline/testkit';

/** Entry price of a lone market entry at `price`. */
function filledAt(price: Price, signal: 1 | -1, slippageBps: Price, more: Partial<Scenario> = {}): string {
  const { open } = runBars({
    bars: [flat(price)],
    signals: [[0, 'a', signal]],
    execution: { slippageBps },
    ...more,
  });
  return open[0].entry.replace(' at 0', '');
}

describe('market fills slip against us and are rounded against us', () => {
  it.each<[string, Price, 1 | -1, Price, string]>([
    ['none', '100.1', 1, 0, '100.1'],
    ['a buy: 100 x 1.002 = 100.2', 100, 1, 20, '100.2'],
    ['up to the tick: 100.1 x 1.002 = 100.3002', '100.1', 1, 20, '100.4'],
    ['a sell: 100 x 0.998 = 99.8', 100, -1, 20, '99.8'],
    ['down to the tick: 100.1 x 0.998 = 99.8998', '100.1', -1, 20, '99.8'],
    ['any slippage costs a tick', 100, 1, '0.0001', '100.1'],
    ['of a sell as well', 100, -1, '0.0001', '99.9'],
    ['a price is at least a tick', '0.1', -1, 5_000, '0.1'],
  ])('%s', (_, price, signal, slippageBps, expected) => {
    expect(filledAt(price, signal, slippageBps)).toBe(expected);
  });

  it('exactly, where a price has very many ticks', () => {
    // 10000.00000001 x 1.00005 = 10000.5000000100005, and x 0.99995 = 9999.5000000099995.
    const instrument = { tickSize: '0.00000001' };
    expect(filledAt('10000.00000001', 1, '0.5', { instrument })).toBe('10000.50000002');
    expect(filledAt('10000.00000001', -1, '0.5', { instrument, params: { fixedQuantity: '1' } })).toBe(
      '9999.5',
    );
  });

  it('exits at the market slip as well', () => {
    const { trades } = runBars({
      bars: flats(2, 100),
      execution: { slippageBps: 10 },
      signals: [
        [0, 'a', -1],
        [1, 'a', 0],
      ],
    });
    expect(trades).toMatchObject([{ entry: '99.9 at 0', exit: '100.1 at 1', realizedPnl: '-0.2' }]);
  });

  it('where the tick grows with the price, to the step that holds there', () => {
    const instrument = {
      tickTable: [
        { from: '0', step: '0.1' },
        { from: '100', step: '0.5' },
      ],
    };
    expect([filledAt(100, 1, 20, { instrument }), filledAt(99, 1, 20, { instrument })]).toEqual([
      '100.5',
      '99.2',
    ]);
  });
});

describe('more slippage than maxSlippageBps denies a market entry', () => {
  it.each<[string, 1 | -1, Price, Price, Price | undefined, boolean]>([
    ['as much as allowed', 1, 20, 20, undefined, true],
    ['a little more', 1, 20, '19.99', undefined, false],
    ['as much, of a sell', -1, 20, 20, undefined, true],
    ['a little more, of a sell', -1, 20, '19.99', undefined, false],
    ['rounding to the tick counts: 0.1 bps cost 10', 1, '0.1', '9.99', undefined, false],
    ['measured from the price column: 100.2 from 100.1 is 9.99', 1, 20, '9.99', '100.1', false],
    ['measured from the price column, less than 9.991', 1, 20, '9.991', '100.1', true],
    ['a price column that is worse than the fill allows all', 1, 20, 0, '100.2', true],
    ['of a sell: 99.8 from 99.9 is 10.01', -1, 20, '10.01', '99.9', false],
    ['of a sell, at most 10.02', -1, 20, '10.02', '99.9', true],
    ['no slippage, none allowed', 1, 0, 0, undefined, true],
  ])('%s', (_, signal, slippageBps, maxSlippageBps, price, enters) => {
    const { denials, open } = runBars({
      bars: [flat(100)],
      params: { maxSlippageBps },
      execution: { slippageBps },
      signals: [[0, 'a', signal, price === undefined ? {} : { price }]],
    });
    expect([open.length, denials]).toEqual(enters ? [1, []] : [0, ['a MAX_SLIPPAGE at 0']]);
  });

  it('says nothing of exits, of stops, and of limit entries', () => {
    const { denials, fills } = runBars({
      bars: [flat(100), [100, 100, 90, 90]],
      params: { orderType: 'limit', stopLossPct: 5, maxSlippageBps: 0 },
      execution: { slippageBps: 20 },
      signals: [[0, 'a', 1]],
    });
    expect(denials).toEqual([]);
    expect(fills).toEqual(['0: a-1.e BUY 1 @ 100 taker', '1: a-1.s SELL 1 @ 94.8 taker']);
  });
});

describe('fees', () => {
  const account = { makerBps: 2, takerBps: 5 };

  it.each<[string, Partial<Scenario>, string[], string]>([
    [
      'market in, market out: 0.05 + 0.055',
      {
        signals: [
          [0, 'a', 1],
          [1, 'a', 0],
        ],
      },
      ['taker', 'taker'],
      '0.105',
    ],
    [
      'market in, take-profit out: 0.05 + 0.021',
      { params: { takeProfitPct: 5 } },
      ['taker', 'maker'],
      '0.071',
    ],
    [
      'a take-profit at a better open is maker too: 0.05 + 0.022',
      { params: { takeProfitPct: 8 } },
      ['taker', 'maker'],
      '0.072',
    ],
    ['stop out: 0.05 + 0.0475', { params: { stopLossPct: 5 } }, ['taker', 'taker'], '0.0975'],
    [
      'resting in, market out: 0.0198 + 0.055',
      {
        params: { orderType: 'limit', limitOffsetBps: 100 },
        signals: [
          [0, 'a', 1],
          [2, 'a', 0],
        ],
      },
      ['maker', 'taker'],
      '0.0748',
    ],
  ])('%s', (what, scenario, liquidity, fees) => {
    const second = what.includes('better open')
      ? flat(110)
      : what.includes('take-profit')
        ? ([100, 105, 100, 100] as const)
        : ([110, 110, 95, 100] as const);
    const bars = [[100, 100, 99, 100], second, flat(110)] as const;
    const run = runBars({ bars, account, signals: [[0, 'a', 1]], ...scenario });
    expect(run.fills.map((fill) => fill.split(' ').pop())).toEqual(liquidity);
    expect(run.trades).toMatchObject([{ fees }]);
  });

  it.each<[string, Price, Price, Price, string]>([
    ['exact where it is', 100, '1', '4', '0.04'],
    ['0.000000005 is half: up', 100, '0.001', '0.0005', '0.00000001'],
    ['0.0000000049 is less: down', 98, '0.001', '0.0005', '0'],
    ['0.000012345 has a half at the end', '123.45', '0.001', '1', '0.00001235'],
    ['0.0000123449...', '123.4', '0.001', '1.0003', '0.00001234'],
    ['a rebate is rounded alike', 100, '0.001', '-0.0005', '-0.00000001'],
  ])('are rounded half-up to 8 decimals, each fill by itself: %s', (_, price, quantity, takerBps, fee) => {
    const { result } = runBars({
      bars: [flat(price)],
      instrument: { tickSize: '0.01' },
      params: { fixedQuantity: quantity },
      account: { takerBps },
      signals: [[0, 'a', 1]],
    });
    const [{ fees }] = result.openPositions;
    expect(fees).toBe(BigInt(Math.round(Number(fee) * 1e8)) * 10n ** 10n);
  });

  it('of a contract of ten units, and of a very large position', () => {
    const fee = (multiplier: string, fixedQuantity: string) =>
      runBars({
        bars: [flat(100)],
        instrument: { multiplier },
        params: { fixedQuantity },
        account,
        signals: [[0, 'a', 1]],
      }).result.fills[0].fee;
    expect(fee('10', '1')).toBe(5n * 10n ** 17n);
    // 5 bps of 100 x 123,456,789,012.345.
    expect(fee('1', '123456789012.345')).toBe(61_728_394_506_172_500n * 10n ** 11n);
  });

  it('netPnl is realizedPnl less fees', () => {
    const { trades } = runBars({
      bars: [flat(100), flat(103)],
      account: { takerBps: 10 },
      signals: [
        [0, 'a', 1],
        [1, 'a', 0],
      ],
    });
    expect(trades).toMatchObject([{ realizedPnl: '3', fees: '0.203', netPnl: '2.797' }]);
  });
});
