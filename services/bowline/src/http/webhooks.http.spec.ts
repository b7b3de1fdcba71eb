import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { webhookSignature } from '@bowline/contracts';
import { SignalAccess, type SignalSource } from '@bowline/signal-ingest';
import { get, NOW, post, testDesk } from './test-desk.spec-support.js';

/** When senders sign: by the clock on the wall, which is not the desk's. */
const WALL_S = 1_780_000_000;
const KEYS = { research: Buffer.alloc(32, 1), next: Buffer.alloc(32, 2) };
const SECRET = 'a secret of 21 letters';

const sources: readonly SignalSource[] = [
  {
    name: 'research',
    kind: 'standard',
    keys: [KEYS.research, KEYS.next],
    strategies: ['trend-fast', 'trend-slow'],
  },
  { name: 'alerts', kind: 'tradingview', keys: [Buffer.from(SECRET)], strategies: ['trend-fast'] },
];
const now = (): number => WALL_S * 1000;
const desk = await testDesk({}, { access: new SignalAccess({ sources, open: false, now }) });
const rated = await testDesk(
  { burst: 2, signalsPerSecond: 0.01 },
  { access: new SignalAccess({ sources, open: false, now }) },
);
const url = `${desk.url}/v1/signals`;
const alerts = `${desk.url}/v1/webhooks/tradingview/alerts`;
const SIGNAL = { strategy: 'trend-fast', symbol: 'BTCUSDT', signal: 1 };

interface Signing {
  readonly key?: Buffer;
  readonly id?: string;
  readonly timestamp?: string;
  /** What is signed where it is not what is sent. */
  readonly signed?: string;
}

function headersFor(body: string | Uint8Array, signing: Signing = {}): Record<string, string> {
  const { id = 'msg_1', key = KEYS.research, signed = body, timestamp = String(WALL_S) } = signing;
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': webhookSignature(key, { id, timestamp, body: signed }),
  };
}

/** Signs a body as its source does, and sends it. */
function send(body: unknown, signing: Signing = {}, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  return post(url, text, { ...headersFor(text, signing), ...headers });
}

beforeEach(() => desk.reset());

/** What is published of a good signal that comes along: the desk goes on, and nothing of the bad one went out. */
async function goesOn(): Promise<void> {
  expect(desk.published()).toEqual([]);
  expect(await send({ ...SIGNAL, id: 'good' })).toMatchObject({ status: 202 });
  expect(desk.published()).toHaveLength(2);
}

describe('a signed signal', () => {
  it.each(['research', 'next'] as const)('is taken under either secret (%s)', async (key) => {
    const { body, status } = await send([SIGNAL, { ...SIGNAL, signal: 0 }], { key: KEYS[key] });
    expect({ status, body }).toMatchObject({
      status: 202,
      body: { accepted: [{ clients: ['ikenna', 'odum'] }, { clients: ['ikenna', 'odum'] }] },
    });
    expect(desk.published()).toHaveLength(4);
  });

  it('is taken under two signatures, and with its source named', async () => {
    const text = JSON.stringify(SIGNAL);
    const both = [KEYS.next, Buffer.alloc(32, 9)].map(
      (key) => headersFor(text, { key })['webhook-signature'],
    );
    const headers = { 'webhook-signature': both.join(' '), 'webhook-source': 'research' };
    expect((await send(SIGNAL, {}, headers)).status).toBe(202);
  });

  it('has the same ids when it is sent again, signed anew or not', async () => {
    await send(SIGNAL);
    await send(SIGNAL);
    await send(SIGNAL, { timestamp: String(WALL_S + 60) });
    const ids = desk.published().map(({ message: { id } }) => id);
    expect(ids.slice(2)).toEqual([...ids.slice(0, 2), ...ids.slice(0, 2)]);
    await send(SIGNAL, { id: 'msg_2' });
    expect(ids).not.toContain(desk.published().at(-1)?.message.id);
  });

  it('counts for its source, wherever it comes from', async () => {
    const text = JSON.stringify([SIGNAL, { ...SIGNAL, signal: 0 }]);
    const to = `${rated.url}/v1/signals`;
    expect((await post(to, text, headersFor(text))).status).toBe(202);
    expect(await post(to, text, headersFor(text))).toMatchObject({
      status: 429,
      body: { type: 'urn:bowline:problem:too-many-requests' },
    });
    // What nobody has signed costs the source nothing.
    expect((await post(to, text)).status).toBe(401);
  });
});

describe('a request to a desk with sources', () => {
  afterEach(goesOn);

  const text = JSON.stringify(SIGNAL);
  const deep = '['.repeat(50_000);
  const large = `"${'x'.repeat(262_143)}"`;

  it.each<[string, string | Uint8Array, Record<string, string>, number, string]>([
    ['that is not signed', text, {}, 401, 'not-signed'],
    ['without an id', text, { ...headersFor(text), 'webhook-id': '' }, 401, 'not-signed'],
    ['without a time', text, { ...headersFor(text), 'webhook-timestamp': '' }, 401, 'not-signed'],
    ['without a signature', text, { ...headersFor(text), 'webhook-signature': '' }, 401, 'not-signed'],
    ['with a time in words', text, { ...headersFor(text), 'webhook-timestamp': 'today' }, 401, 'not-signed'],
    [
      'signed an hour ago',
      text,
      headersFor(text, { timestamp: String(WALL_S - 3600) }),
      401,
      'stale-signature',
    ],
    [
      'signed in an hour',
      text,
      headersFor(text, { timestamp: String(WALL_S + 3600) }),
      401,
      'stale-signature',
    ],
    ['signed by nobody', text, headersFor(text, { key: Buffer.alloc(32, 9) }), 401, 'wrong-signature'],
    [
      'with half a signature',
      text,
      { ...headersFor(text), 'webhook-signature': 'v1,AAAA' },
      401,
      'wrong-signature',
    ],
    ['that is not what was signed', `${text} `, headersFor(text), 401, 'wrong-signature'],
    [
      'of an unknown source',
      text,
      { ...headersFor(text), 'webhook-source': 'nobody' },
      401,
      'wrong-signature',
    ],
    ['of another source', text, { ...headersFor(text), 'webhook-source': 'alerts' }, 401, 'wrong-signature'],
    ['that is not signed, and no JSON', '{', {}, 401, 'not-signed'],
    ['that is signed, and no JSON', '{', headersFor('{'), 400, 'malformed-body'],
    ['that is signed, and empty', '', headersFor(''), 400, 'malformed-body'],
    ['that is nested without end', deep, headersFor(deep), 400, 'malformed-body'],
    ['that is too large', large, headersFor(large), 413, 'body-too-large'],
    [
      'of another kind',
      text,
      { ...headersFor(text), 'content-type': 'text/plain' },
      415,
      'unsupported-media-type',
    ],
    [
      'that is packed',
      text,
      { ...headersFor(text), 'content-encoding': 'gzip' },
      415,
      'unsupported-media-type',
    ],
  ])('(%s) is refused', async (_what, body, headers, status, code) => {
    const answer = await post(url, body, headers);
    expect(answer).toMatchObject({ status, body: { type: `urn:bowline:problem:${code}`, status } });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.has('www-authenticate')).toBe(status === 401);
  });

  it.each<[string, unknown, number, string, string]>([
    ['an unknown field', { ...SIGNAL, reduceOnly: true }, 400, 'invalid', 'reduceOnly'],
    ['no strategy', { symbol: 'BTCUSDT', signal: 1 }, 400, 'invalid', 'strategyId'],
    ['a symbol nobody trades', { ...SIGNAL, symbol: 'X' }, 422, 'unacceptable', 'symbol'],
    ['a strategy of another source', { ...SIGNAL, strategy: 'scout' }, 403, 'wrong-strategy', 'strategy'],
    ['a strategy nobody follows', { ...SIGNAL, strategy: 'zzz' }, 403, 'wrong-strategy', 'strategy'],
  ])('(with %s, well signed) is refused', async (_what, body, status, code, path) => {
    expect(await send(body)).toMatchObject({
      status,
      body: { type: `urn:bowline:problem:${code}`, errors: [{ path }] },
    });
  });

  it('is answered alike whether the source that it names is there or not', async () => {
    const headers = headersFor(text, { key: Buffer.alloc(32, 9) });
    const [there, nowhere] = await Promise.all(
      ['research', 'nobody'].map((name) => post(url, text, { ...headers, 'webhook-source': name })),
    );
    expect(there.body).toEqual(nowhere.body);
  });
});

const ALERT = {
  secret: SECRET,
  strategy: 'trend-fast',
  symbol: 'BINANCE:BTCUSDT.P',
  action: 'buy',
  time: new Date(NOW).toISOString(),
};

describe('an alert of TradingView', () => {
  it.each<[string, string, string]>([
    ['JSON', 'application/json; charset=utf-8', JSON.stringify(ALERT)],
    ['JSON called a text', 'text/plain; charset=utf-8', JSON.stringify(ALERT)],
    [
      'a text',
      'text/plain',
      `secret="${SECRET}" strategy=trend-fast\nticker=BTCUSDT.P, action=buy; time=${ALERT.time}`,
    ],
  ])('(%s) becomes a signal', async (_kind, type, body) => {
    expect(await post(alerts, body, { 'content-type': type })).toMatchObject({
      status: 202,
      body: { accepted: [{ clients: ['ikenna', 'odum'] }] },
    });
    const signals = desk.published().map((each) => each.body);
    expect(signals).toMatchObject(
      Array(2).fill({ strategyId: 'trend-fast', symbol: 'BTCUSDT', signal: 1, time: NOW }),
    );
    expect(JSON.stringify(desk.published())).not.toContain(SECRET);
  });

  it('has the same id when it is delivered twice', async () => {
    await post(alerts, ALERT);
    await post(alerts, { ...ALERT, secret: undefined, passphrase: SECRET });
    const ids = desk.published().map(({ message: { id } }) => id);
    expect(ids.slice(2)).toEqual(ids.slice(0, 2));
  });

  describe('that is wrong', () => {
    afterEach(goesOn);

    it.each<[string, string, unknown, Record<string, string>, number, string]>([
      ['without a secret', 'alerts', { ...ALERT, secret: undefined }, {}, 401, 'not-signed'],
      ['with another secret', 'alerts', { ...ALERT, secret: 'another secret' }, {}, 401, 'wrong-signature'],
      ['with a secret that is a number', 'alerts', { ...ALERT, secret: 5 }, {}, 401, 'not-signed'],
      ['for an unknown source', 'nobody', ALERT, {}, 401, 'wrong-signature'],
      ['for a source that signs', 'research', ALERT, {}, 401, 'wrong-signature'],
      ['without a secret, and wrong besides', 'alerts', { a: 1 }, {}, 401, 'not-signed'],
      ['with an unknown field', 'alerts', { ...ALERT, leverage: 3 }, {}, 400, 'invalid'],
      ['without a time', 'alerts', { ...ALERT, time: undefined }, {}, 400, 'invalid'],
      ['of a strategy of others', 'alerts', { ...ALERT, strategy: 'scout' }, {}, 403, 'wrong-strategy'],
      ['about a symbol nobody trades', 'alerts', { ...ALERT, symbol: 'OKX:X.P' }, {}, 422, 'unacceptable'],
      ['with a flaw in its JSON', 'alerts', '{"secret": ', {}, 400, 'malformed-body'],
      ['in words', 'alerts', 'buy BTC now', { 'content-type': 'text/plain' }, 400, 'malformed-body'],
      [
        'of no text',
        'alerts',
        new Uint8Array([0xff]),
        { 'content-type': 'text/plain' },
        400,
        'malformed-body',
      ],
      ['in a list', 'alerts', [ALERT], {}, 401, 'not-signed'],
      [
        'that is a form',
        'alerts',
        'a=1',
        { 'content-type': 'application/x-www-form-urlencoded' },
        415,
        'unsupported-media-type',
      ],
      ['that is too large', 'alerts', `"${'x'.repeat(262_143)}"`, {}, 413, 'body-too-large'],
      ['for a source with an endless name', 'x'.repeat(101), ALERT, {}, 400, 'invalid'],
    ])('(%s) is refused', async (_what, source, body, headers, status, code) => {
      const answer = await post(`${desk.url}/v1/webhooks/tradingview/${source}`, body, headers);
      expect(answer).toMatchObject({ status, body: { type: `urn:bowline:problem:${code}` } });
      expect(JSON.stringify(answer.body)).not.toContain(SECRET);
    });
  });

  it('is taken by POST only', async () => {
    const { body, headers, status } = await get(alerts);
    expect([status, headers.get('allow'), body]).toMatchObject([
      405,
      'OPTIONS, POST',
      { detail: '/v1/webhooks/tradingview/alerts is there for OPTIONS, POST, not for GET' },
    ]);
  });
});

describe('everything else', () => {
  it('is read as JSON, as before', async () => {
    const { body, status } = await post(`${desk.url}/v1/control`, '{', {});
    expect([status, body]).toMatchObject([400, { type: 'urn:bowline:problem:malformed-body' }]);
  });
});
