import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { sharedData, whenPresent, WorkFolder } from '@bowline/testkit';
import { columnsOf, simulated, type Row } from './simulation.spec-support.js';

const folder = new WorkFolder('simulation-ticks');

const desk = (orderParams: string, riskParams = '{}') => `clients:
  ikenna:
    exchanges: { binance-usdm: { accountBalance: 10000, feeMakerBps: 2, feeTakerBps: 4 } }
    riskParams: ${riskParams}
    orderParams: ${orderParams}
instruments: { BTCUSDT: { tickSize: 0.1, lotSize: 0.001 } }
`;

describe('trades that are replayed', () => {
  it('fill what rests in their way with their own quantities, and whole once they are through it', async () => {
    const ticks = folder.file(
      'ticks.csv',
      `time,price,quantity
2025-10-24T10:00:00.000Z,1000.0,1
2025-10-24T10:00:05.000Z,999.0,0.003
2025-10-24T10:00:06.000Z,999.0,0.004
2025-10-24T10:00:07.000Z,998.9,0.001
2025-10-24T10:01:30.000Z,1001.0,1
`,
    );
    const signals = folder.file(
      'signals.csv',
      `time,strategyId,symbol,signal,price
2025-10-24T10:00:01Z,A,BTCUSDT,1,999
2025-10-24T10:00:08Z,A,BTCUSDT,0,
`,
    );
    const params = '{ defaultOrderType: limit, sizing: { fixedQuantity: 0.01 } }';
    const run = await simulated(folder, { desk: desk(params), ticks: { BTCUSDT: ticks }, signals });
    expect(columnsOf(run.fills, 'leg', 'lastQty', 'lastPx', 'fee', 'time')).toEqual([
      'e 0.003 999 0.0005994 2025-10-24T10:00:05.000Z',
      'e 0.004 999 0.0007992 2025-10-24T10:00:06.000Z',
      'e 0.003 999 0.0005994 2025-10-24T10:00:07.000Z',
      'x 0.01 998.8 0.0039952 2025-10-24T10:00:08.050Z',
    ]);
    expect(columnsOf(run.trades, 'quantity', 'entryPrice', 'exitPrice', 'realizedPnl')).toEqual([
      '0.01 999 998.8 -0.002',
    ]);
    // The candles that they make are those of the report.
    expect(run.summary).toMatchObject({
      bars: 2,
      from: '2025-10-24T10:00:00.000Z',
      to: '2025-10-24T10:02:00.000Z',
    });
    expect(run.summary.invariants.violated).toBe(0);
  });
});

const FILE = 'ticks/binance-usdm-btcusdt_20240808.gz';

interface Trade {
  readonly time: number;
  /** Tenths. */
  readonly ticks: number;
}

/** The trades of the recording, read as simply as can be. */
function recorded(path: string): readonly Trade[] {
  const lines = gunzipSync(readFileSync(path)).toString('utf8').split('\n');
  return lines
    .filter((line) => line.includes('"e":"trade"'))
    .map((line) => {
      const { data } = JSON.parse(line.slice(line.indexOf(' ')));
      return { time: data.T, ticks: Math.round(Number(data.p) * 10) };
    });
}

/** A signal every so many seconds, in turn. */
function everySeconds(trades: readonly Trade[], seconds: number, stances: readonly number[]): string {
  const first = trades[0].time + 1_000;
  const count = Math.floor((trades.at(-1)!.time - first) / (1_000 * seconds));
  const rows = Array.from({ length: count }, (_, at) =>
    [first + at * 1_000 * seconds, 'A', 'BTCUSDT', stances[at % stances.length]].join(','),
  );
  return ['time,strategyId,symbol,signal', ...rows].join('\n');
}

whenPresent('real trades that are replayed', `../shared/data/${FILE}`, sharedData(FILE), (path) => {
  const trades = recorded(path);

  it('are met by every order as they were when it arrived', async () => {
    const signals = folder.file('signals.csv', everySeconds(trades, 5, [1, -1, 0]));
    const files = { desk: desk('{ sizing: { fixedQuantity: 0.01 } }'), ticks: { BTCUSDT: path }, signals };
    const { fills, summary } = await simulated(folder, files, { latencyMs: 30 });
    expect(fills.length).toBeGreaterThan(60);
    expect(fills.map((fill) => `${fill['time']} ${fill['side']} ${fill['lastPx']}`)).toEqual(
      fills.map((fill) => `${fill['time']} ${fill['side']} ${quoted(trades, fill)}`),
    );
    expect(summary.trades).toBeGreaterThan(40);
    expect(summary.invariants.violated).toBe(0);
  });

  it('trigger both legs of pairs, each where the market was', async () => {
    const signals = folder.file('signals.csv', everySeconds(trades, 3, [1, -1]));
    const params = '{ takeProfitPct: 0.03, stopLossPct: 0.02 }';
    const files = {
      desk: desk('{ sizing: { fixedQuantity: 0.01 } }', params),
      ticks: { BTCUSDT: path },
      signals,
    };
    const { orders, summary, trades: closed } = await simulated(folder, files);
    expect(summary.overall.takeProfits).toBeGreaterThan(5);
    expect(summary.overall.stopLosses).toBeGreaterThan(5);
    const limits = new Map(orders.map((order) => [order['clientOrderId'], order['limitPrice']]));
    for (const trade of closed.filter(({ closeReason }) => closeReason === 'take_profit'))
      expect(trade['exitPrice']).toBe(limits.get(trade['clientOrderIds'].split(' ').at(-1)!));
    const stops = new Map(orders.map((order) => [order['clientOrderId'], Number(order['stopPrice'])]));
    for (const trade of closed.filter(({ closeReason }) => closeReason === 'stop_loss')) {
      const stop = stops.get(trade['clientOrderIds'].split(' ').at(-1)!)!;
      const exit = Number(trade['exitPrice']);
      expect(trade['side'] === 'LONG' ? exit < stop : exit > stop).toBe(true);
    }
    expect(summary.invariants.violated).toBe(0);
  });
});

/** Half a basis point beside the last price before the order arrived. */
function quoted(trades: readonly Trade[], { side, time }: Row): string {
  const at = Date.parse(time);
  const { ticks } = trades.filter((trade) => trade.time < at).at(-1)!;
  const half = Math.max(1, Math.round((ticks * 0.5) / 10_000));
  return String((side === 'BUY' ? ticks + half : ticks - half) / 10);
}
