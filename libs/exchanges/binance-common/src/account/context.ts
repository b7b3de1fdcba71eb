import type { Instrument, TimeMs } from '@bowline/domain';
import type { Clock, ExchangeFact, ExchangeReport, ExchangeRequest, Logger } from '@bowline/ports';
import type { Answer, BinanceRest } from '../http/rest.js';

/** What all that speaks for one account shares. */
export interface BinanceContext {
  readonly account: string;
  /** The settlement currency whose balance is told. */
  readonly asset: string;
  readonly recvWindowMs: number;
  readonly instruments: ReadonlyMap<string, Instrument>;
  readonly rest: BinanceRest;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Says a fact under the exchange's own id, at its time. */
  tell(report: ExchangeReport): void;
  /** Says what has no id of the exchange's: an answer, at our time where `at` is left out. */
  say(fact: ExchangeFact, at?: TimeMs): void;
  /** Something was missed: whoever listens is to ask for all. */
  missed(why: string): void;
}

export type Failure = Exclude<Answer<unknown>, { kind: 'ok' }>;

/** The instrument of a request. Throws a RangeError: nobody may ask for one that the client was not made with. */
export function instrumentOf({ account, instruments }: BinanceContext, symbol: string): Instrument {
  const instrument = instruments.get(symbol);
  if (instrument === undefined) {
    const known = [...instruments.keys()].join(', ');
    throw new RangeError(
      `${account} does not trade ${symbol} at Binance, only ${known}: add it to the instruments`,
    );
  }
  return instrument;
}

export function sayUnknown(context: BinanceContext, request: ExchangeRequest): void {
  const { symbol, type } = request;
  const clientOrderId = type === 'query_position' ? null : request.clientOrderId;
  context.say({ type: 'request_unknown', request: type, symbol, clientOrderId });
}

/** People want to know the exchange's own words; the port has none for them. */
export function complain(
  { account, logger }: BinanceContext,
  { clientOrderId, symbol, type }: Exclude<ExchangeRequest, { type: 'query_position' }>,
  failure: Failure,
): void {
  const { message } = failure;
  const code = failure.kind === 'refused' ? failure.code : null;
  logger.warn(
    { account, symbol, clientOrderId, request: type, code, reason: message },
    'the exchange has refused a request',
  );
}
