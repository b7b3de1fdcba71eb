import { describe, expect, it } from '@jest/globals';
import { WorkFolder } from '@bowline/testkit';
import { columnsOf, simulated, type Simulated } from './simulation.spec-support.js';

const DESK = `clients:
  ikenna:
    exchanges: { binance-spot: { accountBalance: 10000, feeMakerBps: 10, feeTakerBps: 10 } }
    riskParams: { takeProfitPct: 2, stopLossPct: 2 }
    orderParams: { sizing: { fixedQuantity: 0.1 } }
    strategies: [A, B]
instruments: { BTCUSDT: { tickSize: 0.1, lotSize: 0.001 } }
`;
/** Calm, then up to 1030, then down to 960. */
const BARS = [
  'time,open,high,low,close,volume',
  '2025-10-24T10:00:00Z,1000,1001,999,1000,1',
  '2025-10-24T10:01:00Z,1000,1030,1000,1030,1',
  '2025-10-24T10:02:00Z,1030,1030,960,960,1',
];

const folder = new WorkFolder('simulation-spot');

function run(...signals: readonly string[]): Promise<Simulated> {
  const rows = signals.map((signal) => {
    const [time, strategy, stance] = signal.split(' ');
    return `2025-10-24T${time}Z,${strategy},BTCUSDT,${stance}`;
  });
  return simulated(folder, {
    desk: DESK,
    bars: { BTCUSDT: folder.file('bars.csv', `${BARS.join('\n')}\n`) },
    signals: folder.file('signals.csv', `${['time,strategyId,symbol,signal', ...rows].join('\n')}\n`),
  });
}

describe('a desk at an exchange of spot', () => {
  it('sells what its buys have left of the fee, and what it holds is what the exchange holds', async () => {
    const { fills, summary } = await run('10:00:05 A 1', '10:00:10 B 1');
    // A tenth of a lot each: the first of them costs the whole lot, the second nothing more.
    expect(columnsOf(fills, 'strategyId', 'leg', 'side', 'lastQty')).toEqual([
      ...['A e BUY 0.1', 'B e BUY 0.1', 'A x SELL 0.099', 'B x SELL 0.1'],
    ]);
    expect(summary.invariants.violated).toBe(0);
  });

  it('guards what it holds by a stop at the exchange, and watches the take-profit itself', async () => {
    const { orders, summary } = await run('10:01:50 A 1');
    expect(columnsOf(orders, 'leg', 'side', 'orderType', 'orderStatus')).toEqual([
      ...['e BUY market filled', 's SELL stop_market filled'],
    ]);
    expect(summary.invariants.violated).toBe(0);
  });

  it('cannot sell what it does not hold', async () => {
    const { orders, trades } = await run('10:00:05 A -1');
    expect(columnsOf(orders, 'leg', 'side', 'orderStatus')).toEqual(['e SELL rejected']);
    expect(trades).toEqual([]);
  });
});
