import { describe, expect, it } from '@jest/globals';
import { flat, flats, runBars, type BarRow } from '@bowline/testkit';

const stairs = (...prices: number[]): BarRow[] => prices.map(flat);

describe('a strategy has at most one position in a channel', () => {
  it.each([1, -1] as const)('a repeated %p changes nothing', (signal) => {
    const { fills, ignored, open } = runBars({
      bars: flats(3, 100),
      signals: [
        [0, 'a', signal],
        [1, 'a', signal],
        [2, 'a', signal],
      ],
    });
    expect([fills.length, ignored, open.length]).toEqual([1, { UNCHANGED: 2 }, 1]);
  });

  it.each([
    [1, 'longShort', 'LONG', '10'],
    [-1, 'longShort', 'SHORT', '-10'],
    [1, 'longOnly', 'LONG', '10'],
  ] as const)('0 closes what %p has opened', (signal, mode, side, realizedPnl) => {
    const { ignored, open, trades } = runBars({
      bars: stairs(100, 110),
      params: { mode },
      signals: [
        [0, 'a', signal],
        [1, 'a', 0],
      ],
    });
    expect(trades).toMatchObject([
      { side, entry: '100 at 0', exit: '110 at 1', reason: 'signal', realizedPnl },
    ]);
    expect([open, ignored]).toEqual([[], {}]);
  });

  it('positions of two strategies and two symbols are its own each', () => {
    const { open } = runBars({
      bars: { BTCUSDT: flats(2, 100), ETHUSDT: flats(2, 50) },
      signals: [
        [0, 'a', 1],
        [0, 'b', -1],
        [0, 'a', -1, { symbol: 'ETHUSDT' }],
      ],
    });
    expect(open.map(({ entry, position, side }) => `${position} ${side} ${entry}`)).toEqual([
      'a-1 LONG 100 at 0',
      'b-1 SHORT 100 at 0',
      'a-1 SHORT 50 at 0',
    ]);
  });
});

describe('a reversal closes, then opens', () => {
  it('as two fills at the same price, each slipped and each with its fee', () => {
    // 110 x 0.998 = 109.78 for the sell; fees of 10 bps.
    const { fills, open, trades } = runBars({
      bars: stairs(100, 110),
      account: { takerBps: 10 },
      execution: { slippageBps: 20 },
      signals: [
        [0, 'a', 1],
        [1, 'a', -1],
      ],
    });
    expect(fills.slice(1)).toEqual(['1: a-1.x SELL 1 @ 109.7 taker', '1: a-2.e SELL 1 @ 109.7 taker']);
    expect(trades).toMatchObject([
      { position: 'a-1', entry: '100.2 at 0', reason: 'reversal', realizedPnl: '9.5', fees: '0.2099' },
    ]);
    expect(open).toMatchObject([{ position: 'a-2', side: 'SHORT', entry: '109.7 at 1' }]);
  });

  it('opens on the balance that the close has left', () => {
    // 10 x (110 - 100) = 100 more: half of 10,100 at 110 is 45.909.
    const { open } = runBars({
      bars: stairs(100, 110),
      params: { percentOfBalance: 50 },
      signals: [
        [0, 'a', 1, { quantity: 10 }],
        [1, 'a', -1],
      ],
    });
    expect(open).toMatchObject([{ quantity: '45.909' }]);
  });

  it('closes even where the new entry is denied', () => {
    const { denials, open, trades } = runBars({
      bars: flats(2, 100),
      params: { maxPositionSize: 1 },
      signals: [
        [0, 'a', 1],
        [1, 'a', -1, { quantity: 2 }],
      ],
    });
    expect([denials, open]).toEqual([['a MAX_POSITION_SIZE at 1'], []]);
    expect(trades).toMatchObject([{ reason: 'reversal' }]);
  });

  it.each(['open', 'close'] as const)('in longOnly -1 only closes (entryPoint %s)', (entryPoint) => {
    const { ignored, open, trades } = runBars({
      bars: flats(4, 100),
      params: { mode: 'longOnly', entryPoint },
      signals: [
        [1, 'a', -1],
        [2, 'a', 1],
        [3, 'a', -1],
      ],
    });
    expect(trades).toMatchObject([{ side: 'LONG', reason: 'signal' }]);
    expect([open, ignored]).toEqual([[], { ALREADY_FLAT: 1 }]);
  });

  it('at a close reverses there, and the new legs are live from the next bar on', () => {
    const { open, trades } = runBars({
      bars: [flat(100), [100, 110, 90, 100], [100, 101, 95, 100]],
      params: { entryPoint: 'close', takeProfitPct: 5 },
      signals: [
        [2, 'a', -1],
        [2, 'b', 1],
        [3, 'b', -1],
      ],
    });
    expect(trades).toMatchObject([
      { position: 'a-1', exit: '95 at 2', reason: 'take_profit' },
      { position: 'b-1', exit: '100 at 3', reason: 'reversal' },
    ]);
    expect(open).toMatchObject([{ position: 'b-2', side: 'SHORT', entry: '100 at 3' }]);
  });
});

describe('with scaleIn a repeated signal adds', () => {
  const params = { scaleIn: true, takeProfitPct: 5, stopLossPct: 10 } as const;

  it('and both legs are placed anew from the new average', () => {
    // (1 x 100 + 2 x 106) / 3 = 104: legs at 109.2 and 93.6.
    const { open, orders } = runBars({
      bars: [flat(100), [106, 106, 104, 104]],
      params: { ...params, takeProfitPct: 5 },
      signals: [
        [0, 'a', 1],
        [1, 'a', 1, { quantity: 2 }],
      ],
    });
    expect(open).toMatchObject([{ quantity: '3', entry: '104 at 0', takeProfit: '109.2', stopLoss: '93.6' }]);
    expect(
      orders.map(({ order, price, quantity, status }) => `${order} ${quantity} @ ${price ?? '-'} ${status}`),
    ).toEqual([
      'a-1.e0 1 @ - filled',
      'a-1.s1 1 @ 90 canceled',
      'a-1.t2 1 @ 105 canceled',
      'a-1.e3 2 @ - filled',
      'a-1.s4 3 @ 93.6 new',
      'a-1.t5 3 @ 109.2 new',
    ]);
  });

  it('rounded away from an average that lies between two ticks', () => {
    // (100 + 2 x 100.1) / 3 = 100.0666...: 105.07 up to 105.1, 90.06 down to 90.
    const bars = [flat(100), flat(100.1)];
    const { open } = runBars({
      bars,
      params,
      signals: [
        [0, 'a', 1],
        [1, 'a', 1, { quantity: 2 }],
      ],
    });
    expect(open).toMatchObject([{ entry: '100.06666667 at 0', takeProfit: '105.1', stopLoss: '90' }]);
  });

  it('the prices of the later signal count, where it brings its own', () => {
    const signals = [
      [0, 'a', 1],
      [1, 'a', 1, { takeProfit: 120, stopLoss: 80 }],
    ] as const;
    expect(runBars({ bars: flats(2, 100), params, signals }).open).toMatchObject([
      { takeProfit: '120', stopLoss: '80' },
    ]);
  });

  it('at the open the new legs are live within that bar, at the close from the next one on', () => {
    const bars: BarRow[] = [flat(100), [98, 104, 98, 100], [100, 104, 100, 100]];
    const exitOf = (entryPoint: 'open' | 'close', minute: number) =>
      runBars({
        bars,
        params: { ...params, entryPoint },
        signals: [
          [minute, 'a', 1],
          [minute + 1, 'a', 1],
        ],
      }).trades[0]?.exit;
    // Average 99, so the take-profit is 103.95: 104.
    expect(exitOf('open', 0)).toBe('104 at 1');
    // Average 100: 105 is never reached.
    expect(exitOf('close', 1)).toBeUndefined();
  });

  it('realizes the whole position at once, exact to the last digit', () => {
    // Exits 3 at 105.1: 3 x 105.1 - 300.2 = 15.1.
    const bars = [flat(100), flat(100.1), [100, 110, 100, 100]] as const;
    const { trades } = runBars({
      bars,
      params,
      signals: [
        [0, 'a', 1],
        [1, 'a', 1, { quantity: 2 }],
      ],
    });
    expect(trades).toMatchObject([
      { quantity: '3', entry: '100.06666667 at 0', exit: '105.1 at 2', realizedPnl: '15.1' },
    ]);
  });

  it('every addition is checked with what is there', () => {
    const limited = { ...params, maxPositionSize: '2.5' };
    const { denials, open } = runBars({
      bars: flats(3, 100),
      params: limited,
      signals: [
        [0, 'a', 1],
        [1, 'a', 1],
        [2, 'a', 1],
      ],
    });
    expect([denials, open[0].quantity]).toEqual([['a MAX_POSITION_SIZE at 2'], '2']);
  });

  it('a limit that adds rests from the bar of its signal on, whatever went before', () => {
    // Bar 1 has been at 95 while nothing rested; the addition at 99 waits for bar 4.
    const limit = { orderType: 'limit', limitOffsetBps: 100, scaleIn: true } as const;
    const bars: BarRow[] = [flat(100), [100, 100, 95, 100], flat(100), flat(100), [100, 100, 99, 100]];
    const fills = (entryPoint: 'open' | 'close', minute: number) =>
      runBars({
        bars,
        params: { ...limit, entryPoint },
        signals: [
          [minute, 'a', 1, { price: 101 }],
          [minute + 2, 'a', 1],
        ],
      }).fills;
    expect(fills('open', 0)).toEqual(['0: a-1.e BUY 1 @ 100 taker', '4: a-1.e BUY 1 @ 99 maker']);
    expect(fills('close', 1)).toEqual(['1: a-1.e BUY 1 @ 100 taker', '4: a-1.e BUY 1 @ 99 maker']);
  });

  it('a short adds as well', () => {
    const { open } = runBars({
      bars: stairs(100, 96),
      params,
      signals: [
        [0, 'a', -1],
        [1, 'a', -1],
      ],
    });
    expect(open).toMatchObject([
      { side: 'SHORT', quantity: '2', entry: '98 at 0', takeProfit: '93.1', stopLoss: '107.8' },
    ]);
  });
});
