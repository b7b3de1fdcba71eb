import {
  cashValue,
  closingSide,
  openingSide,
  roundCash,
  signOf,
  tickLots,
  type Cash,
  type CloseReason,
  type Instrument,
  type Lots,
  type OrderKey,
  type PositionSide,
  type TickLots,
  type Ticks,
} from '@bowline/domain';
import type { FillRecord, OrderRecord, ResultChannel, TickBars, TradeRecord } from '@bowline/ports';
import type { Random } from './random.js';

/** One strategy position with everything that happened to it. `trade` is null while it is open. */
export interface Traded {
  readonly channel: number;
  readonly clientId: string;
  readonly strategyId: string;
  readonly strategyPositionId: string;
  readonly side: PositionSide;
  readonly quantity: Lots;
  readonly entryValue: TickLots;
  readonly entryFee: Cash;
  readonly entryBar: number;
  readonly exitBar: number | null;
  readonly takeProfit: Ticks;
  readonly stopLoss: Ticks;
  readonly bars: TickBars;
  readonly instrument: Instrument;
  readonly trade: TradeRecord | null;
  readonly orders: readonly OrderRecord[];
  readonly fills: readonly FillRecord[];
}

interface Plan {
  readonly channel: ResultChannel;
  readonly at: number;
  readonly strategyId: string;
  readonly number: number;
  readonly entryBar: number;
  readonly exitBar: number | null;
}

type Leg = OrderKey['leg'];

/** Enters at the open of a bar, in one fill or two, and leaves at the open of a later one. */
export function tradeOf(plan: Plan, random: Random): Traded {
  const { channel, at, strategyId, entryBar, exitBar } = plan;
  const { bars, instrument } = channel;
  const strategyPositionId = `${strategyId}.${plan.number}`;
  const side: PositionSide = random() < 0.6 ? 'LONG' : 'SHORT';
  const quantity = 2 + Math.floor(random() * 400);
  const entryTime = bars.openTime[entryBar];
  const signalPrice = bars.open[entryBar];
  const sign = signOf(side);
  const entryPrice = signalPrice + sign * Math.floor(random() * 40);
  const takeProfit = entryPrice + sign * Math.round(entryPrice * 0.02);
  const stopLoss = entryPrice - sign * Math.round(entryPrice * 0.01);
  const books: Books = { orders: [], fills: [], plan, strategyPositionId };

  const parts = random() < 0.3 ? [Math.ceil(quantity / 2), Math.floor(quantity / 2)] : [quantity];
  const entry = { leg: 'e', side: openingSide(side), time: entryTime, price: entryPrice } as const;
  const entryFee = fill(books, entry, parts);
  const entryValue = tickLots(entryPrice, quantity);
  const common = {
    channel: at,
    clientId: channel.clientId,
    strategyId,
    strategyPositionId,
    side,
    quantity,
    entryValue,
    entryFee,
    entryBar,
    exitBar,
    takeProfit,
    stopLoss,
    bars,
    instrument,
    orders: books.orders,
    fills: books.fills,
  };
  const legs = { takeProfit, stopLoss, quantity, side, entryTime };
  if (exitBar === null) {
    rest(books, legs, null, entryTime);
    return { ...common, trade: null };
  }

  const exitPrice = bars.open[exitBar];
  const exitTime = bars.openTime[exitBar];
  const closeReason = reasonOf((exitPrice - entryPrice) * sign, random);
  const filled: Leg = closeReason === 'take_profit' ? 't' : closeReason === 'stop_loss' ? 's' : 'x';
  rest(books, legs, filled, exitTime);
  const exitFee = fill(books, { leg: filled, side: closingSide(side), time: exitTime, price: exitPrice }, [
    quantity,
  ]);
  const exitValue = tickLots(exitPrice, quantity);
  const realizedPnl = cashValue(instrument, (exitValue - entryValue) * BigInt(sign));
  const fees = entryFee + exitFee;
  const range = { low: lowest(bars.low, entryBar, exitBar), high: highest(bars.high, entryBar, exitBar) };
  const trade: TradeRecord = {
    channel: at,
    strategyId,
    strategyPositionId,
    side,
    quantity,
    entryTime,
    entryValue,
    exitTime,
    exitValue,
    closeReason,
    realizedPnl,
    fees,
    funding: 0n,
    netPnl: realizedPnl - fees,
    worstPrice: side === 'LONG' ? range.low : range.high,
    bestPrice: side === 'LONG' ? range.high : range.low,
    signalPrice: random() < 0.8 ? signalPrice : null,
    orders: [
      { strategyPositionId, leg: 'e', generation: 0 },
      { strategyPositionId, leg: filled, generation: 0 },
    ],
  };
  return { ...common, trade };
}

interface Books {
  readonly orders: OrderRecord[];
  readonly fills: FillRecord[];
  readonly plan: Plan;
  readonly strategyPositionId: string;
}

interface Execution {
  readonly leg: Leg;
  readonly side: OrderRecord['side'];
  readonly time: number;
  readonly price: Ticks;
}

/** Fills an order in the given parts, noting the order itself unless it rests already. The fees. */
function fill(books: Books, { leg, side, time, price }: Execution, parts: readonly Lots[]): Cash {
  const { plan, strategyPositionId } = books;
  const key: OrderKey = { strategyPositionId, leg, generation: 0 };
  const quantity = parts.reduce((sum, part) => sum + part, 0);
  if (leg === 'e' || leg === 'x') {
    books.orders.push({
      channel: plan.at,
      strategyId: plan.strategyId,
      key,
      side,
      orderType: 'market',
      timeInForce: 'IOC',
      orderQty: quantity,
      limitPrice: null,
      stopPrice: null,
      orderStatus: 'filled',
      cumQty: quantity,
      cumValue: tickLots(price, quantity),
      createdTime: time,
      updatedTime: time,
    });
  }
  let fees = 0n;
  parts.forEach((part, i) => {
    const value = cashValue(plan.channel.instrument, tickLots(price, part));
    const fee = roundCash((value * (leg === 't' ? 2n : 4n)) / 10_000n, 8);
    fees += fee;
    books.fills.push({
      channel: plan.at,
      strategyId: plan.strategyId,
      key,
      tradeId: `${strategyPositionId}-${plan.at}-${leg}${i + 1}`,
      side,
      lastQty: part,
      lastPx: price,
      fee,
      liquidity: leg === 't' ? 'maker' : 'taker',
      time,
    });
  });
  return fees;
}

interface Legs {
  readonly takeProfit: Ticks;
  readonly stopLoss: Ticks;
  readonly quantity: Lots;
  readonly side: PositionSide;
  readonly entryTime: number;
}

/** Notes the two protecting orders: one of them filled, or both canceled at the exit, or both still working. */
function rest(books: Books, legs: Legs, filled: Leg | null, updatedTime: number): void {
  const { plan, strategyPositionId } = books;
  for (const leg of ['t', 's'] as const) {
    const hit = filled === leg;
    const exitPrice = plan.exitBar === null ? 0 : plan.channel.bars.open[plan.exitBar];
    books.orders.push({
      channel: plan.at,
      strategyId: plan.strategyId,
      key: { strategyPositionId, leg, generation: 0 },
      side: closingSide(legs.side),
      orderType: leg === 't' ? 'limit' : 'stop_market',
      timeInForce: 'GTC',
      orderQty: legs.quantity,
      limitPrice: leg === 't' ? legs.takeProfit : null,
      stopPrice: leg === 's' ? legs.stopLoss : null,
      orderStatus: filled === null ? 'new' : hit ? 'filled' : 'canceled',
      cumQty: hit ? legs.quantity : 0,
      cumValue: hit ? tickLots(exitPrice, legs.quantity) : 0n,
      createdTime: legs.entryTime,
      updatedTime,
    });
  }
}

function reasonOf(gain: number, random: Random): CloseReason {
  if (random() < 0.4) return random() < 0.7 ? 'signal' : 'reversal';
  if (gain > 0) return 'take_profit';
  return gain < 0 ? 'stop_loss' : 'signal';
}

function lowest(column: Float64Array, from: number, to: number): number {
  let low = Infinity;
  for (let i = from; i < to; i += 1) low = Math.min(low, column[i]);
  return low;
}

function highest(column: Float64Array, from: number, to: number): number {
  let high = -Infinity;
  for (let i = from; i < to; i += 1) high = Math.max(high, column[i]);
  return high;
}
