import { decimalText, id, side, timeMs, tradeId, wordOf } from '@bowline/exchange-binance-common';
import { z } from 'zod';

/** Answers of the REST API. Fields that are not named here survive as they came. */

export const orderStatus = wordOf([
  'NEW',
  'PENDING_NEW',
  'PARTIALLY_FILLED',
  'FILLED',
  'CANCELED',
  'PENDING_CANCEL',
  'REJECTED',
  'EXPIRED',
  'EXPIRED_IN_MATCH',
]);
export type SpotOrderStatus = z.output<typeof orderStatus>;

/** POST /api/v3/order, whatever kind of answer was asked for. */
export const placed = z.looseObject({
  symbol: z.string(),
  orderId: id,
  clientOrderId: z.string(),
  transactTime: timeMs,
});

/** DELETE /api/v3/order: `clientOrderId` is that of the cancel. */
export const canceled = z.looseObject({
  symbol: z.string(),
  orderId: id,
  origClientOrderId: z.string(),
  origQty: decimalText,
  executedQty: decimalText,
  status: orderStatus,
  transactTime: timeMs,
});

/** GET /api/v3/order. */
export const order = z.looseObject({
  symbol: z.string(),
  orderId: id,
  clientOrderId: z.string(),
  price: decimalText,
  stopPrice: decimalText.optional(),
  origQty: decimalText,
  executedQty: decimalText,
  status: orderStatus,
  type: z.string(),
  side,
});
export type Order = z.output<typeof order>;

/** GET /api/v3/openOrders, /api/v3/allOrders. */
export const orders = z.array(order);

/** GET /api/v3/myTrades. */
export const myTrades = z.array(
  z.looseObject({
    symbol: z.string(),
    id: tradeId,
    orderId: id,
    price: decimalText,
    qty: decimalText,
    commission: decimalText,
    commissionAsset: z.string(),
    time: timeMs,
    isBuyer: z.boolean(),
    isMaker: z.boolean(),
  }),
);
export type MyTrade = z.output<typeof myTrades>[number];

/** GET /api/v3/account. */
export const account = z.looseObject({
  canTrade: z.boolean(),
  balances: z.array(z.looseObject({ asset: z.string(), free: decimalText, locked: decimalText })),
});
export type Balance = z.output<typeof account>['balances'][number];
