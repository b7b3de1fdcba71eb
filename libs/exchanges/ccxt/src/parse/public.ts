import { z } from 'zod';
import { decimal, optional, timeMs } from './fields.js';

/** What ccxt makes of public data. */

/** Open time, open, high, low, close, volume. */
export const candles = z.array(
  z
    .tuple([timeMs, decimal, decimal, decimal, decimal], z.unknown())
    .transform(([openTime, open, high, low, close]) => ({ openTime, open, high, low, close })),
);
export type Candle = z.output<typeof candles>[number];

export const publicTrades = z.array(
  z.looseObject({
    id: optional(z.union([z.string(), z.int()])).transform((id) => (id === null ? null : String(id))),
    price: decimal,
    amount: decimal,
    timestamp: timeMs,
  }),
);
export type PublicTrade = z.output<typeof publicTrades>[number];

export const ticker = z.looseObject({
  timestamp: optional(timeMs),
  bid: optional(decimal),
  ask: optional(decimal),
  bidVolume: optional(decimal),
  askVolume: optional(decimal),
});
export type Ticker = z.output<typeof ticker>;

const level = z.tuple([decimal, decimal], z.unknown());

export const book = z.looseObject({
  timestamp: optional(timeMs),
  bids: z.array(level),
  asks: z.array(level),
});
