import { describe, expect, it } from '@jest/globals';
import { flat, flats, runBars, type BarRow, type BarRun } from '@bowline/testkit';

const INTRABAR = ['pessimistic', 'optimistic', 'path'] as const;

/** Each trade as `exit at minute reason`. */
function exits({ trades }: BarRun): string[] {
  return trades.map(({ exit, reason }) => `${exit} ${reason}`);
}

/** What a bar does to a position that was entered at 100 a bar before, under each model. */
function outcomes(signal: 1 | -1, bar: BarRow, slippageBps: number): string[] {
  const params = { takeProfitPct: 5, stopLossPct: 5 };
  return INTRABAR.map((intrabar) => {
    // With slippage the position begins with a marketable limit, which does not slip.
    const strategies = { a: { orderType: slippageBps === 0 ? ('market' as const) : ('limit' as const) } };
    const execution = { intrabar, slippageBps };
    return exits(
      runBars({ bars: [flat(100), bar], params, strategies, execution, signals: [[0, 'a', signal]] }),
    ).join();
  });
}

describe('the legs of a long from 100, take-profit 105 and stop-loss 95', () => {
  it.each<[string, BarRow, string, string, string]>([
    ['neither is reached', [100, 104.9, 95.1, 100], '', '', ''],
    [
      'a touch takes profit',
      [100, 105, 96, 100],
      '105 at 1 take_profit',
      '105 at 1 take_profit',
      '105 at 1 take_profit',
    ],
    ['a touch stops', [100, 104.9, 95, 100], '95 at 1 stop_loss', '95 at 1 stop_loss', '95 at 1 stop_loss'],
    [
      'an open beyond the profit is better',
      [106, 107, 105.5, 106],
      '106 at 1 take_profit',
      '106 at 1 take_profit',
      '106 at 1 take_profit',
    ],
    [
      'an open at the profit',
      [105, 107, 104, 106],
      '105 at 1 take_profit',
      '105 at 1 take_profit',
      '105 at 1 take_profit',
    ],
    [
      'an open beyond the stop is worse',
      [94, 96, 93, 95],
      '94 at 1 stop_loss',
      '94 at 1 stop_loss',
      '94 at 1 stop_loss',
    ],
    ['an open at the stop', [95, 96, 95, 95], '95 at 1 stop_loss', '95 at 1 stop_loss', '95 at 1 stop_loss'],
    [
      'both, the high nearer',
      [100.1, 105, 95, 100],
      '95 at 1 stop_loss',
      '105 at 1 take_profit',
      '105 at 1 take_profit',
    ],
    [
      'both, the low nearer',
      [99.9, 105, 95, 100],
      '95 at 1 stop_loss',
      '105 at 1 take_profit',
      '95 at 1 stop_loss',
    ],
    [
      'both, as near: the low first',
      [100, 105, 95, 100],
      '95 at 1 stop_loss',
      '105 at 1 take_profit',
      '95 at 1 stop_loss',
    ],
    [
      'both, nearer is not the leg but the high',
      [102, 110, 95, 100],
      '95 at 1 stop_loss',
      '105 at 1 take_profit',
      '95 at 1 stop_loss',
    ],
    [
      'both, the open has passed the stop',
      [94, 106, 93, 100],
      '94 at 1 stop_loss',
      '94 at 1 stop_loss',
      '94 at 1 stop_loss',
    ],
    [
      'both, the open has passed the profit',
      [106, 107, 94, 100],
      '106 at 1 take_profit',
      '106 at 1 take_profit',
      '106 at 1 take_profit',
    ],
  ])('%s', (_, bar, ...expected) => {
    expect(outcomes(1, bar, 0)).toEqual(expected);
  });
});

describe('the legs of a short from 100, take-profit 95 and stop-loss 105', () => {
  it.each<[string, BarRow, string, string, string]>([
    ['neither is reached', [100, 104.9, 95.1, 100], '', '', ''],
    [
      'a touch takes profit',
      [100, 104, 95, 100],
      '95 at 1 take_profit',
      '95 at 1 take_profit',
      '95 at 1 take_profit',
    ],
    ['a touch stops', [100, 105, 96, 100], '105 at 1 stop_loss', '105 at 1 stop_loss', '105 at 1 stop_loss'],
    [
      'an open beyond the profit is better',
      [94, 96, 93, 95],
      '94 at 1 take_profit',
      '94 at 1 take_profit',
      '94 at 1 take_profit',
    ],
    [
      'an open beyond the stop is worse',
      [106, 107, 104, 106],
      '106 at 1 stop_loss',
      '106 at 1 stop_loss',
      '106 at 1 stop_loss',
    ],
    [
      'both, the high nearer',
      [100.1, 105, 95, 100],
      '105 at 1 stop_loss',
      '95 at 1 take_profit',
      '105 at 1 stop_loss',
    ],
    [
      'both, the low nearer',
      [99.9, 105, 95, 100],
      '105 at 1 stop_loss',
      '95 at 1 take_profit',
      '95 at 1 take_profit',
    ],
    [
      'both, as near: the low first',
      [100, 105, 95, 100],
      '105 at 1 stop_loss',
      '95 at 1 take_profit',
      '95 at 1 take_profit',
    ],
    [
      'both, the open has passed the stop',
      [106, 107, 94, 100],
      '106 at 1 stop_loss',
      '106 at 1 stop_loss',
      '106 at 1 stop_loss',
    ],
    [
      'both, the open has passed the profit',
      [94, 106, 93, 100],
      '94 at 1 take_profit',
      '94 at 1 take_profit',
      '94 at 1 take_profit',
    ],
  ])('%s', (_, bar, ...expected) => {
    expect(outcomes(-1, bar, 0)).toEqual(expected);
  });
});

describe('stops slip against us from where they fill, take-profits do not', () => {
  it.each<[string, 1 | -1, BarRow, string]>([
    ['long, at the trigger: 95 x 0.998 = 94.81', 1, [100, 100, 95, 100], '94.8 at 1 stop_loss'],
    ['long, at the open: 94 x 0.998 = 93.812', 1, [94, 96, 93, 95], '93.8 at 1 stop_loss'],
    ['long, the profit', 1, [100, 105, 100, 100], '105 at 1 take_profit'],
    ['short, at the trigger: 105 x 1.002 = 105.21', -1, [100, 105, 100, 100], '105.3 at 1 stop_loss'],
    ['short, at the open: 106 x 1.002 = 106.212', -1, [106, 107, 105, 106], '106.3 at 1 stop_loss'],
    ['short, the profit at a better open', -1, [94.5, 96, 94, 95], '94.5 at 1 take_profit'],
  ])('%s', (_, signal, bar, expected) => {
    expect(new Set(outcomes(signal, bar, 20))).toEqual(new Set([expected]));
  });
});

describe('legs are live within the bar of their entry only when it filled at the open', () => {
  const params = { takeProfitPct: 5, stopLossPct: 5 };
  const wide: BarRow = [100, 105, 95, 100];

  it('(a) a market entry at the open', () => {
    expect(exits(runBars({ bars: [wide], params, signals: [[0, 'a', 1]] }))).toEqual(['95 at 0 stop_loss']);
  });

  it('(a) a limit entry that is marketable at the open', () => {
    const bars = [wide, flat(100)];
    const run = runBars({ bars, params: { ...params, orderType: 'limit' }, signals: [[0, 'a', 1]] });
    expect(exits(run)).toEqual(['95 at 0 stop_loss']);
  });

  it.each<[string, BarRow, string[]]>([
    ['the next bar decides', [100, 103, 94, 100], ['94 at 1 stop_loss']],
    ['the next bar is quiet', flat(100), []],
  ])('(b) not after a resting entry at 99: %s', (_, next, expected) => {
    // Legs from 99: 103.95 and 94.05, away from the entry: 104 and 94.
    const bars = [[100, 105, 90, 100], next] as const;
    const resting = { ...params, orderType: 'limit', limitOffsetBps: 100 } as const;
    const run = runBars({ bars, params: resting, signals: [[0, 'a', 1]] });
    expect(run.fills[0]).toBe('0: a-1.e BUY 1 @ 99 maker');
    expect(exits(run)).toEqual(expected);
  });

  it('(d) not after an entry at the close: that bar is over', () => {
    const closing = { ...params, entryPoint: 'close' } as const;
    const run = runBars({
      bars: [wide, flat(100), [100, 105, 100, 100]],
      params: closing,
      signals: [[1, 'a', 1]],
    });
    expect(exits(run)).toEqual(['105 at 2 take_profit']);
  });
});

describe('while a position is open', () => {
  it('a bar that reaches no leg leaves it alone, however many there are', () => {
    const bars = [...flats(200, 100), [100, 105, 99, 100]] as const;
    expect(exits(runBars({ bars, params: { takeProfitPct: 5 }, signals: [[0, 'a', 1]] }))).toEqual([
      '105 at 200 take_profit',
    ]);
  });

  it('its worst and best price are those of the bars it has lived through, and of its own fills', () => {
    const bars = [
      [100, 101, 99, 100],
      [100, 103.5, 98.5, 100],
      [105.5, 120, 80, 100],
    ] as const;
    const { trades } = runBars({ bars, params: { takeProfitPct: 5 }, signals: [[0, 'a', 1]] });
    expect(trades).toMatchObject([{ exit: '105.5 at 2', worst: '98.5', best: '105.5' }]);
  });

  it('of a short the worst price is the highest', () => {
    const bars = [[100, 101, 99, 100], [100, 103.5, 98.5, 100], flat(100)] as const;
    const { trades } = runBars({
      bars,
      signals: [
        [0, 'a', -1],
        [2, 'a', 0],
      ],
    });
    expect(trades).toMatchObject([{ exit: '100 at 2', worst: '103.5', best: '98.5' }]);
  });

  it('opposite strategies on one bar are independent fills, each with its fees', () => {
    // Fees of 5 bps on 100, 105 and 95.
    const { exchangePositions, trades } = runBars({
      bars: [flat(100), [100, 105, 100, 100], [100, 100, 95, 100]],
      params: { takeProfitPct: 5 },
      account: { takerBps: 5, makerBps: 2 },
      signals: [
        [0, 'a', 1],
        [0, 'b', -1],
      ],
    });
    expect(exchangePositions).toEqual([]);
    expect(trades).toMatchObject([
      { position: 'a-1', exit: '105 at 1', realizedPnl: '5', fees: '0.071', netPnl: '4.929' },
      { position: 'b-1', exit: '95 at 2', realizedPnl: '5', fees: '0.069', netPnl: '4.931' },
    ]);
  });
});
