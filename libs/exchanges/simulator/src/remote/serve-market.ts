import type { Duplex } from 'node:stream';
import type { TimeMs } from '@bowline/domain';
import { JsonLines } from './json-lines.js';
import type { MarketHub } from './market-hub.js';
import type { MarketReader } from './market-reader.js';
import type { LineWord, MarketWord, ReaderWord } from './protocol.js';

/** What a reader of a market has asked for. */
export interface AskedMarket {
  readonly symbols: readonly string[];
  /** Of each symbol, the last candles that come first. */
  readonly bars: number;
  /** Order books as well. */
  readonly depth: boolean;
}

export interface ServedMarket extends AskedMarket {
  readonly hub: MarketHub;
  /** The exchange's time now. */
  readonly at: TimeMs;
  /** Nothing comes or goes any more. */
  readonly onClosed: (reason: string) => void;
}

const DEFAULT_BARS = 0;

/** Why somebody cannot have what was asked for: the status of the HTTP answer, and what it says. */
export interface RefusedMarket {
  readonly status: 400 | 404;
  readonly detail: string;
}

/** What the query of a path (`marketPath`) asks for. @param listed every symbol of the exchange */
export function askedMarket(
  query: URLSearchParams,
  exchange: string,
  listed: readonly string[],
): AskedMarket | RefusedMarket {
  const symbols = (query.get('symbols') ?? listed.join(',')).split(',');
  const missing = symbols.find((symbol) => !listed.includes(symbol));
  if (missing !== undefined) {
    const detail = `${exchange} has no market ${missing}: it has ${listed.join(', ')}`;
    return { status: 404, detail };
  }
  const bars = Number(query.get('bars') ?? DEFAULT_BARS);
  if (!Number.isInteger(bars) || bars < 0) {
    const detail = `bars must be a whole number from 0, got ${JSON.stringify(query.get('bars'))}`;
    return { status: 400, detail };
  }
  return { symbols, bars, depth: query.get('depth') === 'true' };
}

/** Speaks to a reader of a market, on a line that stands: `welcome`, and then a `market` for each `next`. */
export function serveMarket(socket: Duplex, head: Buffer, market: ServedMarket): JsonLines {
  const { at, bars, depth, hub, onClosed, symbols } = market;
  let reader: MarketReader | null = null;
  const lines: JsonLines = new JsonLines(socket, {
    onValue: (value) => {
      if (!isReaderWord(value)) return lines.refuse('expected {"type":"next"} or {"type":"ping"}');
      switch (value.type) {
        case 'next':
          return reader?.next();
        case 'ping':
          return lines.send({ type: 'pong' } satisfies LineWord);
        case 'refused':
          return lines.destroy(value.detail);
      }
    },
    onClosed: (reason) => {
      if (reader !== null) hub.leave(reader);
      onClosed(reason);
    },
  });
  lines.send({ type: 'welcome', at } satisfies MarketWord);
  reader = hub.read(symbols, bars, depth, (closed, updates, depths) => {
    const books = depths.length === 0 ? {} : { depths };
    lines.send({ type: 'market', bars: closed, updates, ...books } satisfies MarketWord);
  });
  lines.take(head);
  return lines;
}

function isReaderWord(value: unknown): value is ReaderWord | Exclude<LineWord, { type: 'pong' }> {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false;
  const { type } = value;
  if (type === 'refused') return 'detail' in value && typeof value.detail === 'string';
  return Object.keys(value).length === 1 && (type === 'next' || type === 'ping');
}
