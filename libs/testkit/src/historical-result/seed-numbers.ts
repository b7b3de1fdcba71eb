import {
  cash,
  cashValue,
  tickLots,
  type Cash,
  type CloseReason,
  type Leg,
  type PositionSide,
} from '@bowline/domain';
import type {
  FillRecord,
  HistoricalResult,
  OrderRecord,
  ResultChannel,
  TickBars,
  TradeRecord,
} from '@bowline/ports';
import { ticksOf, usdtInstrument } from '../historical-result-builder.js';

const START = Date.UTC(2021, 4, 19, 12);
const MINUTE = 60_000;

/**
 * The two strategies that the project is explained with, as a result: A long 0.001 BTC at 45,000 takes profit at 48,000
 * (+3.00), B long 0.002 at 46,000 is stopped at 44,000 (-4.00). Every fill costs 0.01. One bar a minute; A leaves in
 * the third, B in the fifth.
 */
export function seedNumbersResult(): HistoricalResult {
  const instrument = usdtInstrument('binance-usdm', 'BTCUSDT');
  const bars = barsOf([
    ['45000', '46100', '44900', '46000'],
    ['46000', '47500', '45900', '47400'],
    ['47400', '48000', '47000', '47900'],
    ['47900', '47900', '45000', '45100'],
    ['45100', '45200', '43900', '44100'],
  ]);
  const channel: ResultChannel = {
    clientId: 'ikenna',
    exchange: 'binance-usdm',
    symbol: 'BTCUSDT',
    instrument,
    bars,
  };
  const a = position(channel, {
    id: 'A',
    lots: 1,
    entry: '45000',
    entryBar: 0,
    takeProfit: '48000',
    stopLoss: '43000',
  });
  const b = position(channel, {
    id: 'B',
    lots: 2,
    entry: '46000',
    entryBar: 1,
    takeProfit: '49000',
    stopLoss: '44000',
  });
  const closedA = a.close('take_profit', 't', '48000', 2);
  const closedB = b.close('stop_loss', 's', '44000', 4);
  const starting = cash('10000');
  const times = Float64Array.of(START + 5 * MINUTE);
  const curve = { clientId: 'ikenna', times, maxDrawdown: 4.02, maxDrawdownPct: 0.0402 };
  return {
    channels: [channel],
    trades: [closedA.trade, closedB.trade],
    orders: [...closedA.orders, ...closedB.orders],
    fills: [...closedA.fills, ...closedB.fills].sort((one, other) => one.time - other.time),
    denials: [],
    openPositions: [],
    exchangePositions: [],
    equity: [
      { ...curve, strategyId: null, startingEquity: starting, equity: [starting - cash('1.04')] },
      { ...curve, strategyId: 'A', startingEquity: 0n, equity: [cash('2.98')] },
      { ...curve, strategyId: 'B', startingEquity: 0n, equity: [cash('-4.02')] },
    ],
    invariants: { checked: 4, violated: 0 },
    ignoredSignals: {},
  };
}

/** Open, high, low, close of each minute. */
function barsOf(rows: readonly (readonly [string, string, string, string])[]): TickBars {
  const instrument = usdtInstrument('binance-usdm', 'BTCUSDT');
  const column = (at: number): Float64Array => Float64Array.from(rows, (row) => ticksOf(instrument, row[at]));
  return {
    length: rows.length,
    openTime: Float64Array.from(rows, (_row, i) => START + i * MINUTE),
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    intervalMs: MINUTE,
  };
}

interface Plan {
  readonly id: string;
  readonly lots: number;
  readonly entry: string;
  readonly entryBar: number;
  readonly takeProfit: string;
  readonly stopLoss: string;
}

interface Closed {
  readonly trade: TradeRecord;
  readonly orders: readonly OrderRecord[];
  readonly fills: readonly FillRecord[];
}

const FEE: Cash = cash('0.01');
const SIDE: PositionSide = 'LONG';

function position(
  { instrument, bars }: ResultChannel,
  plan: Plan,
): { close: (reason: CloseReason, leg: Leg, price: string, bar: number) => Closed } {
  const strategyPositionId = `${plan.id}.1`;
  const ticks = (price: string): number => ticksOf(instrument, price);
  const order = (leg: Leg, time: number, more: Partial<OrderRecord>): OrderRecord => ({
    channel: 0,
    strategyId: plan.id,
    key: { strategyPositionId, leg, generation: 0 },
    side: leg === 'e' ? 'BUY' : 'SELL',
    orderType: leg === 'e' ? 'market' : leg === 't' ? 'limit' : 'stop_market',
    timeInForce: leg === 'e' ? 'IOC' : 'GTC',
    orderQty: plan.lots,
    limitPrice: leg === 't' ? ticks(plan.takeProfit) : null,
    stopPrice: leg === 's' ? ticks(plan.stopLoss) : null,
    orderStatus: 'canceled',
    cumQty: 0,
    cumValue: 0n,
    createdTime: bars.openTime[plan.entryBar],
    updatedTime: time,
    ...more,
  });
  const filled = (price: string): Partial<OrderRecord> => ({
    orderStatus: 'filled',
    cumQty: plan.lots,
    cumValue: tickLots(ticks(price), plan.lots),
  });
  const fill = (leg: Leg, price: string, time: number): FillRecord => ({
    channel: 0,
    strategyId: plan.id,
    key: { strategyPositionId, leg, generation: 0 },
    tradeId: `${plan.id}-${leg}`,
    side: leg === 'e' ? 'BUY' : 'SELL',
    lastQty: plan.lots,
    lastPx: ticks(price),
    fee: FEE,
    liquidity: leg === 't' ? 'maker' : 'taker',
    time,
  });
  return {
    close: (reason, leg, price, bar) => {
      const entryTime = bars.openTime[plan.entryBar];
      const exitTime = bars.openTime[bar];
      const entryValue = tickLots(ticks(plan.entry), plan.lots);
      const exitValue = tickLots(ticks(price), plan.lots);
      const realizedPnl = cashValue(instrument, exitValue - entryValue);
      const range = (column: Float64Array): Float64Array => column.slice(plan.entryBar, bar + 1);
      return {
        trade: {
          channel: 0,
          strategyId: plan.id,
          strategyPositionId,
          side: SIDE,
          quantity: plan.lots,
          entryTime,
          entryValue,
          exitTime,
          exitValue,
          closeReason: reason,
          realizedPnl,
          fees: 2n * FEE,
          funding: 0n,
          netPnl: realizedPnl - 2n * FEE,
          worstPrice: Math.min(...range(bars.low)),
          bestPrice: Math.max(...range(bars.high)),
          signalPrice: ticks(plan.entry),
          orders: [
            { strategyPositionId, leg: 'e', generation: 0 },
            { strategyPositionId, leg, generation: 0 },
          ],
        },
        orders: [
          order('e', entryTime, filled(plan.entry)),
          order('t', exitTime, leg === 't' ? filled(price) : {}),
          order('s', exitTime, leg === 's' ? filled(price) : {}),
        ],
        fills: [fill('e', plan.entry, entryTime), fill(leg, price, exitTime)],
      };
    },
  };
}
