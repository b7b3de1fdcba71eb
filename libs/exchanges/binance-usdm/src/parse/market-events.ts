import {
  aggTrade,
  decimalText,
  kline,
  levels,
  read,
  side,
  timeMs,
  trade,
  unwrapped,
  type MarketNews,
  type Raw,
} from '@bowline/exchange-binance-common';
import { z } from 'zod';

const bookTicker = z
  .looseObject({
    s: z.string(),
    u: z.int(),
    b: decimalText,
    B: decimalText,
    a: decimalText,
    A: decimalText,
    T: timeMs,
  })
  .transform((raw) => ({
    type: 'book_ticker' as const,
    raw: raw as Raw,
    symbol: raw.s,
    updateId: raw.u,
    bid: raw.b,
    bidQty: raw.B,
    ask: raw.a,
    askQty: raw.A,
    at: raw.T,
  }));

const depthUpdate = z
  .looseObject({ s: z.string(), U: z.int(), u: z.int(), pu: z.int(), b: levels, a: levels, T: timeMs })
  .transform((raw) => ({
    type: 'depth' as const,
    raw: raw as Raw,
    symbol: raw.s,
    firstUpdateId: raw.U,
    lastUpdateId: raw.u,
    previousUpdateId: raw.pu,
    bids: raw.b,
    asks: raw.a,
    at: raw.T,
  }));

const markPrice = z
  .looseObject({
    E: timeMs,
    s: z.string(),
    p: decimalText,
    r: z.union([z.literal('').transform(() => null), decimalText]),
    T: timeMs,
  })
  .transform((raw) => ({
    type: 'mark_price' as const,
    raw: raw as Raw,
    symbol: raw.s,
    price: raw.p,
    /** Null for contracts that have none. */
    fundingRate: raw.r,
    nextFundingAt: raw.T,
    at: raw.E,
  }));

const forceOrder = z
  .looseObject({
    E: timeMs,
    o: z.looseObject({ s: z.string(), S: side, q: decimalText, ap: decimalText, T: timeMs }),
  })
  .transform((raw) => ({
    type: 'force_order' as const,
    raw: raw as Raw,
    symbol: raw.o.s,
    side: raw.o.S,
    quantity: raw.o.q,
    averagePrice: raw.o.ap,
    at: raw.o.T,
  }));

const EVENTS = {
  aggTrade,
  trade,
  bookTicker,
  depthUpdate,
  kline,
  markPriceUpdate: markPrice,
  forceOrder,
} as const;

export type MarketEvent =
  | z.output<(typeof EVENTS)[keyof typeof EVENTS]>
  | { readonly type: 'unknown'; readonly name: string; readonly raw: Raw };

const named = z.looseObject({ e: z.string() });

/** An event of a market stream. Throws a PayloadError where an event that is known has another shape. */
export function marketEvent(value: unknown): MarketEvent {
  const raw = read('an event', named, value);
  if (!Object.hasOwn(EVENTS, raw.e)) return { type: 'unknown', name: raw.e, raw };
  return read(raw.e, EVENTS[raw.e as keyof typeof EVENTS], raw);
}

/** What a feed makes use of; null: it makes none of this. Throws a PayloadError. */
export function marketNews(value: unknown): MarketNews | null {
  const event = marketEvent(unwrapped(value));
  switch (event.type) {
    case 'agg_trade':
    case 'book_ticker':
    case 'depth':
    case 'kline':
      return event;
    default:
      return null;
  }
}
