import type { ErrorTable, ErrorTableEntry, KnownError } from '@bowline/exchange-binance-common';

const OTHER: KnownError = { meaning: 'rejected', reason: 'OTHER' };
const CAPACITY: KnownError = { meaning: 'rejected', reason: 'CAPACITY' };
const NOT_TRADING: KnownError = { meaning: 'rejected', reason: 'NOT_TRADING' };
const OUT_OF_RANGE: KnownError = { meaning: 'rejected', reason: 'PRICE_OUT_OF_RANGE' };
const TOO_SMALL: KnownError = { meaning: 'rejected', reason: 'BELOW_MINIMUM' };

/**
 * Not those of the futures: -2021 and -2022 are about cancel-and-replace here.
 * Source: the error codes of Binance's spot documentation, 2026-01. Of what the matching engine refuses (-2010) and of
 * filters (-1013) it gives the texts, for nothing else tells one such error from another.
 */
export const SPOT_ERRORS: ErrorTable = new Map<number, ErrorTableEntry>([
  // Nothing is known of what became of it.
  [-1000, { meaning: 'unknown', reason: 'OTHER' }],
  [-1001, { meaning: 'unknown', reason: 'OTHER' }],
  [-1006, { meaning: 'unknown', reason: 'OTHER' }],
  [-1007, { meaning: 'unknown', reason: 'OTHER' }],
  // Too much. Nothing is spared that closes: spot knows of no positions.
  [-1003, { meaning: 'rate', reason: 'NOT_SENT' }],
  [-1008, { meaning: 'rate', reason: 'NOT_SENT' }],
  [-1015, { meaning: 'rate', reason: 'NOT_SENT' }],
  [-1021, { meaning: 'clock', reason: 'NOT_SENT' }],
  // Keys.
  [-1002, { meaning: 'access', reason: 'OTHER' }],
  [-1022, { meaning: 'access', reason: 'OTHER' }],
  [-2014, { meaning: 'access', reason: 'OTHER' }],
  [-2015, { meaning: 'access', reason: 'OTHER' }],
  [-1013, { texts: filters(), others: OTHER }],
  [-2010, { texts: rejections(), others: OTHER }],
  [-2011, { meaning: 'not_in_list', reason: 'OTHER' }],
  [-2013, { meaning: 'not_in_list', reason: 'OTHER' }],
  // Archived: canceled or expired without a fill, longer than 90 days ago.
  [-2026, { meaning: 'not_in_list', reason: 'OTHER' }],
]);

function rejections(): ReadonlyMap<string, KnownError> {
  return new Map<string, KnownError>([
    ['Duplicate order sent.', { meaning: 'duplicate', reason: 'OTHER' }],
    [
      'Account has insufficient balance for requested action.',
      { meaning: 'rejected', reason: 'INSUFFICIENT_MARGIN' },
    ],
    ['Stop price would trigger immediately.', { meaning: 'rejected', reason: 'WOULD_TRIGGER' }],
    ['Market is closed.', NOT_TRADING],
  ]);
}

function filters(): ReadonlyMap<string, KnownError> {
  return new Map<string, KnownError>([
    ['Filter failure: MIN_NOTIONAL', TOO_SMALL],
    ['Filter failure: NOTIONAL', TOO_SMALL],
    ['Filter failure: PERCENT_PRICE', OUT_OF_RANGE],
    ['Filter failure: PERCENT_PRICE_BY_SIDE', OUT_OF_RANGE],
    ['Market is closed.', NOT_TRADING],
    ['Filter failure: MAX_NUM_ORDERS', CAPACITY],
    ['Filter failure: MAX_NUM_ALGO_ORDERS', CAPACITY],
    ['Filter failure: EXCHANGE_MAX_NUM_ORDERS', CAPACITY],
    ['Filter failure: EXCHANGE_MAX_NUM_ALGO_ORDERS', CAPACITY],
  ]);
}
