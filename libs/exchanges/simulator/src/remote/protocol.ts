import type { TimeMs } from '@bowline/domain';
import type { BarClosed, ExchangeReport, ExchangeRequest, MarketDepth, MarketUpdate } from '@bowline/ports';
import { SIMULATED_CAPABILITIES } from '../capabilities.js';

/**
 * The exchange simulator's protocol. A line is an HTTP request that is upgraded; then both sides speak JSON, one object a
 * line (bigints as in `encodeJson`). Who must not have a line is told by the status and problem of the HTTP answer: 401 the
 * token or the account, 404 no such exchange or market, 426 another version, 503 not now.
 */
export const PROTOCOL = 'bowline-exchange/1';

/** What an account can expect of the exchange: a part of the protocol's version. */
export const REMOTE_CAPABILITIES = SIMULATED_CAPABILITIES;

/** Bytes of a line, its end not counted; whoever gets a longer one breaks it off. */
export const LONGEST_LINE = 1 << 20;

/** Said by both sides of a line, about the line. */
export type LineWord =
  /** From the side that has dialed: is anybody there? Answered by `pong`. */
  | { readonly type: 'ping' }
  | { readonly type: 'pong' }
  /** The line ends here, because of what the other side has said. */
  | { readonly type: 'refused'; readonly detail: string };

/** An account to the exchange. */
export interface AccountWord {
  readonly type: 'request';
  /** Of the sender's own counting; the report that answers it carries it. */
  readonly number: number;
  readonly request: ExchangeRequest;
}

/** The exchange to an account, first `welcome`. */
export type ExchangeWord =
  | {
      readonly type: 'welcome';
      /** Number of the account's last report, whoever has heard it. */
      readonly sequence: number;
      /** The exchange's time. */
      readonly at: TimeMs;
    }
  | {
      readonly type: 'report';
      /** One more than that of the report before: every line of an account has all of them. */
      readonly sequence: number;
      /** The request of this line that it answers; null: none. */
      readonly answers: number | null;
      readonly report: ExchangeReport;
    };

/** A reader of a market to the exchange: it has dealt with what it got, and takes more. */
export interface ReaderWord {
  readonly type: 'next';
}

/**
 * The exchange to a reader of a market, first `welcome`. One `market` waits for each `next` (the first for none): whoever
 * reads slowly gets less, and each symbol's newest price with the high and low since its last.
 */
export type MarketWord =
  | { readonly type: 'welcome'; readonly at: TimeMs }
  | {
      readonly type: 'market';
      /** Candles that are over, oldest first. */
      readonly bars: readonly BarClosed[];
      readonly updates: readonly MarketUpdate[];
      /** The newest order books, for readers that have asked for them. Absent: none is new. */
      readonly depths?: readonly MarketDepth[];
    };

/** Where an account has its line. */
export function accountPath(exchange: string, account: string): string {
  return `/v1/exchanges/${encodeURIComponent(exchange)}/accounts/${encodeURIComponent(account)}/stream`;
}

/**
 * Where the market of these symbols is read.
 *
 * @param bars of each symbol, the last candles that come first
 * @param depth whether order books are told as well, as far as they are known
 */
export function marketPath(
  exchange: string,
  symbols: readonly string[],
  bars: number,
  depth: boolean,
): string {
  const query = new URLSearchParams({
    symbols: symbols.join(','),
    bars: String(bars),
    ...(depth ? { depth: 'true' } : {}),
  });
  return `/v1/exchanges/${encodeURIComponent(exchange)}/market/stream?${query.toString()}`;
}
