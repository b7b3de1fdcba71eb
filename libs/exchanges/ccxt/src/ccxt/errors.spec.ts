import { beforeAll, describe, expect, it } from '@jest/globals';
import { ccxtErrors } from './ccxt-errors.spec-support.js';
import { errorOf, errorOfClass, wordsOf, type ErrorMeaning, type RequestOutcome } from './errors.js';

let errors: Awaited<ReturnType<typeof ccxtErrors>>;

beforeAll(async () => {
  errors = await ccxtErrors();
});

const make = (name: string): Error => new errors[name]!('in its own words');

describe('an error of ccxt, by its class', () => {
  it.each<[string, ErrorMeaning, string]>([
    ['NetworkError', 'unknown', 'OTHER'],
    ['RequestTimeout', 'unknown', 'OTHER'],
    ['ExchangeNotAvailable', 'unknown', 'OTHER'],
    ['OnMaintenance', 'unknown', 'OTHER'],
    ['BadResponse', 'unknown', 'OTHER'],
    ['NullResponse', 'unknown', 'OTHER'],
    ['OperationFailed', 'unknown', 'OTHER'],
    ['CancelPending', 'unknown', 'OTHER'],
    ['ChecksumError', 'unknown', 'OTHER'],
    ['RateLimitExceeded', 'rate', 'NOT_SENT'],
    ['DDoSProtection', 'rate', 'NOT_SENT'],
    ['InvalidNonce', 'clock', 'NOT_SENT'],
    ['OrderNotFound', 'not_found', 'OTHER'],
    ['DuplicateOrderId', 'duplicate', 'OTHER'],
    ['NoChange', 'unchanged', 'OTHER'],
    ['AuthenticationError', 'access', 'OTHER'],
    ['PermissionDenied', 'access', 'OTHER'],
    ['AccountSuspended', 'access', 'OTHER'],
    ['RestrictedLocation', 'access', 'OTHER'],
    ['InsufficientFunds', 'rejected', 'INSUFFICIENT_MARGIN'],
    ['OrderImmediatelyFillable', 'rejected', 'WOULD_TRIGGER'],
    ['MarketClosed', 'rejected', 'NOT_TRADING'],
    ['BadSymbol', 'rejected', 'NOT_TRADING'],
    ['InvalidOrder', 'rejected', 'OTHER'],
    ['BadRequest', 'rejected', 'OTHER'],
    ['ArgumentsRequired', 'rejected', 'OTHER'],
    ['NotSupported', 'rejected', 'OTHER'],
    ['OperationRejected', 'rejected', 'OTHER'],
    ['ExchangeError', 'rejected', 'OTHER'],
  ])('%s is %s (%s)', (name, meaning, reason) => {
    expect(errorOfClass(make(name))).toEqual({ meaning, reason });
  });

  it('is unknown where it is none of these', () => {
    expect(errorOfClass(new TypeError('x is undefined')).meaning).toBe('unknown');
    expect(errorOfClass('a text').meaning).toBe('unknown');
    expect(errorOfClass(undefined).meaning).toBe('unknown');
  });

  it('has a meaning whichever class of ccxt it is of', () => {
    const classes = Object.keys(errors).filter((name) => /^[A-Z]/.test(name));
    expect(classes.length).toBeGreaterThan(30);
    for (const name of classes) expect(errorOfClass(make(name)).meaning).toBeDefined();
  });
});

describe('an error of a request', () => {
  const codes = new Map([['-2022', { meaning: 'rejected', reason: 'POSITION_TOO_SMALL' } as const]]);
  const answered = (status: number, code: string | null = null): RequestOutcome => ({ status, code });

  it.each<[string, string, RequestOutcome | undefined, ReturnType<typeof errorOf>]>([
    ['was never made is what ccxt says', 'InvalidOrder', undefined, { meaning: 'rejected', reason: 'OTHER' }],
    ['was never made, for reasons of its own', 'NetworkError', undefined, 'not_sent'],
    ['could not leave', 'NetworkError', 'not_sent', 'not_sent'],
    ['was lost on the way', 'NetworkError', 'lost', { meaning: 'unknown', reason: 'OTHER' }],
    // Whatever ccxt makes of it.
    ['was lost, though ccxt refuses', 'InvalidOrder', 'lost', { meaning: 'unknown', reason: 'OTHER' }],
    [
      'has a code that we know',
      'InvalidOrder',
      answered(400, '-2022'),
      { meaning: 'rejected', reason: 'POSITION_TOO_SMALL' },
    ],
    [
      'has a code that nobody knows',
      'InvalidOrder',
      answered(400, '-1'),
      { meaning: 'rejected', reason: 'OTHER' },
    ],
    [
      'is answered 200 with an error',
      'InsufficientFunds',
      answered(200),
      { meaning: 'rejected', reason: 'INSUFFICIENT_MARGIN' },
    ],
    ['is answered 200 with nonsense', 'BadResponse', answered(200), { meaning: 'unknown', reason: 'OTHER' }],
    ['is answered 503', 'ExchangeError', answered(503), { meaning: 'unknown', reason: 'OTHER' }],
    [
      'is answered 500 with a refusal',
      'InvalidOrder',
      answered(500),
      { meaning: 'unknown', reason: 'OTHER' },
    ],
    ['is answered 408', 'ExchangeError', answered(408), { meaning: 'unknown', reason: 'OTHER' }],
    ['is answered 429', 'ExchangeError', answered(429), { meaning: 'rate', reason: 'NOT_SENT' }],
    [
      'is answered 503 for too many',
      'DDoSProtection',
      answered(503),
      { meaning: 'rate', reason: 'NOT_SENT' },
    ],
  ])('that %s: %s', (_what, name, last, expected) => {
    expect(errorOf(make(name), codes, last)).toEqual(expected);
  });
});

describe('the words of an error', () => {
  it('are without keys and signatures', () => {
    const error = new Error(
      'okx GET https://host/api/v5/order?apiKey=k&signature=abc request timed out (1 ms)',
    );
    expect(wordsOf(error)).toBe('okx GET https://host/api/v5/order request timed out (1 ms)');
    expect(wordsOf(new Error('Connection to wss://host/private/ws?listenKey=k failed'))).toBe(
      'Connection to wss://host/private/ws failed',
    );
  });
});
