import {
  averagePriceText,
  type Cash,
  type Lots,
  type Side,
  type TickLots,
  type Ticks,
  type TimeInForce,
  type TimeMs,
} from '@bowline/domain';
import type { Account } from './account.js';
import type { BookSide } from './book-side.js';
import type { BookLevel } from './commands.js';
import type { Market } from './market.js';
import type { Order } from './order.js';
import type { Position } from './position.js';
import { heldLots } from './spot.js';
import type { OrderPositionSide, OrderType, ReportedStatus, WorkingType } from './vocabulary.js';

/** What the exchange says of a position that is not flat. */
export interface PositionReport {
  readonly account: string;
  readonly symbol: string;
  readonly positionSide: OrderPositionSide;
  /** `BTCUSDT_LONG`: in one-way mode by the sign. */
  readonly key: string;
  /** Above 0 long, below 0 short. Of spot: the base currency that the account has, in whole lots. */
  readonly quantity: Lots;
  /** Sum of entry price x quantity in the exchange's own averaging; 0 of spot, where nobody keeps it. */
  readonly cost: TickLots;
  /** cost over quantity: half-even, 8 decimals. */
  readonly entryPrice: string;
  /** Since the account was opened, before fees. */
  readonly realizedPnl: Cash;
  readonly fees: Cash;
  /** At the mark price, or the nearest thing that is known; null where no price is. */
  readonly unrealizedPnl: Cash | null;
}

/** An order as it stands. */
export interface OrderSnapshot {
  readonly orderId: number;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly positionSide: OrderPositionSide;
  readonly orderType: OrderType;
  readonly timeInForce: TimeInForce;
  readonly reduceOnly: boolean;
  readonly orderStatus: ReportedStatus;
  /** Waiting for its trigger, or for the order before it in its list. */
  readonly conditional: boolean;
  readonly price: Ticks | null;
  readonly stopPrice: Ticks | null;
  readonly workingType: WorkingType | null;
  readonly orderQty: Lots;
  readonly cumQty: Lots;
  readonly leavesQty: Lots;
  readonly cumValue: TickLots;
  readonly createdTime: TimeMs;
  readonly updatedTime: TimeMs;
}

export interface Depth {
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
}

export function positionReports(account: Account, markets: Iterable<Market>): readonly PositionReport[] {
  const held = [...account.positions()].filter(({ quantity }) => quantity !== 0).map(positionReport);
  for (const market of markets) {
    const quantity = market.isSpot ? heldLots(account, market) : 0;
    if (quantity !== 0) held.push(holdingReport(account, market, quantity));
  }
  return held;
}

function holdingReport(account: Account, market: Market, quantity: Lots): PositionReport {
  const { symbol } = market.instrument;
  const traded = [...account.positions()].find((position) => position.market === market);
  return {
    ...{ account: account.id, symbol, positionSide: 'BOTH', key: `${symbol}_LONG`, quantity },
    ...{ cost: 0n, entryPrice: '0', realizedPnl: 0n, unrealizedPnl: null },
    fees: traded?.fees ?? 0n,
  };
}

function positionReport(position: Position): PositionReport {
  const { account, market, side, quantity, cost, realizedPnl, fees } = position;
  const { instrument } = market;
  const price = market.referencePrice();
  return {
    account: account.id,
    symbol: instrument.symbol,
    positionSide: side,
    key: `${instrument.symbol}_${quantity > 0 ? 'LONG' : 'SHORT'}`,
    quantity,
    cost,
    entryPrice: averagePriceText(instrument, cost, Math.abs(quantity)) ?? '0',
    realizedPnl,
    fees,
    unrealizedPnl: price === null ? null : position.unrealizedAt(price),
  };
}

export function orderSnapshot(order: Order): OrderSnapshot {
  return {
    orderId: order.orderId,
    clientOrderId: order.clientOrderId,
    symbol: order.market.instrument.symbol,
    side: order.side,
    positionSide: order.positionSide,
    orderType: order.orderType,
    timeInForce: order.timeInForce,
    reduceOnly: order.reduceOnly,
    orderStatus: order.status,
    conditional: order.trigger !== null || order.isPending,
    price: order.price,
    stopPrice: order.stopPrice,
    workingType: order.workingType,
    orderQty: order.orderQty,
    cumQty: order.cumQty,
    leavesQty: order.leavesQty,
    cumValue: order.cumValue,
    createdTime: order.createdTime,
    updatedTime: order.updatedTime,
  };
}

export function depthOf({ book }: Market, levels: number): Depth {
  return { bids: sideOf(book.bids, levels), asks: sideOf(book.asks, levels) };
}

function sideOf(side: BookSide, levels: number): readonly BookLevel[] {
  const shown: BookLevel[] = [];
  for (let rank = 0; rank < levels; rank += 1) {
    const level = side.levelAt(rank);
    if (level === undefined) break;
    shown.push([level.price, level.quantity]);
  }
  return shown;
}
