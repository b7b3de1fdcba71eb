import { z } from 'zod';
import { decimal, idOrNull, info, optional, timeMs, wordOf } from './fields.js';

/** What ccxt makes of an exchange's answers and events about an account. What is not named here survives as it came. */

export const orderStatus = wordOf(['open', 'closed', 'canceled', 'expired', 'rejected']);
export type CcxtOrderStatus = z.output<typeof orderStatus>;

/** An order. Answers to requests often have no more than its id. */
export const order = z.looseObject({
  id: idOrNull,
  clientOrderId: idOrNull,
  symbol: optional(z.string()),
  status: optional(orderStatus),
  side: optional(z.enum(['buy', 'sell'])),
  type: optional(z.string()),
  price: optional(decimal),
  amount: optional(decimal),
  filled: optional(decimal),
  timestamp: optional(timeMs),
  lastUpdateTimestamp: optional(timeMs),
  info,
});
export type Order = z.output<typeof order>;
export const orders = z.array(order);

const fee = z.looseObject({
  cost: optional(z.union([z.string(), z.number()])),
  currency: optional(z.string()),
});

export const trade = z.looseObject({
  id: z.union([z.string().min(1), z.int()]).transform(String),
  order: idOrNull,
  symbol: optional(z.string()),
  side: z.enum(['buy', 'sell']),
  price: decimal,
  amount: decimal,
  timestamp: timeMs,
  takerOrMaker: optional(wordOf(['taker', 'maker'])),
  fee: optional(fee),
  fees: optional(z.array(fee)),
  info,
});
export type Trade = z.output<typeof trade>;
export const trades = z.array(trade);

export const positions = z.array(
  z.looseObject({
    symbol: z.string(),
    side: optional(wordOf(['long', 'short'])),
    contracts: optional(decimal),
    entryPrice: optional(z.union([z.string(), z.number()])),
    info,
  }),
);
export type Position = z.output<typeof positions>[number];

/** By currency, what the account has of it. */
export const balance = z.looseObject({ total: z.record(z.string(), optional(decimal).catch(null)), info });
export type Balance = z.output<typeof balance>;

export const positionMode = z.looseObject({ hedged: z.boolean() });

export const fundings = z.array(
  z.looseObject({ id: idOrNull, symbol: optional(z.string()), timestamp: timeMs }),
);

export const fundingRates = z.array(
  z.looseObject({ symbol: optional(z.string()), timestamp: timeMs, fundingRate: decimal, info }),
);
