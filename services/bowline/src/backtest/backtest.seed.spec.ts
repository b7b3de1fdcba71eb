import { beforeAll, describe, expect, it } from '@jest/globals';
import { runBowline, WorkFolder } from '@bowline/testkit';

/** Two strategies on one position: A long 0.001 at 45,000, B long 0.002 at 46,000, each with its own pair. */
const DESK = `clients:
  ikenna:
    exchanges:
      binance-usdm: { accountBalance: 10000, feeMakerBps: 2, feeTakerBps: 4 }
    orderParams: { sizing: { fixedQuantity: 0.001 } }
`;
const OPENING = `time,open,high,low,close,volume
2025-10-24T10:00:00Z,45000,45100,44950,45050,12
2025-10-24T10:01:00Z,46000,46100,45900,46000,8
`;
const BARS = `${OPENING}2025-10-24T10:02:00Z,46500,48000,46400,47900,20
2025-10-24T10:03:00Z,47000,47000,44000,44100,30
2025-10-24T10:04:00Z,44100,44200,44050,44150,5
`;
const SIGNALS = `time,strategyId,symbol,signal,takeProfit,stopLoss,quantity
2025-10-24T10:00:00Z,A,BTCUSDT,1,48000,43000,
2025-10-24T10:01:00Z,B,BTCUSDT,1,49000,44000,0.002
`;

const folder = new WorkFolder('seed');
const args = (bars: string, ...rest: string[]) => [
  'backtest',
  '--config',
  folder.at('desk.yaml'),
  '--bars',
  `BTCUSDT=${folder.at(bars)}`,
  '--signals',
  folder.at('signals.csv'),
  ...rest,
];

beforeAll(() => {
  folder.file('desk.yaml', DESK);
  folder.file('opening.csv', OPENING);
  folder.file('bars.csv', BARS);
  folder.file('signals.csv', SIGNALS);
});

describe('two strategies that share one exchange position', () => {
  it('are one position at the exchange, and two that each know their own entry', async () => {
    const { exitCode, stdout } = await runBowline(args('opening.csv', '--json'));
    expect(exitCode).toBe(0);
    const { exchangePositions, openPositions, invariants } = JSON.parse(stdout);
    expect(exchangePositions).toEqual([
      expect.objectContaining({
        key: 'BTCUSDT_LONG',
        quantity: '0.003',
        entryPrice: '45666.66666667',
        sumOfShares: '0.003',
      }),
    ]);
    expect(openPositions).toEqual([
      expect.objectContaining({
        strategyId: 'A',
        openQty: '0.001',
        entryPrice: '45000',
        takeProfitPrice: '48000',
        stopLossPrice: '43000',
      }),
      expect.objectContaining({
        strategyId: 'B',
        openQty: '0.002',
        entryPrice: '46000',
        takeProfitPrice: '49000',
        stopLossPrice: '44000',
      }),
    ]);
    expect(invariants).toEqual({ checked: 2, violated: 0 });
  });

  it('close one by one, each against its own entry', async () => {
    const { exitCode, stderr } = await runBowline(args('bars.csv', '--out', folder.at('out')));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    // A: +3.00 and +6.6667 % by take profit at 48,000. B: -4.00 by stop loss at 44,000.
    expect(folder.read('out', 'trades.csv')).toBe(
      `clientId,exchange,symbol,strategyId,strategyPositionId,side,quantity,entryTime,entryPrice,exitTime,exitPrice,closeReason,realizedPnl,realizedPnlPct,fees,netPnl,durationSeconds,clientOrderIds,funding,mae,mfe,slippageBps,entryLatencyMs,fillRate
ikenna,binance-usdm,BTCUSDT,A,A-1,LONG,0.001,2025-10-24T10:00:00.000Z,45000,2025-10-24T10:02:00.000Z,48000,take_profit,3,6.6667,0.0276,2.9724,120,a00000e0000un0tm945u7spv5abbhvfq a00000t0200un0tm945u7spv5abbhvfq,0,-0.05,3,0,0,1
ikenna,binance-usdm,BTCUSDT,B,B-1,LONG,0.002,2025-10-24T10:01:00.000Z,46000,2025-10-24T10:03:00.000Z,44000,stop_loss,-4,-4.3478,0.072,-4.072,120,b00000e0000rjdjqpnlij7eq28lxislp b00000s0100rjdjqpnlij7eq28lxislp,0,-4,4,0,0,1
`,
    );
  });

  it('leave the pair of the other untouched', () => {
    const orders = folder.read('out', 'orders.csv').trim().split('\n').slice(1);
    const legsOf = (strategyId: string) =>
      orders
        .map((line) => line.split(','))
        .filter((fields) => fields[4] === strategyId && fields[6] !== 'e')
        .map((fields) => ({ leg: fields[6], status: fields[14], at: fields[19] }));
    expect(legsOf('A')).toEqual([
      { leg: 's', status: 'canceled', at: '2025-10-24T10:02:00.000Z' },
      { leg: 't', status: 'filled', at: '2025-10-24T10:02:00.000Z' },
    ]);
    expect(legsOf('B')).toEqual([
      { leg: 's', status: 'filled', at: '2025-10-24T10:03:00.000Z' },
      { leg: 't', status: 'canceled', at: '2025-10-24T10:03:00.000Z' },
    ]);
  });

  it('write every file of the report', () => {
    expect(Object.keys(folder.snapshot('out'))).toEqual([
      'bowline.duckdb',
      'denials.csv',
      'equity.csv',
      'fills.csv',
      'orders.csv',
      'report.html',
      'summary.json',
      'trades.csv',
    ]);
  });
});
