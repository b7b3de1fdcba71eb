import {
  aggTrade,
  decimalText,
  kline,
  levels,
  read,
  type MarketNews,
  type Raw,
} from '@bowline/exchange-binance-common';
import { z } from 'zod';

const envelope = z.looseObject({ stream: z.string(), data: z.looseObject({}) });

const bookTicker = z
  .looseObject({ s: z.string(), u: z.int(), b: decimalText, B: decimalText, a: decimalText, A: decimalText })
  .transform((raw) => ({
    type: 'book_ticker' as const,
    raw: raw as Raw,
    symbol: raw.s,
    updateId: raw.u,
    bid: raw.b,
    bidQty: raw.B,
    ask: raw.a,
    askQty: raw.A,
    at: null,
  }));

const bestLevels = z.looseObject({ lastUpdateId: z.int(), bids: levels, asks: levels });

/**
 * What a combined stream of spot says, as far as a feed makes use of it; null: it makes none of this. Book tickers and
 * best levels have no time, and the latter no symbol: that is in the stream's name. Throws a PayloadError.
 */
export function marketNews(value: unknown): MarketNews | null {
  const { data, stream } = read('a message', envelope, value);
  const [name = '', kind = ''] = stream.split('@');
  if (kind === 'aggTrade') return read(stream, aggTrade, data);
  if (kind.startsWith('kline_')) return read(stream, kline, data);
  if (kind === 'bookTicker') return read(stream, bookTicker, data);
  if (/^depth\d+$/.test(kind)) {
    const { asks, bids } = read(stream, bestLevels, data);
    return { type: 'depth', symbol: name.toUpperCase(), bids, asks, at: null };
  }
  return null;
}
