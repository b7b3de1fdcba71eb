import { z } from 'zod';
import { decimalText, timeMs, tradeId } from './fields.js';

/** Answers of the REST APIs that are the same whatever the product. Fields that are not named here survive as they came. */

export const serverTime = z.looseObject({ serverTime: timeMs });

/** GET klines: open time, open, high, low, close, volume, close time, and more. */
export const klines = z.array(
  z
    .tuple([timeMs, decimalText, decimalText, decimalText, decimalText, decimalText, timeMs], z.unknown())
    .transform(([openTime, open, high, low, close, _volume, closeTime]) => ({
      openTime,
      open,
      high,
      low,
      close,
      closeTime,
    })),
);
export type Kline = z.output<typeof klines>[number];

/** GET aggTrades. */
export const aggTrades = z.array(z.looseObject({ a: tradeId, p: decimalText, q: decimalText, T: timeMs }));

/** What an error says. */
export const refusal = z.looseObject({ code: z.int(), msg: z.string() });

/** GET /sapi/v1/account/apiRestrictions, at the spot host whatever the product. */
export const apiRestrictions = z.looseObject({
  ipRestrict: z.boolean(),
  enableReading: z.boolean(),
  enableWithdrawals: z.boolean(),
  enableFutures: z.boolean(),
  enableSpotAndMarginTrading: z.boolean().optional(),
});
