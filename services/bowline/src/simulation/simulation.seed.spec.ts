import { describe, expect, it } from '@jest/globals';
import { WorkFolder } from '@bowline/testkit';
import { columnsOf, simulated } from './simulation.spec-support.js';

/** Two strategies on one position: A long 0.001 at 45,000, B long 0.002 at 46,000, each with its own pair. */
const DESK = `clients:
  ikenna:
    exchanges:
      binance-usdm: { accountBalance: 10000, feeMakerBps: 2, feeTakerBps: 4 }
    orderParams: { defaultOrderType: limit, sizing: { fixedQuantity: 0.001 } }
instruments: { BTCUSDT: { tickSize: 0.1, lotSize: 0.001 } }
`;
const OPENING = `time,open,high,low,close,volume
2025-10-24T10:00:00Z,45000,45100,44950,45050,12
2025-10-24T10:01:00Z,46000,46100,45900,46000,8
`;
const BARS = `${OPENING}2025-10-24T10:02:00Z,46500,48000,46400,47900,20
2025-10-24T10:03:00Z,47000,47000,44000,44100,30
2025-10-24T10:04:00Z,44100,44200,44050,44150,5
`;
const SIGNALS = `time,strategyId,symbol,signal,price,takeProfit,stopLoss,quantity
2025-10-24T10:00:00Z,A,BTCUSDT,1,45000,48000,43000,
2025-10-24T10:01:00Z,B,BTCUSDT,1,46000,49000,44000,0.002
`;

const folder = new WorkFolder('simulation-seed');
const signals = folder.file('signals.csv', SIGNALS);
const run = (bars: string) =>
  simulated(folder, { desk: DESK, bars: { BTCUSDT: folder.file('bars.csv', bars) }, signals });

describe('two strategies that share one exchange position, replayed through the roles', () => {
  it('are one position at the exchange, and two that each know their own entry', async () => {
    const { summary } = await run(OPENING);
    expect(summary.mode).toBe('simulation');
    expect(summary.exchangePositions).toEqual([
      expect.objectContaining({
        key: 'BTCUSDT_LONG',
        quantity: '0.003',
        entryPrice: '45666.66666667',
        sumOfShares: '0.003',
      }),
    ]);
    expect(summary.openPositions).toEqual([
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
    expect(summary.invariants.violated).toBe(0);
  });

  it('close one by one, each against its own entry', async () => {
    const { orders, summary, trades } = await run(BARS);
    // The limits fill at their prices. The stop triggers at 44,000 and sells to the bid, half a basis point below: at
    // 43,997.8, so that it costs 4.00 and another 0.0044.
    expect(
      columnsOf(
        trades,
        ...[
          'strategyId',
          'quantity',
          'entryPrice',
          'exitPrice',
          'closeReason',
          'realizedPnl',
          'realizedPnlPct',
        ],
      ),
    ).toEqual([
      'A 0.001 45000 48000 take_profit 3 6.6667',
      'B 0.002 46000 43997.8 stop_loss -4.0044 -4.3526',
    ]);
    // At the second price of a candle, a third of it after the open; the high comes after two thirds.
    expect(columnsOf(trades, 'entryTime', 'exitTime')).toEqual([
      '2025-10-24T10:00:20.000Z 2025-10-24T10:02:40.000Z',
      '2025-10-24T10:01:20.000Z 2025-10-24T10:03:40.000Z',
    ]);
    expect(columnsOf(orders, 'strategyId', 'leg', 'orderStatus').sort()).toEqual([
      'A e filled',
      'A s canceled',
      'A t filled',
      'B e filled',
      'B s filled',
      'B t canceled',
    ]);
    expect(summary.openPositions).toEqual([]);
    expect(summary.exchangePositions).toEqual([]);
    expect(summary.overall).toMatchObject({
      trades: 2,
      takeProfits: 1,
      stopLosses: 1,
      realizedPnl: '-1.0044',
    });
    expect(summary.invariants.violated).toBe(0);
  });
});
