import type { Instrument, TimeMs } from '@bowline/domain';
import type { Clock, ExchangeFact, ExchangeReport, ExchangeRequest, Logger } from '@bowline/ports';
import type { z } from 'zod';
import type { Answer, CallOptions, CcxtSession } from '../ccxt/session.js';
import type { CcxtExchange } from '../ccxt/shape.js';
import type { ExchangeProfile } from '../profiles.js';
import type { Fees } from './fees.js';
import type { KnownOrders } from './known-orders.js';
import type { TradeIds } from './trade-ids.js';

/** An instrument, and what ccxt calls its market. */
export interface Traded {
  readonly instrument: Instrument;
  readonly market: string;
}

/** What all that speaks for one account shares. */
export interface AccountContext {
  readonly exchange: string;
  readonly account: string;
  /** The settlement currency whose balance is told. */
  readonly asset: string;
  readonly hedgeMode: boolean;
  /** After so long a request is not executed any more. */
  readonly recvWindowMs: number;
  /** What "all trades" goes back to where an exchange is asked by time, ms. */
  readonly historyMs: number;
  /** By our symbol. */
  readonly traded: ReadonlyMap<string, Traded>;
  /** By ccxt's. */
  readonly byMarket: ReadonlyMap<string, Traded>;
  readonly session: CcxtSession;
  readonly profile: ExchangeProfile;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly known: KnownOrders;
  readonly tradeIds: TradeIds;
  readonly fees: Fees;
  /** By symbol, the last trade that the stream has told. */
  readonly lastTradeIds: Map<string, number>;
  /** Says a fact under the exchange's own id, at its time. */
  tell(report: ExchangeReport): void;
  /** Says what has no id of the exchange's: an answer, at our time where `at` is left out. */
  say(fact: ExchangeFact, at?: TimeMs): void;
  /** Something was missed: whoever listens is to ask for all. */
  missed(why: string): void;
}

export type Failure = Exclude<Answer<unknown>, { kind: 'ok' }>;

/** Calls a function of ccxt for a request of ours. */
export function ask<S extends z.ZodType>(
  { session }: AccountContext,
  request: ExchangeRequest['type'],
  what: string,
  schema: S,
  call: (exchange: CcxtExchange) => Promise<unknown>,
  options: Pick<CallOptions, 'deadline' | 'headers'> = {},
): Promise<Answer<z.output<S>>> {
  const weigh = (weight: number): void => session.pace.learn(request, weight);
  return session.call(what, schema, call, { ...options, weigh });
}

/** The instrument of a request. Throws a RangeError: nobody may ask for one that the client was not made with. */
export function tradedOf({ account, exchange, traded }: AccountContext, symbol: string): Traded {
  const found = traded.get(symbol);
  if (found !== undefined) return found;
  const all = [...traded.keys()].join(', ');
  throw new RangeError(
    `${account} does not trade ${symbol} at ${exchange}, only ${all}: add it to the instruments`,
  );
}

/** What the exchange gets as our id. */
export function sentId({ known, profile }: AccountContext, clientOrderId: string): string {
  const sent = profile.clientOrderId.sent?.(clientOrderId) ?? clientOrderId;
  if (sent !== clientOrderId) known.calls(sent, clientOrderId);
  return sent;
}

export function sayUnknown(context: AccountContext, request: ExchangeRequest): void {
  const { symbol, type } = request;
  const clientOrderId = type === 'query_position' ? null : request.clientOrderId;
  context.say({ type: 'request_unknown', request: type, symbol, clientOrderId });
}

/** Where the exchange speaks of the position mode, it is another one than we believe. */
export function noteMode(context: AccountContext, failure: Failure): void {
  if (failure.kind !== 'refused' || failure.meaning !== 'position_mode') return;
  context.say({ type: 'account_changed', what: 'position_mode', symbol: null, detail: failure.message });
}

/** People want to know the exchange's own words; the port has none for them. */
export function complain(
  { account, logger }: AccountContext,
  { clientOrderId, symbol, type }: Exclude<ExchangeRequest, { type: 'query_position' }>,
  { message }: Failure,
): void {
  logger.warn(
    { account, symbol, clientOrderId, request: type, reason: message },
    'the exchange has refused a request',
  );
}
