import type { RejectReason } from '@bowline/domain';

/**
 * What an error of ccxt means to us:
 * - `unknown`: whether it was executed is not known
 * - `rate`: too much was asked for, wait
 * - `clock`: our time is not the exchange's
 * - `not_found`: no such order in the list that was asked
 * - `duplicate`: the id is taken, so it was placed before
 * - `position_mode`: one-way or hedge mode is another one than we believe
 * - `access`: the key, its permissions, or the place from which it is used
 * - `unchanged`: the order is already what it was to become
 * - `rejected`: definitely not executed; the reason says more
 */
export type ErrorMeaning =
  | 'unknown'
  | 'rate'
  | 'clock'
  | 'not_found'
  | 'duplicate'
  | 'position_mode'
  | 'access'
  | 'unchanged'
  | 'rejected';

export interface KnownError {
  readonly meaning: ErrorMeaning;
  /** What a placement that it answers was rejected for. */
  readonly reason: RejectReason;
}

const known = (meaning: ErrorMeaning, reason: RejectReason = 'OTHER'): KnownError => ({ meaning, reason });

/**
 * By the name of the class, the nearest of its ancestors first. Source: ccxt's errorHierarchy; its `OperationFailed`
 * are those after which nobody knows, its `ExchangeError` those that the exchange has answered.
 */
const CLASSES: ReadonlyMap<string, KnownError> = new Map<string, KnownError>([
  ['AuthenticationError', known('access')],
  ['RestrictedLocation', known('access')],
  ['RateLimitExceeded', known('rate', 'NOT_SENT')],
  ['DDoSProtection', known('rate', 'NOT_SENT')],
  ['ChecksumError', known('unknown')],
  ['InvalidNonce', known('clock', 'NOT_SENT')],
  ['OrderNotFound', known('not_found')],
  ['OrderNotCached', known('not_found')],
  ['DuplicateOrderId', known('duplicate')],
  ['NoChange', known('unchanged')],
  ['InsufficientFunds', known('rejected', 'INSUFFICIENT_MARGIN')],
  ['OrderImmediatelyFillable', known('rejected', 'WOULD_TRIGGER')],
  ['MarketClosed', known('rejected', 'NOT_TRADING')],
  ['ContractUnavailable', known('rejected', 'NOT_TRADING')],
  ['BadSymbol', known('rejected', 'NOT_TRADING')],
  // We have closed it: nobody waits for an answer any more.
  ['ExchangeClosedByUser', known('unknown')],
  ['ExchangeError', known('rejected')],
  // NetworkError, RequestTimeout, ExchangeNotAvailable, OnMaintenance, BadResponse, NullResponse, CancelPending.
  ['OperationFailed', known('unknown')],
]);

const UNKNOWN = known('unknown');

/** What an error means by its class. One that is no error of ccxt is `unknown`. */
export function errorOfClass(error: unknown): KnownError {
  for (
    let proto: unknown = error;
    proto !== null && proto !== undefined;
    proto = Object.getPrototypeOf(proto)
  ) {
    const { name } = (proto as { readonly constructor: { readonly name: string } }).constructor;
    const found = CLASSES.get(name);
    if (found !== undefined) return found;
  }
  return UNKNOWN;
}

/** What is known of one request over HTTP: the exchange's answer, or that there was none. */
export type RequestOutcome = 'not_sent' | 'lost' | { readonly status: number; readonly code: string | null };

/**
 * What an error means, by what is known of the request that it is about.
 *
 * @param codes the meanings of the exchange's own codes, which go before ccxt's classes
 * @param last of the requests that were made; undefined: there was none
 */
export function errorOf(
  error: unknown,
  codes: ReadonlyMap<string, KnownError>,
  last: RequestOutcome | undefined,
): KnownError | 'not_sent' {
  const byClass = errorOfClass(error);
  // Nothing has left: either ccxt would not send it, or it could not.
  if (last === undefined) return byClass.meaning === 'unknown' ? 'not_sent' : byClass;
  if (last === 'not_sent') return 'not_sent';
  if (last === 'lost') return UNKNOWN;
  const byCode = last.code === null ? undefined : codes.get(last.code);
  if (byCode !== undefined) return byCode;
  if (byClass.meaning === 'rate') return byClass;
  // 408: the gateway has given up on what is behind it. Whatever the body says, 5xx says nothing of the order.
  if (last.status >= 500 || last.status === 408) return UNKNOWN;
  if (last.status === 429 || last.status === 418) return known('rate', 'NOT_SENT');
  return byClass;
}

/** What an error says, for people: addresses without their queries, in which there are keys and signatures. */
export function wordsOf(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return words.replace(/((?:https?|wss?):\/\/[^\s?]+)\?\S*/g, '$1');
}
