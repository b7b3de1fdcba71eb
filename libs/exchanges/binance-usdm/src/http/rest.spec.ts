import { BinancePace, BinanceRest, errorOf, type ErrorMeaning } from '@bowline/exchange-binance-common';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@bowline/testkit';
import { z } from 'zod';
import { BINANCE_USDM } from '../product.js';
import { KEYS, KeptLog, ScriptedBinance, type Reply } from '../scripted-binance.spec-support.js';
import { USDM_ERRORS } from './errors.js';

const START = 1_700_000_000_000;
const TIMEOUT_MS = 5_000;
const PATH = '/fapi/v1/order';
const CALL = `POST ${PATH}`;
const anything = z.unknown();

let binance: ScriptedBinance;
let clock: ManualClock;
let log: KeptLog;
let pace: BinancePace;
let rest: BinanceRest;

beforeEach(async () => {
  binance = await ScriptedBinance.open();
  clock = new ManualClock(START);
  log = new KeptLog();
  pace = new BinancePace(clock, BINANCE_USDM.costs);
  rest = restAt(binance.url);
});

afterEach(async () => {
  rest.close();
  await binance.close();
});

function restAt(url: string): BinanceRest {
  return new BinanceRest({
    product: BINANCE_USDM,
    url,
    keys: KEYS,
    clock,
    logger: log,
    pace,
    recvWindowMs: 5_000,
    timeoutMs: TIMEOUT_MS,
  });
}

const post = () => rest.signed('POST', PATH, anything, { symbol: 'BTCUSDT', price: undefined });

describe('the error table', () => {
  it.each<[number, number | null, ErrorMeaning, string]>([
    [503, null, 'unknown', 'OTHER'],
    [500, -1000, 'unknown', 'OTHER'],
    [408, null, 'unknown', 'OTHER'],
    [400, -1006, 'unknown', 'OTHER'],
    [400, -1007, 'unknown', 'OTHER'],
    [503, -1008, 'overload', 'NOT_SENT'],
    [429, -1003, 'rate', 'NOT_SENT'],
    [418, null, 'rate', 'NOT_SENT'],
    [429, -1015, 'rate', 'NOT_SENT'],
    [400, -1021, 'clock', 'NOT_SENT'],
    [400, -2011, 'not_in_list', 'OTHER'],
    [400, -2013, 'not_in_list', 'OTHER'],
    [400, -2018, 'rejected', 'INSUFFICIENT_MARGIN'],
    [400, -2019, 'rejected', 'INSUFFICIENT_MARGIN'],
    [400, -2027, 'rejected', 'INSUFFICIENT_MARGIN'],
    [400, -4164, 'rejected', 'BELOW_MINIMUM'],
    [400, -2021, 'rejected', 'WOULD_TRIGGER'],
    [400, -4131, 'rejected', 'WOULD_TRIGGER'],
    [400, -2022, 'rejected', 'POSITION_TOO_SMALL'],
    [400, -4118, 'rejected', 'POSITION_TOO_SMALL'],
    [400, -2025, 'rejected', 'CAPACITY'],
    [400, -4045, 'rejected', 'CAPACITY'],
    [400, -4116, 'duplicate', 'OTHER'],
    [400, -4061, 'position_mode', 'OTHER'],
    [401, -2015, 'access', 'OTHER'],
    [400, -1125, 'listen_key', 'OTHER'],
    [400, -4130, 'rejected', 'OTHER'],
    [403, null, 'rejected', 'OTHER'],
    [400, -9999, 'rejected', 'OTHER'],
  ])('HTTP %d with code %p is %s', (status, code, meaning, reason) => {
    expect(errorOf(USDM_ERRORS, status, code)).toEqual({ meaning, reason });
  });
});

describe('a signed call', () => {
  it('carries key, window, time and signature, and no parameter that is not set', async () => {
    binance.replies(CALL, { body: { orderId: 1 } });
    expect(await post()).toEqual({ kind: 'ok', value: { orderId: 1 } });
    expect(binance.calls).toEqual([
      {
        ...{ method: 'POST', path: PATH, apiKey: KEYS.apiKey, isSigned: true },
        params: { symbol: 'BTCUSDT', recvWindow: '5000', timestamp: String(START) },
      },
    ]);
  });

  it('counts its age from when it was wanted, on the clock of the exchange', async () => {
    binance.on('GET /fapi/v1/time', () => ({ body: { serverTime: START + 700 } }));
    binance.replies(CALL, { body: {} });
    expect(await rest.measureClock()).toEqual({ kind: 'ok', value: 700 });
    await rest.signed('POST', PATH, anything, {}, START - 3_000);
    expect(binance.callsOf(CALL)[0]?.params['timestamp']).toBe(String(START - 3_000 + 700));
  });

  it('is sent once more where the clocks were apart, by the offset measured anew', async () => {
    binance.on('GET /fapi/v1/time', () => ({ body: { serverTime: START - 9_000 } }));
    binance.replies(CALL, { status: 400, body: { code: -1021, msg: 'Timestamp' } }, { body: { orderId: 2 } });
    expect(await post()).toMatchObject({ kind: 'ok' });
    expect(binance.callsOf(CALL).map(({ params }) => Number(params['timestamp']) - START)).toEqual([
      0, -9_000,
    ]);
  });

  it.each<[string, Reply, Readonly<Record<string, unknown>>]>([
    ['a 5xx', { status: 502, body: '<html>' }, { kind: 'unknown' }],
    [
      'a timeout behind the gateway',
      { status: 400, body: { code: -1007, msg: 'Timeout' } },
      { kind: 'unknown' },
    ],
    ['a broken connection', 'drop', { kind: 'unknown' }],
    ['a success that is none', { body: 'oops' }, { kind: 'ok' }],
    [
      'a rejection',
      { status: 400, body: { code: -2019, msg: 'Margin is insufficient.' } },
      {
        kind: 'refused',
        meaning: 'rejected',
        reason: 'INSUFFICIENT_MARGIN',
        code: -2019,
        message: 'Margin is insufficient.',
      },
    ],
    ['a firewall', { status: 403, body: '<html>' }, { kind: 'refused', meaning: 'rejected', code: null }],
  ])('is never sent again by itself: %s', async (_what, reply, expected) => {
    binance.replies(CALL, reply);
    expect(await post()).toMatchObject(expected);
    expect(binance.callsOf(CALL)).toHaveLength(1);
  });

  it('is unknown where the answer has another shape', async () => {
    binance.replies(CALL, { body: { orderId: 'x' } });
    const answer = await rest.signed('POST', PATH, z.looseObject({ orderId: z.int() }), {});
    expect(answer).toMatchObject({ kind: 'unknown', message: expect.stringContaining('orderId') });
  });

  it('is unknown where no answer comes in time', async () => {
    binance.replies(CALL, 'hang');
    const answer = post();
    await binance.until(() => binance.callsOf(CALL).length === 1);
    clock.advance(TIMEOUT_MS);
    expect(await answer).toEqual({ kind: 'unknown', message: `no answer within ${TIMEOUT_MS} ms` });
  });

  it('was not sent where nobody listens', async () => {
    const nobody = createServer();
    nobody.listen(0, '127.0.0.1');
    await once(nobody, 'listening');
    const { port } = nobody.address() as AddressInfo;
    nobody.close();
    await once(nobody, 'close');
    rest = restAt(`http://127.0.0.1:${port}`);
    expect(await post()).toEqual({ kind: 'not_sent', message: 'ECONNREFUSED' });
  });

  it('leaves keys and signatures out of all that is said', async () => {
    binance.replies(CALL, 'drop');
    const answer = await post();
    const said = JSON.stringify(answer) + log.text;
    expect(said).toContain(CALL);
    expect(said).not.toMatch(/key-of-ikenna|secret-of-ikenna|signature/);
  });
});

describe('what is used of the limits', () => {
  it('is read from the headers of successes and errors', async () => {
    const used: unknown[] = [];
    pace.onUsed((limit, count, at) => used.push([limit, count, at]));
    const headers = { 'X-MBX-USED-WEIGHT-1M': '12', 'X-MBX-ORDER-COUNT-10S': '3', 'x-mbx-uuid': 'abc' };
    binance.replies(CALL, { body: {}, headers }, { status: 400, body: { code: -2019, msg: '' }, headers });
    await post();
    await post();
    const once = [
      ['weight/1m', 12, START],
      ['orders/10s', 3, START],
    ];
    expect(used).toEqual([...once, ...once]);
  });

  it.each<[string, Reply, readonly [number, boolean] | null]>([
    [
      '429 with Retry-After',
      { status: 429, body: { code: -1003, msg: '' }, headers: { 'Retry-After': '7' } },
      [7_000, true],
    ],
    ['418 with Retry-After', { status: 418, body: '', headers: { 'Retry-After': '120' } }, [120_000, true]],
    ['429 without it', { status: 429, body: { code: -1003, msg: '' } }, [1_000, true]],
    ['too many orders', { status: 429, body: { code: -1015, msg: '' } }, [10_000, true]],
    ['load, which spares what reduces', { status: 503, body: { code: -1008, msg: '' } }, [1_000, false]],
    ['a rejection', { status: 400, body: { code: -2019, msg: '' } }, null],
  ])('makes it wait after %s', async (_what, reply, expected) => {
    const waits: unknown[] = [];
    pace.onBackOff((until, closing) => waits.push([until - START, closing]));
    binance.replies(CALL, reply);
    expect(await post()).toMatchObject({ kind: 'refused' });
    expect(waits).toEqual(expected === null ? [] : [expected]);
  });
});

describe('an address', () => {
  it.each(['fapi.binance.com', 'ftp://fapi.binance.com', 'https://fapi.binance.com/fapi'])(
    'is refused: %s',
    (url) => {
      expect(() => restAt(url)).toThrow(`must look like https://fapi.binance.com, got "${url}"`);
    },
  );
});
