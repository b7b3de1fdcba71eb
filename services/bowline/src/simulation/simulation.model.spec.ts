import { describe, expect, it } from '@jest/globals';
import { WorkFolder } from '@bowline/testkit';
import { columnsOf, simulated, type SimulationFiles } from './simulation.spec-support.js';

const DESK = `clients:
  ikenna:
    exchanges: { binance-usdm: { accountBalance: 10000, feeMakerBps: 0, feeTakerBps: 0 } }
    orderParams: { sizing: { fixedQuantity: 0.01 } }
    strategies: [A]
instruments: { BTCUSDT: { tickSize: 0.1, lotSize: 0.001 } }
`;
/** Four prices: 1000 at its beginning, 990 after 20 s, 1010 after 40 s, 1005 at its end. */
const BAR = '1000,1010,990,1005,1';
const BARS = [
  'time,open,high,low,close,volume',
  `2025-10-24T10:00:00Z,${BAR}`,
  `2025-10-24T10:01:00Z,${BAR}`,
];
const HEADER = 'time,strategyId,symbol,signal,price,takeProfit,stopLoss';

const folder = new WorkFolder('simulation-model');

/** Signals of strategy A, as `10:00:19 1`, with a price, a take-profit and a stop-loss behind it. */
function given(signals: readonly string[], { bars = BARS, desk = DESK } = {}): SimulationFiles {
  const rows = signals.map((signal) => {
    const [time, stance, price = '', takeProfit = '', stopLoss = ''] = signal.split(' ');
    return [`2025-10-24T${time}Z`, 'A', 'BTCUSDT', stance, price, takeProfit, stopLoss].join(',');
  });
  return {
    desk,
    bars: { BTCUSDT: folder.file('bars.csv', `${bars.join('\n')}\n`) },
    signals: folder.file('signals.csv', `${[HEADER, ...rows].join('\n')}\n`),
  };
}

/** When it filled after 10:00, and at what price. */
const ENTRY_AND_EXIT = ['entryTime', 'entryPrice', 'exitPrice', 'realizedPnl', 'closeReason'];

describe('latency', () => {
  // Quotes lie half a basis point, at least a tick, on both sides of the price.
  it.each([
    ['none', 0, '2025-10-24T10:00:19.000Z 1000.1 989.9 -0.102 signal'],
    ['half a second: still at the open', 500, '2025-10-24T10:00:19.500Z 1000.1 989.9 -0.102 signal'],
    [
      'two seconds: in at the low, out at the high',
      2_000,
      '2025-10-24T10:00:21.000Z 990.1 1009.9 0.198 signal',
    ],
  ])('of %s decides at which price an order arrives', async (_what, latencyMs, trade) => {
    const { summary, trades } = await simulated(folder, given(['10:00:19 1', '10:00:39 0']), { latencyMs });
    expect(columnsOf(trades, ...ENTRY_AND_EXIT)).toEqual([trade]);
    expect(columnsOf(trades, 'entryLatencyMs', 'fillRate')).toEqual([`${latencyMs} 1`]);
    expect(summary.invariants.violated).toBe(0);
  });

  it('beyond what an exchange allows has every order rejected', async () => {
    const { orders, trades } = await simulated(folder, given(['10:00:19 1']), { latencyMs: 5_001 });
    expect(trades).toEqual([]);
    expect(columnsOf(orders, 'leg', 'orderStatus')).toEqual(['e rejected']);
  });
});

describe('a fill ratio', () => {
  it('gives an order that takes its share; the rest of it expires, and a close goes on until nothing is left', async () => {
    const run = await simulated(folder, given(['10:00:01 1', '10:00:05 0']), { fillRatio: 0.4 });
    // 4 of 10 lots; then 40 % of what is left each time, at least a lot: 1 of 4, 1 of 3, 1 of 2, 1.
    expect(columnsOf(run.fills, 'leg', 'lastQty', 'lastPx', 'time')).toEqual([
      'e 0.004 1000.1 2025-10-24T10:00:01.050Z',
      'x 0.001 999.9 2025-10-24T10:00:05.050Z',
      'x 0.001 999.9 2025-10-24T10:00:05.150Z',
      'x 0.001 999.9 2025-10-24T10:00:05.250Z',
      'x 0.001 999.9 2025-10-24T10:00:05.350Z',
    ]);
    expect(columnsOf(run.orders, 'leg', 'orderStatus', 'cumQty')).toEqual([
      'e expired 0.004',
      'x expired 0.001',
      'x expired 0.001',
      'x expired 0.001',
      'x filled 0.001',
    ]);
    expect(columnsOf(run.trades, 'quantity', 'realizedPnl', 'fillRate')).toEqual(['0.004 -0.0008 0.4']);
    expect(run.summary.invariants.violated).toBe(0);
  });

  it('fills a take-profit in parts, and the stop beside it shrinks with it', async () => {
    const files = given(['10:00:01 1  1004 900'], { bars: [...BARS, `2025-10-24T10:02:00Z,${BAR}`] });
    const { fills, orders, summary, trades } = await simulated(folder, files, { fillRatio: 0.5 });
    const exits = fills.filter(({ leg }) => leg === 't');
    expect(exits.length).toBeGreaterThan(1);
    expect(new Set(columnsOf(exits, 'lastPx'))).toEqual(new Set(['1004']));
    expect(exits.reduce((sum, { lastQty }) => sum + Number(lastQty), 0)).toBeCloseTo(0.005, 9);
    expect(columnsOf(trades, 'quantity', 'closeReason', 'exitPrice')).toEqual(['0.005 take_profit 1004']);
    const stops = orders.filter(({ leg }) => leg === 's');
    expect(stops.length).toBeGreaterThan(1);
    // One strategy alone closes with reduceOnly: the exchange takes from its stops what the take-profit has closed.
    expect(stops.every(({ orderQty }) => Number(orderQty) < 0.005)).toBe(true);
    expect(columnsOf(stops, 'orderStatus', 'cumQty')).toEqual(['canceled 0', 'canceled 0', 'expired 0']);
    expect(summary.invariants.violated).toBe(0);
  });
});

describe('rejections', () => {
  const toAndFro = Array.from({ length: 30 }, (_, at) => `10:00:${String(10 + at)} ${at % 2 === 0 ? 1 : 0}`);

  it('of every order leave nothing but orders', async () => {
    const { orders, summary, trades } = await simulated(folder, given(toAndFro), { rejectProbability: 1 });
    expect(trades).toEqual([]);
    expect(new Set(columnsOf(orders, 'leg', 'orderStatus'))).toEqual(new Set(['e rejected']));
    expect(orders).toHaveLength(15);
    expect(summary.ignoredSignals).toEqual({ ALREADY_FLAT: 15 });
  });

  it('of some orders keep some entries out; what closes is sent again', async () => {
    const { orders, summary, trades } = await simulated(folder, given(toAndFro), { rejectProbability: 0.25 });
    const rejected = (which: string) =>
      orders.filter(({ leg, orderStatus }) => leg === which && orderStatus === 'rejected').length;
    expect(rejected('e')).toBeGreaterThan(2);
    expect(rejected('x')).toBeGreaterThan(2);
    expect(trades.length + rejected('e')).toBe(15);
    expect(summary.openPositions).toEqual([]);
    expect(summary.invariants.violated).toBe(0);
  });
});

describe('a close that is rejected again and again', () => {
  it('is given up, which is said, and the position is open at the end', async () => {
    const { summary, trades, warnings } = await simulated(folder, given(['10:00:01 1', '10:00:05 0']), {
      rejectProbability: 0.6,
      seed: 5,
    });
    expect(trades).toEqual([]);
    expect(warnings).toEqual([
      'alert CLOSE_GIVEN_UP: ikenna binance-usdm BTCUSDT A-1 at 2025-10-24T10:00:05.250Z',
    ]);
    expect(summary.warnings).toEqual(warnings);
    expect(summary.openPositions).toEqual([
      expect.objectContaining({ strategyPositionId: 'A-1', openQty: '0.01' }),
    ]);
  });
});

describe('reports that come twice', () => {
  it('change nothing', async () => {
    const files = given(['10:00:01 1  1004 900', '10:00:45 -1  980 1020', '10:01:30 0']);
    const once = await simulated(folder, files);
    const twice = await simulated(folder, files, { duplicateProbability: 1 });
    expect(once.trades).toHaveLength(2);
    for (const name of ['trades.csv', 'orders.csv', 'fills.csv'])
      expect(twice.read(name)).toBe(once.read(name));
  });
});

describe('funding', () => {
  it('is charged on what is held, at the price of its time', async () => {
    const rates = folder.file(
      'funding.csv',
      'time,rate\n2025-10-24T10:00:30Z,0.001\n2025-10-24T10:01:00Z,0.002\n',
    );
    const files = { ...given(['10:00:01 1', '10:00:50 0']), funding: { BTCUSDT: rates } };
    const { trades } = await simulated(folder, files);
    // 0.01 at 990: a tenth of a percent. At 10:01 nothing is held.
    expect(columnsOf(trades, 'funding', 'netPnl')).toEqual(['-0.0099 0.0881']);
  });
});

describe('signals', () => {
  it('that the desk does not take are counted by reason, and named by their rows', async () => {
    const { signals, ...files } = given(['10:00:01 1', '10:00:02 0']);
    const more = [
      '2025-10-24T10:00:03Z,B,BTCUSDT,1,,,',
      '2025-10-24T10:00:04Z,A,ETHUSDT,1,,,',
      '2025-10-24T10:00:05Z,B,BTCUSDT,1,,,',
      '2025-10-24T09:59:59Z,A,BTCUSDT,1,,,',
      '2025-10-24T10:02:01Z,A,BTCUSDT,1,,,',
    ];
    const path = folder.file('more.csv', `${folder.read('signals.csv')}${more.join('\n')}\n`);
    const { summary, trades, warnings } = await simulated(folder, { ...files, signals: path });
    expect(signals).not.toBe(path);
    expect(trades).toHaveLength(1);
    expect(summary.ignoredSignals).toEqual({ OUTSIDE_DATA: 2, REFUSED: 3 });
    expect(warnings.slice(-2)).toEqual([
      `${path}: 2 signals were refused, rows 3, 5: strategyId: no client follows "B"; known here: A`,
      `${path}: 1 signal was refused, row 4: symbol: no account trades "ETHUSDT"; did you mean BTCUSDT?`,
    ]);
    expect(summary.warnings.slice(-2)).toEqual(warnings.slice(-2));
  });

  it('in a gap of the data find no price to act on', async () => {
    const gap = [...BARS, `2025-10-24T10:02:00Z,${BAR}`, `2025-10-24T10:30:00Z,${BAR}`];
    const { summary, trades } = await simulated(folder, given(['10:10:00 1', '10:30:01 1'], { bars: gap }));
    expect(summary.denials).toEqual({ MARKET_DATA_STALE: 1 });
    expect(trades).toEqual([]);
    expect(summary.openPositions).toEqual([
      expect.objectContaining({ entryPrice: '1000.1', markPrice: '1005' }),
    ]);
  });

  it('of one moment act one after the other', async () => {
    const { trades } = await simulated(folder, given(['10:00:01 1', '10:00:01 -1', '10:00:30 0']));
    expect(columnsOf(trades, 'side', 'closeReason')).toEqual(['LONG reversal', 'SHORT signal']);
  });
});
