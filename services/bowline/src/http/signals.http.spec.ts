import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NOW, post, testDesk } from './test-desk.spec-support.js';

const desk = await testDesk();
const slow = await testDesk({ burst: 2, signalsPerSecond: 0.01 });
const held = await testDesk({ maxBacklog: 2 });
const deaf = await testDesk({ confirmWithinMs: 20 });
const url = `${desk.url}/v1/signals`;
const SIGNAL = { strategy: 'trend-fast', symbol: 'BTCUSDT', signal: 1 };

const ID = '1 to 64 letters, digits, dots, dashes or underscores';
const MONEY = 'expected a number above 0 with at most 18 digits on either side of the point';
const WISH = 'expected 1, long or buy (be long), -1, short or sell (be short), or 0, flat or close (be flat)';
const TIME = 'expected a time such as 2024-01-31T12:00:00Z, or milliseconds since 1970';

beforeEach(() => desk.reset());

/** What is published of a good signal that comes along: the desk goes on, and nothing of the bad one went out. */
async function goesOn(): Promise<void> {
  expect(desk.published()).toEqual([]);
  const { body, status } = await post(url, { ...SIGNAL, id: 'good' });
  expect({ status, body }).toEqual({
    status: 202,
    body: { accepted: [{ id: 'good', clients: ['ikenna', 'odum'] }] },
  });
  expect(desk.published()).toHaveLength(2);
}

describe('a signal that says something else than a signal', () => {
  afterEach(goesOn);

  it.each<[string, unknown, [path: string, message: string][]]>([
    [
      'no strategy',
      { symbol: 'BTCUSDT', signal: 1 },
      [['strategyId', `missing; expected a strategy id of ${ID}`]],
    ],
    ['no symbol', { strategy: 'trend-fast', signal: 1 }, [['symbol', `missing; expected a symbol of ${ID}`]]],
    ['no signal', { strategy: 'trend-fast', symbol: 'BTCUSDT' }, [['signal', `missing; ${WISH}`]]],
    [
      'nothing at all',
      {},
      [
        ['strategyId', `missing; expected a strategy id of ${ID}`],
        ['symbol', `missing; expected a symbol of ${ID}`],
        ['signal', `missing; ${WISH}`],
      ],
    ],
    ['a number', 5, [['', 'expected a signal, a list of signals, or {"signals": [...]}, got 5']]],
    ['a text', '"buy"', [['', 'expected a signal, a list of signals, or {"signals": [...]}, got "buy"']]],
    ['null', null, [['', 'expected a signal, a list of signals, or {"signals": [...]}, got null']]],
    ['a signal of 2', { ...SIGNAL, signal: 2 }, [['signal', `${WISH}, got 2`]]],
    ['a signal of 0.5', { ...SIGNAL, signal: 0.5 }, [['signal', `${WISH}, got 0.5`]]],
    ['a signal of true', { ...SIGNAL, signal: true }, [['signal', `${WISH}, got true`]]],
    [
      'a word that is none',
      { strategy: 'trend-fast', symbol: 'BTCUSDT', action: 'hold' },
      [['action', `${WISH}, got "hold"`]],
    ],
    ['both names of a field', { ...SIGNAL, action: 1 }, [['action', 'the same as signal; give one of them']]],
    [
      'both spellings of a field',
      { ...SIGNAL, take_profit: 1, takeProfit: 1 },
      [['takeProfit', 'the same as take_profit; give one of them']],
    ],
    [
      'a strategy with a space',
      { ...SIGNAL, strategy: 'trend fast' },
      [['strategy', `expected a strategy id of ${ID}, got "trend fast"`]],
    ],
    [
      'a strategy of 65 letters',
      { ...SIGNAL, strategy: 'x'.repeat(65) },
      [['strategy', `expected a strategy id of ${ID}, got "${'x'.repeat(40)}..."`]],
    ],
    [
      'a symbol that is a number',
      { ...SIGNAL, symbol: 7 },
      [['symbol', `expected a symbol of ${ID}, got 7`]],
    ],
    [
      'an id with a slash',
      { ...SIGNAL, id: 'a/b' },
      [['id', 'expected 1 to 64 letters, digits, dots, dashes, underscores or colons, got "a/b"']],
    ],
    [
      'an empty id',
      { ...SIGNAL, id: '' },
      [['id', 'expected 1 to 64 letters, digits, dots, dashes, underscores or colons, got ""']],
    ],
    ['a price below 0', { ...SIGNAL, price: -1 }, [['price', `${MONEY}, got -1`]]],
    ['a stop of 0', { ...SIGNAL, stop_loss: 0 }, [['stop_loss', `${MONEY}, got 0`]]],
    ['a price with a comma', { ...SIGNAL, price: '45,000' }, [['price', `${MONEY}, got "45,000"`]]],
    [
      'a price of 19 decimals',
      { ...SIGNAL, price: '0.0000000000000000001' },
      [['price', `${MONEY}, got "0.0000000000000000001"`]],
    ],
    ['a price beyond all', { ...SIGNAL, price: 1e300 }, [['price', `${MONEY}, got 1e+300`]]],
    [
      'a price in an object',
      { ...SIGNAL, takeProfit: { at: 1 } },
      [['takeProfit', `${MONEY}, got an object`]],
    ],
    ['a quantity in a list', { ...SIGNAL, quantity: [1] }, [['quantity', `${MONEY}, got a list`]]],
    [
      'a volatility of Infinity',
      { ...SIGNAL, volatility: 'Infinity' },
      [['volatility', 'expected a number above 0, got "Infinity"']],
    ],
    [
      'a time in seconds',
      { ...SIGNAL, time: NOW / 1000 },
      [['time', `expected milliseconds since 1970, not seconds, got ${NOW / 1000}`]],
    ],
    [
      'a time in microseconds',
      { ...SIGNAL, time: NOW * 1000 },
      [['time', `expected milliseconds since 1970, nothing finer, got ${NOW * 1000}`]],
    ],
    [
      'a time without its zone',
      { ...SIGNAL, time: '2025-01-06T12:00:00' },
      [['time', 'expected a time with Z, or with an offset such as +01:00, got "2025-01-06T12:00:00"']],
    ],
    [
      'a day that never was',
      { ...SIGNAL, time: '2025-02-30T12:00:00Z' },
      [['time', `${TIME}, got "2025-02-30T12:00:00Z"`]],
    ],
    ['a time in words', { ...SIGNAL, time: 'now' }, [['time', `${TIME}, got "now"`]]],
    [
      'a life of half a millisecond',
      { ...SIGNAL, expiresInMs: 0.5 },
      [['expiresInMs', 'expected a whole number of milliseconds from 1 to 86400000, got 0.5']],
    ],
    [
      'two ends',
      { ...SIGNAL, expires_at: NOW + 1, expiresInMs: 1 },
      [['expiresInMs', 'expiresAt says when it expires already; give one of them']],
    ],
    [
      'a misspelled field',
      { ...SIGNAL, stop_los: 43_000 },
      [['stop_los', 'unknown field; did you mean stop_loss?']],
    ],
    [
      'a field that is none',
      { ...SIGNAL, reduceOnly: true },
      [
        [
          'reduceOnly',
          'unknown field; known here: id, strategyId, symbol, signal, time, price, takeProfit, stopLoss, volatility, quantity, expiresAt, expiresInMs',
        ],
      ],
    ],
    [
      'a key of the language',
      '{"strategy":"trend-fast","symbol":"BTCUSDT","signal":1,"__proto__":{"price":1}}',
      [
        [
          '__proto__',
          'unknown field; known here: id, strategy_id, symbol, signal, time, price, take_profit, stop_loss, volatility, quantity, expires_at, expires_in_ms',
        ],
      ],
    ],
    ['no signals', [], [['', 'expected 1 to 500 signals, got 0']]],
    [
      'too many signals',
      { signals: Array(501).fill(SIGNAL) },
      [['signals', 'expected 1 to 500 signals, got 501']],
    ],
    ['signals that are one', { signals: SIGNAL }, [['signals', 'expected a list of signals, got an object']]],
    [
      'signals and more',
      { signals: [SIGNAL], dryRun: true },
      [['dryRun', 'unknown field; known here: signals']],
    ],
    ['a list in a list', [[SIGNAL]], [['[0]', 'expected an object, got a list']]],
    [
      'two that are wrong among three',
      { signals: [SIGNAL, { ...SIGNAL, signal: 'up' }, { ...SIGNAL, price: 'x', qty: 1 }] },
      [
        ['signals[1].signal', `${WISH}, got "up"`],
        [
          'signals[2].qty',
          'unknown field; known here: id, strategyId, symbol, signal, time, price, takeProfit, stopLoss, volatility, quantity, expiresAt, expiresInMs',
        ],
        ['signals[2].price', `${MONEY}, got "x"`],
      ],
    ],
  ])('(%s) is refused with 400', async (_what, sent, faults) => {
    const { body, headers, status } = await post(url, sent);
    const [[path, message]] = faults;
    expect({ status, type: headers.get('content-type'), body }).toEqual({
      status: 400,
      type: 'application/problem+json',
      body: {
        type: 'urn:bowline:problem:invalid',
        title: 'The request is not what this route takes',
        status: 400,
        detail: path === '' ? message : `${path}: ${message}`,
        errors: faults.map(([at, says]) => ({ path: at, message: says })),
      },
    });
  });
});

describe('a signal that this desk cannot take', () => {
  afterEach(goesOn);

  it.each<[string, unknown, [path: string, message: string][]]>([
    [
      'a strategy nobody follows',
      { ...SIGNAL, strategy: 'trend-fats' },
      [['strategy', 'no client follows "trend-fats"; did you mean trend-fast?']],
    ],
    [
      'a strategy like no other',
      { ...SIGNAL, strategy: 'zzz' },
      [['strategy', 'no client follows "zzz"; known here: scout, trend-fast, trend-slow']],
    ],
    [
      'a symbol nobody trades',
      { ...SIGNAL, symbol: 'BTCUSD' },
      [['symbol', 'no account trades "BTCUSD"; did you mean BTCUSDT?']],
    ],
    [
      'a symbol in another case',
      { ...SIGNAL, symbol: 'btcusdt' },
      [['symbol', 'no account trades "btcusdt"; did you mean BTCUSDT?']],
    ],
    [
      'a symbol that only others trade',
      { ...SIGNAL, strategy: 'trend-slow', symbol: 'SOLUSDT' },
      [['symbol', 'no client that follows trend-slow trades "SOLUSDT"; known here: BTCUSDT, ETHUSDT']],
    ],
    [
      'one from the future',
      { ...SIGNAL, time: '2025-01-06T12:05:00.001Z' },
      [
        [
          'time',
          "2025-01-06T12:05:00.001Z is 5 min ahead of the desk's time, 2025-01-06T12:00:00.000Z; at most 5 min is taken",
        ],
      ],
    ],
    [
      'one of another year',
      { ...SIGNAL, time: '2026-01-06T12:00:00Z' },
      [
        [
          'time',
          "2026-01-06T12:00:00.000Z is 365 d ahead of the desk's time, 2025-01-06T12:00:00.000Z; at most 5 min is taken",
        ],
      ],
    ],
    [
      'one that has expired',
      { ...SIGNAL, expires_at: '2025-01-06T12:00:00Z' },
      [['expires_at', "it expired at 2025-01-06T12:00:00.000Z; the desk's time is 2025-01-06T12:00:00.000Z"]],
    ],
    [
      'one whose life is over',
      { ...SIGNAL, time: '2025-01-06T11:58:00Z', expiresInMs: 60_000 },
      [
        [
          'expiresInMs',
          "it expired at 2025-01-06T11:59:00.000Z; the desk's time is 2025-01-06T12:00:00.000Z",
        ],
      ],
    ],
    [
      'one that would live on',
      { ...SIGNAL, expiresAt: '2025-01-06T13:30:00Z' },
      [['expiresAt', 'it would expire at 2025-01-06T13:30:00.000Z, 1.5 h from now; at most 45 min is taken']],
    ],
    [
      'two under one id',
      [
        { ...SIGNAL, id: 'x' },
        { ...SIGNAL, id: 'x', signal: 0 },
      ],
      [['[1].id', 'x is the id of [0] already, which says something else']],
    ],
    [
      'one of three',
      [SIGNAL, { ...SIGNAL, strategy: 'scouts' }, { ...SIGNAL, symbol: 'X' }],
      [
        ['[1].strategy', 'no client follows "scouts"; did you mean scout?'],
        ['[2].symbol', 'no account trades "X"; known here: BTCUSDT, ETHUSDT, SOLUSDT'],
      ],
    ],
  ])('(%s) is refused with 422', async (_what, sent, faults) => {
    const { body, status } = await post(url, sent);
    const [[path, message]] = faults;
    expect({ status, body }).toEqual({
      status: 422,
      body: {
        type: 'urn:bowline:problem:unacceptable',
        title: 'The request is understood, and this desk cannot take it',
        status: 422,
        detail: `${path}: ${message}`,
        errors: faults.map(([at, says]) => ({ path: at, message: says })),
      },
    });
  });
});

describe('a body that cannot be read', () => {
  afterEach(goesOn);

  it.each<[string, string | Uint8Array, Record<string, string>, number, string, string]>([
    ['empty', '', {}, 400, 'malformed-body', 'the body is empty; send JSON'],
    [
      'cut off',
      '{"strategy": "trend',
      {},
      400,
      'malformed-body',
      'line 1, column 14: a text that does not end',
    ],
    [
      'with a comma too many',
      '{"signal": 1,}',
      {},
      400,
      'malformed-body',
      'line 1, column 14: expected a key in double quotes, got "}"',
    ],
    [
      'with a key twice',
      '{"signal": 1,\n "signal": -1}',
      {},
      400,
      'malformed-body',
      'line 2, column 2: the key "signal" is given twice',
    ],
    [
      'nested without end',
      '['.repeat(50_000),
      {},
      400,
      'malformed-body',
      'line 1, column 33: nested more than 32 levels deep',
    ],
    ['not UTF-8', new Uint8Array([0x22, 0xff, 0x22]), {}, 400, 'malformed-body', 'the body is not UTF-8'],
    [
      'too large',
      `"${'x'.repeat(262_143)}"`,
      {},
      413,
      'body-too-large',
      'a body of more than 262144 bytes is not read; send less at once',
    ],
    [
      'of a form',
      'signal=1',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'unsupported-media-type',
      'the content-type is "application/x-www-form-urlencoded"; send application/json',
    ],
    [
      'of plain text',
      '{}',
      { 'content-type': 'text/plain' },
      415,
      'unsupported-media-type',
      'the content-type is "text/plain"; send application/json',
    ],
    [
      'packed',
      '{}',
      { 'content-encoding': 'gzip' },
      415,
      'unsupported-media-type',
      'the content-encoding is "gzip"; send it as it is',
    ],
  ])('(%s) is refused', async (_what, sent, headers, status, code, detail) => {
    const answer = await post(url, sent, headers);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({
      type: `urn:bowline:problem:${code}`,
      title: expect.any(String),
      status,
      detail,
    });
  });

  it('(cut off by its sender) leaves nothing behind', async () => {
    await new Promise<void>((resolve) => {
      const cut = request(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': '100' },
      });
      cut.on('error', () => resolve());
      cut.write('{"strategy":', () => cut.destroy());
    });
  });
});

describe('more than a desk works off', () => {
  it('is refused for the source, and the answer says when to try again', async () => {
    const at = `${slow.url}/v1/signals`;
    expect((await post(at, [SIGNAL, { ...SIGNAL, signal: 0 }])).status).toBe(202);
    slow.reset();
    const { body, headers, status } = await post(at, SIGNAL);
    expect({ status, retry: headers.get('retry-after'), body }).toEqual({
      status: 429,
      retry: '100',
      body: {
        type: 'urn:bowline:problem:too-many-requests',
        title: 'Too many requests',
        status: 429,
        detail: 'at most 0.01 signals a second are taken of one source, and 2 at once',
        retryAfterS: 100,
      },
    });
    expect(slow.published()).toEqual([]);
  });

  it('waits outside while the bus is behind, and is taken afterwards', async () => {
    const at = `${held.url}/v1/signals`;
    held.bus.pause('signals.odum', 'order-generator');
    const waiting = [1, 0].map((signal) => post(at, { ...SIGNAL, signal }));
    // Both stand in the queue once the reader that is not held has seen them.
    while (held.published().length < 2) await new Promise(setImmediate);
    const { body, headers, status } = await post(at, SIGNAL);
    expect({ status, retry: headers.get('retry-after'), body }).toEqual({
      status: 503,
      retry: '1',
      body: {
        type: 'urn:bowline:problem:saturated',
        title: 'More is waiting than the desk works off',
        status: 503,
        detail: '2 messages or more are waiting in signals.odum; send it again',
        retryAfterS: 1,
      },
    });
    held.bus.resume('signals.odum', 'order-generator');
    expect((await Promise.all(waiting)).map((answer) => answer.status)).toEqual([202, 202]);
    expect((await post(at, SIGNAL)).status).toBe(202);
  });

  it('is not confirmed where nobody reads it: the id is told for the next try', async () => {
    deaf.bus.pause('signals.odum', 'order-generator');
    const { body, headers, status } = await post(`${deaf.url}/v1/signals`, { ...SIGNAL, id: 'n-1' });
    expect({ status, retry: headers.get('retry-after'), body }).toEqual({
      status: 503,
      retry: '1',
      body: {
        type: 'urn:bowline:problem:unconfirmed',
        title: 'Not confirmed',
        status: 503,
        detail: 'not confirmed; send it again with the id n-1',
        errors: [{ path: '', message: 'not confirmed; send it again with the id n-1' }],
        retryAfterS: 1,
      },
    });
  });
});
