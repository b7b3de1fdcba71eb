import type { ErrorTable, KnownError } from '@bowline/exchange-binance-common';

/** Source: the error codes of Binance's derivatives documentation, 2025-12. */
export const USDM_ERRORS: ErrorTable = new Map<number, KnownError>([
  // Nothing is known of what became of it.
  [-1006, { meaning: 'unknown', reason: 'OTHER' }],
  [-1007, { meaning: 'unknown', reason: 'OTHER' }],
  // Too much.
  [-1003, { meaning: 'rate', reason: 'NOT_SENT' }],
  [-1015, { meaning: 'rate', reason: 'NOT_SENT' }],
  [-1008, { meaning: 'overload', reason: 'NOT_SENT' }],
  [-1021, { meaning: 'clock', reason: 'NOT_SENT' }],
  // Keys.
  [-1002, { meaning: 'access', reason: 'OTHER' }],
  [-1022, { meaning: 'access', reason: 'OTHER' }],
  [-2014, { meaning: 'access', reason: 'OTHER' }],
  [-2015, { meaning: 'access', reason: 'OTHER' }],
  [-1125, { meaning: 'listen_key', reason: 'OTHER' }],
  // Orders that are not there, or there already.
  [-2011, { meaning: 'not_in_list', reason: 'OTHER' }],
  [-2013, { meaning: 'not_in_list', reason: 'OTHER' }],
  [-4116, { meaning: 'duplicate', reason: 'OTHER' }],
  [-5027, { meaning: 'unchanged', reason: 'OTHER' }],
  // Margin and size.
  [-2018, { meaning: 'rejected', reason: 'INSUFFICIENT_MARGIN' }],
  [-2019, { meaning: 'rejected', reason: 'INSUFFICIENT_MARGIN' }],
  [-2027, { meaning: 'rejected', reason: 'INSUFFICIENT_MARGIN' }],
  [-2028, { meaning: 'rejected', reason: 'INSUFFICIENT_MARGIN' }],
  [-4164, { meaning: 'rejected', reason: 'BELOW_MINIMUM' }],
  // Prices that are reached already.
  [-2021, { meaning: 'rejected', reason: 'WOULD_TRIGGER' }],
  [-4131, { meaning: 'rejected', reason: 'WOULD_TRIGGER' }],
  // The position is smaller than believed.
  [-2022, { meaning: 'rejected', reason: 'POSITION_TOO_SMALL' }],
  [-4118, { meaning: 'rejected', reason: 'POSITION_TOO_SMALL' }],
  [-4509, { meaning: 'rejected', reason: 'POSITION_TOO_SMALL' }],
  // Too many orders.
  [-2025, { meaning: 'rejected', reason: 'CAPACITY' }],
  [-4045, { meaning: 'rejected', reason: 'CAPACITY' }],
  [-4061, { meaning: 'position_mode', reason: 'OTHER' }],
  [-4067, { meaning: 'position_mode', reason: 'OTHER' }],
  [-4068, { meaning: 'position_mode', reason: 'OTHER' }],
]);
