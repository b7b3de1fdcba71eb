import { z } from 'zod';
import {
  closeReason,
  name,
  orderKey,
  positionSide,
  safeInteger,
  side,
  timeMs,
  tradeId,
} from './domain-shapes.js';

/** What `positions` shows of a channel: ticks, lots, cash of the channel's instrument. */
const pairStatusShape = z.enum([
  'pending',
  'arming',
  'active',
  'resolving',
  'closed',
  'degraded',
  'suspended',
]);
const legStatusShape = z.enum([
  'intent',
  'sent',
  'working',
  'partially_filled',
  'filled',
  'cancel_pending',
  'canceled',
  'rejected',
  'expired',
  'unknown',
  'watched',
]);

const legView = z.strictObject({
  price: safeInteger,
  status: legStatusShape.nullable(),
  clientOrderId: name.nullable(),
});

export const positionView = z.strictObject({
  strategyPositionId: name,
  strategyId: name,
  side: positionSide,
  /** `opening`: nothing has filled yet. */
  status: z.enum(['opening', 'open', 'closing', 'closed']),
  openQty: safeInteger.nonnegative(),
  /** Sum of own entry price x openQty. */
  cost: z.bigint(),
  enteredQty: safeInteger.nonnegative(),
  entryValue: z.bigint(),
  exitValue: z.bigint(),
  /** Cash; on what is closed so far, before fees. */
  realizedPnl: z.bigint(),
  fees: z.bigint(),
  funding: z.bigint(),
  openedAt: timeMs,
  entryTime: timeMs.nullable(),
  takeProfit: legView.nullable(),
  stopLoss: legView.nullable(),
  /** How its pair is protected. Absent from versions that had one mode for all. */
  protection: z.enum(['native', 'paired', 'guarded', 'synthetic']).default('paired'),
  pairStatus: pairStatusShape,
  closing: closeReason.nullable(),
  /** Since when open quantity has had no stop in force; null: protected, or no stop wanted. */
  unprotectedSince: timeMs.nullable(),
  /** A rule gave up on it; a person has to look. */
  stuck: z.boolean(),
});
export type PositionView = z.output<typeof positionView>;

/** A strategy position that is over. */
export const tradeView = z.strictObject({
  strategyPositionId: name,
  strategyId: name,
  side: positionSide,
  quantity: safeInteger.positive(),
  entryTime: timeMs,
  entryValue: z.bigint(),
  exitTime: timeMs,
  exitValue: z.bigint(),
  closeReason,
  realizedPnl: z.bigint(),
  fees: z.bigint(),
  funding: z.bigint(),
  netPnl: z.bigint(),
  /** The price that the signal acted on. */
  signalPrice: safeInteger.nullable(),
  takeProfitPrice: safeInteger.nullable(),
  stopLossPrice: safeInteger.nullable(),
  /** Every order that filled for it, in order of first fill, and which one closed it. */
  orders: z.array(orderKey),
  exitOrderId: name.nullable(),
});
export type TradeView = z.output<typeof tradeView>;

export const orderView = z.strictObject({
  strategyId: name,
  key: orderKey,
  clientOrderId: name,
  side,
  positionSide,
  orderType: z.enum(['market', 'limit', 'stop_market']),
  timeInForce: z.enum(['GTC', 'IOC', 'FOK', 'GTX']),
  orderQty: safeInteger.positive(),
  limitPrice: safeInteger.nullable(),
  stopPrice: safeInteger.nullable(),
  orderStatus: z.enum([
    'pending_new',
    'new',
    'partially_filled',
    'pending_cancel',
    'pending_replace',
    'unknown',
    'filled',
    'canceled',
    'rejected',
    'expired',
  ]),
  cumQty: safeInteger.nonnegative(),
  cumValue: z.bigint(),
  createdTime: timeMs,
  updatedTime: timeMs,
});
export type OrderView = z.output<typeof orderView>;

export const fillView = z.strictObject({
  strategyId: name,
  key: orderKey,
  clientOrderId: name,
  tradeId,
  side,
  lastQty: safeInteger.positive(),
  lastPx: safeInteger.positive(),
  fee: z.bigint(),
  time: timeMs,
});
export type FillView = z.output<typeof fillView>;

/** Whether the channel's shares add up to what the exchange says. */
export const sharesView = z.strictObject({
  /** Signed lots of all strategies, EXTERNAL, and DUST. */
  sumOfShares: safeInteger,
  external: safeInteger,
  dust: safeInteger,
  /** The exchange's last word that could be compared, and when it said so; null: none yet. */
  exchangeQty: safeInteger.nullable(),
  exchangeAt: timeMs.nullable(),
  /** Sum less exchange at that comparison, at rest. */
  difference: safeInteger,
  frozen: z.boolean(),
  tradingState: z.enum(['ACTIVE', 'REDUCING', 'HALTED']),
});
export type SharesView = z.output<typeof sharesView>;
