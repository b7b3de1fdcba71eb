import { describe, expect, it } from '@jest/globals';
import { errorOf } from '@bowline/exchange-binance-common';
import { SPOT_ERRORS } from './errors.js';

describe('the error table of spot', () => {
  it.each<[number, number | null, string, string, string]>([
    [503, null, '', 'unknown', 'OTHER'],
    [408, -1007, '', 'unknown', 'OTHER'],
    [503, -1008, '', 'rate', 'NOT_SENT'],
    [429, -1003, '', 'rate', 'NOT_SENT'],
    [429, -1015, '', 'rate', 'NOT_SENT'],
    [400, -1021, '', 'clock', 'NOT_SENT'],
    [401, -2015, '', 'access', 'OTHER'],
    [400, -2011, 'Unknown order sent.', 'not_in_list', 'OTHER'],
    [400, -2013, 'Order does not exist.', 'not_in_list', 'OTHER'],
    [400, -2010, 'Duplicate order sent.', 'duplicate', 'OTHER'],
    [400, -2010, 'Account has insufficient balance for requested action.', 'rejected', 'INSUFFICIENT_MARGIN'],
    [400, -2010, 'Stop price would trigger immediately.', 'rejected', 'WOULD_TRIGGER'],
    [400, -2010, 'Order would immediately match and take.', 'rejected', 'OTHER'],
    [400, -2010, 'a text that is not documented', 'rejected', 'OTHER'],
    [400, -1013, 'Filter failure: NOTIONAL', 'rejected', 'BELOW_MINIMUM'],
    [400, -1013, 'Filter failure: MAX_NUM_ALGO_ORDERS', 'rejected', 'CAPACITY'],
    [400, -1013, 'Filter failure: PERCENT_PRICE_BY_SIDE', 'rejected', 'PRICE_OUT_OF_RANGE'],
    [400, -1013, 'Filter failure: LOT_SIZE', 'rejected', 'OTHER'],
    // At the futures a stop that would trigger, and a position that is too small.
    [400, -2021, '', 'rejected', 'OTHER'],
    [400, -2022, '', 'rejected', 'OTHER'],
    [400, -9999, '', 'rejected', 'OTHER'],
  ])('HTTP %d with code %p (%s) is %s', (status, code, text, meaning, reason) => {
    expect(errorOf(SPOT_ERRORS, status, code, text)).toEqual({ meaning, reason });
  });
});
