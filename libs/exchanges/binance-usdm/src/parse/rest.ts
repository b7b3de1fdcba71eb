import { decimalText, flag, id, idOrNull, side, timeMs, tradeId } from '@bowline/exchange-binance-common';
import { z } from 'zod';
import { algoStatus, orderStatus, positionSide } from './fields.js';

/** Answers of the REST API. Fields that are not named here survive as they came. */

/** POST, GET, PUT, DELETE /fapi/v1/order. */
export const order = z.looseObject({
  orderId: id,
  symbol: z.string(),
  status: orderStatus,
  clientOrderId: z.string(),
  price: decimalText,
  origQty: decimalText,
  executedQty: decimalText,
  side,
  positionSide,
  updateTime: timeMs,
});
export type Order = z.output<typeof order>;

/** POST, GET /fapi/v1/algoOrder. */
export const algoOrder = z.looseObject({
  algoId: id,
  clientAlgoId: z.string(),
  symbol: z.string(),
  side,
  positionSide,
  quantity: decimalText,
  algoStatus,
  triggerPrice: decimalText,
  /** The order in the book that it has become. */
  actualOrderId: idOrNull,
  updateTime: timeMs,
});
export type AlgoOrder = z.output<typeof algoOrder>;
export const algoOrders = z.array(algoOrder);

/** DELETE /fapi/v1/algoOrder. */
export const algoCanceled = z.looseObject({ algoId: id, clientAlgoId: z.string() });

export const openOrders = z.array(order);

/** GET /fapi/v1/userTrades. */
export const userTrade = z.looseObject({
  id: tradeId,
  orderId: id,
  symbol: z.string(),
  side,
  positionSide,
  price: decimalText,
  qty: decimalText,
  commission: decimalText,
  commissionAsset: z.string(),
  maker: z.boolean(),
  time: timeMs,
});
export type UserTrade = z.output<typeof userTrade>;
export const userTrades = z.array(userTrade);

/** GET /fapi/v2/account. */
export const account = z.looseObject({
  canTrade: z.boolean(),
  canWithdraw: z.boolean(),
  multiAssetsMargin: z.boolean().optional(),
  assets: z.array(
    z.looseObject({ asset: z.string(), walletBalance: decimalText, availableBalance: decimalText }),
  ),
});

/** GET /fapi/v3/balance. */
export const balances = z.array(
  z.looseObject({ asset: z.string(), balance: decimalText, updateTime: timeMs.optional() }),
);

/** GET /fapi/v3/positionRisk. */
export const positionRisk = z.array(
  z.looseObject({
    symbol: z.string(),
    positionSide,
    positionAmt: decimalText,
    entryPrice: decimalText,
    updateTime: timeMs,
  }),
);
export type PositionRisk = z.output<typeof positionRisk>;

/** GET /fapi/v1/positionSide/dual. */
export const positionMode = z.looseObject({ dualSidePosition: flag });

export const listenKey = z.looseObject({ listenKey: z.string().min(1) });

/** GET /fapi/v1/income. */
export const incomes = z.array(
  z.looseObject({
    symbol: z.string(),
    incomeType: z.string(),
    income: decimalText,
    asset: z.string(),
    time: timeMs,
    tranId: id,
  }),
);

/** GET /fapi/v1/fundingRate. */
export const fundingRates = z.array(
  z.looseObject({
    symbol: z.string(),
    fundingRate: decimalText,
    fundingTime: timeMs,
    /** Empty for instants of before 2023-10-31. */
    markPrice: z.union([z.literal('').transform(() => null), decimalText]),
  }),
);
