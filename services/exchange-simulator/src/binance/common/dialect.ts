import type { TimeMs } from '@bowline/domain';
import type { CarriedOut } from '@bowline/exchange-simulator';
import type { WebSocket } from 'ws';
import type { Credentials } from './credentials.js';
import type { ListenKeys } from './listen-keys.js';
import type { Parameters } from './parameters.js';
import type { RequestKind, Route } from './route.js';
import type { Timers } from './timers.js';
import type { Usage } from './usage.js';
import type { UserStreams } from './user-streams.js';

/** Whoever tells the public of the market over WebSockets. */
export interface PublicStreams {
  /**
   * Speaks on a line that stands.
   *
   * @param streams what was asked for with the line: `btcusdt@aggTrade`
   * @param isCombined events come wrapped: `{"stream":NAME,"data":EVENT}`
   * @param enter does something at its time: what comes from a line comes from outside
   */
  accept(
    socket: WebSocket,
    streams: readonly string[],
    isCombined: boolean,
    enter: (act: () => void) => void,
  ): void;
}

/** An exchange's own language: what can be asked, who may ask, what accounts are told. */
export interface Dialect {
  readonly routes: readonly Route[];
  readonly credentials: Credentials;
  readonly usage: Usage;
  readonly keys: ListenKeys;
  readonly users: UserStreams;
  readonly market: PublicStreams | null;
  readonly timers: Timers;
  /** The routes by what they are called on a line of requests (`order.place`); null: there is no such line. */
  readonly methods: ReadonlyMap<string, Pick<Route, 'method' | 'path'>> | null;
  /** Hears of everything that the exchange carries out; first what its log holds. */
  onCarriedOut(carriedOut: CarriedOut): void;
  /** The order that a request is about; null: none by name. */
  clientOrderIdOf(params: Parameters): string | null;
  /** Answers as if an order were canceled, and lets it fill. Null where the request names none that rests. */
  cancelThenFill(account: string, params: Parameters): unknown;
  /** The exchange's time as it tells it. */
  told(at: TimeMs): TimeMs;
}

/** What goes wrong with a request. */
export type RequestTrouble =
  /** It never arrives. */
  | { readonly fault: 'request_lost' }
  /** It is carried out, and the line breaks before the answer. */
  | { readonly fault: 'reply_lost' }
  /** It is carried out, and the answer never comes. */
  | { readonly fault: 'timed_out' }
  | { readonly fault: 'late'; readonly lateMs: number }
  /** The answer takes so much longer. */
  | { readonly fault: 'slow'; readonly delayMs: number }
  | {
      readonly fault: 'error_reply';
      readonly status: number;
      /** Null: no words at all, as from a proxy in between. */
      readonly code: number | null;
      readonly executed: boolean;
      readonly retryAfterMs: number | null;
    }
  | { readonly fault: 'cancel_then_fill' };

/** What goes wrong at the exchange, by order. */
export interface DialectFaults {
  troubleOf(account: string | null, kind: RequestKind, clientOrderId: string | null): RequestTrouble | null;
  /** Nobody gets anything but 503. */
  isInMaintenance(now: TimeMs): boolean;
  /** Nobody is let into the account's streams. */
  isAway(account: string, now: TimeMs): boolean;
}
