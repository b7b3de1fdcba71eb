import type { RejectReason } from '@bowline/domain';

/**
 * What an error of the exchange means to us:
 * - `unknown`: whether it was executed is not known
 * - `rate`: too much was asked for, wait; `overload`: so, but what only reduces is let through
 * - `clock`: our time is not the exchange's
 * - `not_in_list`: not in the list that was asked; there may be another
 * - `duplicate`: the id is open already, so it was placed before
 * - `position_mode`: one-way or hedge mode is another one than we believe
 * - `access`: the key, its permissions, or the address it is used from
 * - `listen_key`: the user stream's key is over
 * - `unchanged`: the order is already what it was to become
 * - `rejected`: definitely not executed; the reason says more
 */
export type ErrorMeaning =
  | 'unknown'
  | 'rate'
  | 'overload'
  | 'clock'
  | 'not_in_list'
  | 'duplicate'
  | 'position_mode'
  | 'access'
  | 'listen_key'
  | 'unchanged'
  | 'rejected';

export interface KnownError {
  readonly meaning: ErrorMeaning;
  /** What a placement that it answers was rejected for. */
  readonly reason: RejectReason;
}

/**
 * What a code means. Where one code stands for several errors, the documentation tells them apart by their text: those
 * are listed by their very words.
 */
export type ErrorTableEntry =
  KnownError | { readonly texts: ReadonlyMap<string, KnownError>; readonly others: KnownError };

/** What the codes of a product mean; products give some of them different meanings. */
export type ErrorTable = ReadonlyMap<number, ErrorTableEntry>;

const DEFINITE: KnownError = { meaning: 'rejected', reason: 'OTHER' };
const UNKNOWN: KnownError = { meaning: 'unknown', reason: 'OTHER' };
const RATE: KnownError = { meaning: 'rate', reason: 'NOT_SENT' };

/**
 * What an answer that is no success means.
 *
 * @param code of the answer's body; null where it has none
 * @param text of the answer's body
 */
export function errorOf(table: ErrorTable, status: number, code: number | null, text = ''): KnownError {
  const known = code === null ? undefined : table.get(code);
  if (known !== undefined) return 'texts' in known ? (known.texts.get(text) ?? known.others) : known;
  if (status === 429 || status === 418) return RATE;
  // 408: the gateway has given up on what is behind it.
  return status >= 400 && status < 500 && status !== 408 ? DEFINITE : UNKNOWN;
}
