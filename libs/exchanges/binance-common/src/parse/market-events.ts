import type { Decimal, TimeMs } from '@bowline/domain';
import { z } from 'zod';
import { decimalText, timeMs, tradeId, type Raw } from './fields.js';

const level = z.tuple([decimalText, decimalText]).transform(([price, quantity]) => ({ price, quantity }));
export type BookLevel = z.output<typeof level>;
export const levels = z.array(level);

export const aggTrade = z
  .looseObject({
    E: timeMs,
    s: z.string(),
    a: tradeId,
    p: decimalText,
    q: decimalText,
    T: timeMs,
    m: z.boolean(),
  })
  .transform((raw) => ({
    type: 'agg_trade' as const,
    raw: raw as Raw,
    symbol: raw.s,
    id: raw.a,
    price: raw.p,
    quantity: raw.q,
    at: raw.T,
    buyerIsMaker: raw.m,
  }));

export const trade = z
  .looseObject({ s: z.string(), t: tradeId, p: decimalText, q: decimalText, T: timeMs, m: z.boolean() })
  .transform((raw) => ({
    type: 'trade' as const,
    raw: raw as Raw,
    symbol: raw.s,
    id: raw.t,
    price: raw.p,
    quantity: raw.q,
    at: raw.T,
    buyerIsMaker: raw.m,
  }));

export const kline = z
  .looseObject({
    s: z.string(),
    k: z.looseObject({
      t: timeMs,
      T: timeMs,
      i: z.string(),
      o: decimalText,
      h: decimalText,
      l: decimalText,
      c: decimalText,
      x: z.boolean(),
    }),
  })
  .transform((raw) => ({
    type: 'kline' as const,
    raw: raw as Raw,
    symbol: raw.s,
    openTime: raw.k.t,
    closeTime: raw.k.T,
    interval: raw.k.i,
    open: raw.k.o,
    high: raw.k.h,
    low: raw.k.l,
    close: raw.k.c,
    closed: raw.k.x,
  }));

/**
 * What a feed makes use of, as it is told by each product in its own way.
 `at` is null where the exchange does not say when.
 */
export type MarketNews =
  | z.output<typeof aggTrade>
  | z.output<typeof kline>
  | {
      readonly type: 'book_ticker';
      readonly symbol: string;
      readonly bid: Decimal;
      readonly bidQty: Decimal;
      readonly ask: Decimal;
      readonly askQty: Decimal;
      readonly at: TimeMs | null;
    }
  | {
      readonly type: 'depth';
      readonly symbol: string;
      readonly bids: readonly BookLevel[];
      readonly asks: readonly BookLevel[];
      readonly at: TimeMs | null;
    };

/** The event itself: combined streams put it into an envelope with the stream's name. */
export function unwrapped(value: unknown): unknown {
  const isEnvelope = typeof value === 'object' && value !== null && 'stream' in value && 'data' in value;
  return isEnvelope ? value.data : value;
}
