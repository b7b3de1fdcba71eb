import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { problemSchema, webhookSignature, type SignalsAccepted } from '@bowline/contracts';
import { SignalAccess } from '@bowline/signal-ingest';
import { NOW, testDesk } from './test-desk.spec-support.js';

const KEY = Buffer.alloc(32, 1);
const SECRET = 'a secret of 21 letters';
const BATCH = 20;
const BATCHES = 500;
const TIMEOUT_MS = 240_000;

const desk = await testDesk(
  { signalsPerSecond: 1e9, burst: 1e9 },
  {
    access: new SignalAccess({
      open: false,
      sources: [
        { name: 'research', kind: 'standard', keys: [KEY], strategies: ['trend-fast', 'scout'] },
        { name: 'alerts', kind: 'tradingview', keys: [Buffer.from(SECRET)], strategies: null },
      ],
    }),
  },
);
const agent = new Agent({ keepAlive: true, maxSockets: BATCH });
afterAll(() => agent.destroy());

interface Sent {
  readonly path: string;
  readonly type: string | null;
  readonly body: Buffer;
  readonly signing: 'right' | 'wrong' | 'old' | 'none';
  readonly headers: Readonly<Record<string, string>>;
}

interface Got {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const pick = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

const value = fc.oneof(
  pick<unknown>(1, 0, -1, 'buy', 'close', 'BTCUSDT', 'BINANCE:SOLUSDT.P', 'trend-fast', NOW, null),
  pick<unknown>('2025-01-06T12:00:00Z', '0.001', 1e300, -0, '', 'x'.repeat(300), [], {}),
  fc.jsonValue({ maxDepth: 2 }),
);
const key = fc.oneof(
  pick('strategy', 'strategyId', 'symbol', 'signal', 'action', 'time', 'price', 'stop_loss', 'id', 'secret'),
  pick('passphrase', 'ticker', 'market_position', 'expiresAt', '__proto__', 'constructor', 'toString'),
  fc.string({ maxLength: 5 }),
);
const good = { strategy: 'trend-fast', symbol: 'BTCUSDT', signal: 1 };
const alert = { strategy: 'scout', symbol: 'SOLUSDT', action: 'sell', secret: SECRET, time: NOW };
const strange = [
  { ...good, strategy: 'trend-slow' },
  { ...good, symbol: 'NOPE' },
];
const signal = fc
  .tuple(pick<object>(good, good, alert, {}, ...strange), fc.array(fc.tuple(key, value), { maxLength: 2 }))
  .map(([base, more]): unknown => Object.fromEntries([...Object.entries(base), ...more]));
const json = fc
  .oneof(signal, fc.array(signal, { maxLength: 3 }), fc.record({ signals: fc.array(signal) }), value)
  .map((held) => Buffer.from(JSON.stringify(held)));
/** JSON with a few bytes of it changed. */
const damaged = fc
  .tuple(json, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 }))
  .map(([bytes, edits]) => {
    const copy = Buffer.from(bytes);
    for (const [at, byte] of edits) copy[at % Math.max(1, copy.length)] = byte;
    return copy;
  });
const body = fc.oneof(
  { weight: 6, arbitrary: json },
  { weight: 3, arbitrary: damaged },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(pick('[', '{"a":', '"', '1', '-', '\n'), fc.integer({ min: 1, max: 300_000 }))
      .map(([text, bytes]) => Buffer.from(text.repeat(Math.ceil(bytes / text.length)))),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.tuple(key, fc.string({ maxLength: 8 })), { maxLength: 6 })
      .map((pairs) => Buffer.from(pairs.map(([name, text]) => `${name}=${text}`).join(' '))),
  },
);
/** What Node lets a client put into a header. */
const headerText = fc.string({
  unit: fc
    .integer({ min: 0x20, max: 0xff })
    .filter((code) => code !== 0x7f)
    .map((code) => String.fromCharCode(code)),
});
const wild: fc.Arbitrary<Sent> = fc.record({
  path: fc.oneof(
    { weight: 6, arbitrary: pick('/v1/signals', '/v1/webhooks/tradingview/alerts') },
    {
      weight: 1,
      arbitrary: fc
        .string({ maxLength: 120 })
        .map((name) => `/v1/webhooks/tradingview/${encodeURIComponent(name)}`),
    },
    {
      weight: 1,
      arbitrary: pick('/v1/webhooks/tradingview/', '/v1/signals/x?y=%', '/v1/control', '/%zz', '//'),
    },
  ),
  type: fc.oneof(
    { weight: 6, arbitrary: pick<string | null>('application/json', 'application/json; charset=utf-8') },
    {
      weight: 2,
      arbitrary: pick<string | null>('text/plain', 'multipart/form-data', null, 'application/jsonx'),
    },
    { weight: 1, arbitrary: headerText },
  ),
  body,
  signing: pick('right', 'right', 'right', 'wrong', 'old', 'none'),
  headers: fc.dictionary(
    pick(
      'webhook-id',
      'webhook-timestamp',
      'webhook-signature',
      'webhook-source',
      'content-encoding',
      'x-any',
    ),
    fc.oneof(
      headerText,
      pick('', 'v1,', `v1,${'A'.repeat(44)} v1,`, '0', '99999999999999', '-1', 'NaN', 'identity'),
    ),
    { maxKeys: 2 },
  ),
});

/** Comes past the door, mostly. */
const tame: fc.Arbitrary<Sent> = fc.record({
  path: pick('/v1/signals', '/v1/webhooks/tradingview/alerts'),
  type: pick('application/json'),
  body: signal.map((held) => Buffer.from(JSON.stringify(held))),
  signing: pick('right'),
  headers: fc.constant({}),
});
const sent = fc.oneof({ weight: 3, arbitrary: wild }, { weight: 1, arbitrary: tame });

function signatureOf({ body: bytes, signing }: Sent): Record<string, string> {
  if (signing === 'none') return {};
  const timestamp = String(Math.floor(Date.now() / 1000) - (signing === 'old' ? 3600 : 0));
  const content = { id: 'msg_1', timestamp, body: bytes };
  const signature = webhookSignature(signing === 'wrong' ? Buffer.alloc(32, 9) : KEY, content);
  return { 'webhook-id': content.id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
}

async function send(one: Sent): Promise<Got> {
  // Every other time the fuzzed headers stand in for the right ones.
  const headers: Record<string, string> = { ...signatureOf(one), ...one.headers };
  if (one.type !== null) headers['content-type'] = one.type;
  const asked = request(`${desk.url}${one.path}`, { method: 'POST', agent, headers });
  asked.end(one.body);
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const { 'content-type': type = '' } = answer.headers;
  return { status: answer.statusCode ?? 0, type, body: Buffer.concat(chunks).toString() };
}

/** Messages that an answer promises. */
function promised({ body: text, status }: Got, path: string): number {
  if (status !== 202 || path === '/v1/control') return 0;
  const { accepted } = JSON.parse(text) as SignalsAccepted;
  return accepted.reduce((sum, { clients, duplicate }) => sum + (duplicate === true ? 0 : clients.length), 0);
}

describe(`whatever is sent, ${BATCH * BATCHES} times`, () => {
  it(
    'is taken as a signal, or refused by its kind, and nothing of what is refused goes out',
    async () => {
      const seen = new Map<string, number>();
      await fc.assert(
        fc.asyncProperty(fc.array(sent, { minLength: BATCH, maxLength: BATCH }), async (batch) => {
          desk.reset();
          const answers = await Promise.all(batch.map(send));
          let messages = 0;
          for (const [index, answer] of answers.entries()) {
            const { body: text, status, type } = answer;
            expect(status).toBeLessThan(500);
            expect(text).not.toContain(SECRET);
            messages += promised(answer, batch[index].path);
            let code = String(status);
            if (status >= 400) {
              expect(type).toBe('application/problem+json');
              const { status: said, type: urn } = problemSchema.parse(JSON.parse(text));
              expect(said).toBe(status);
              code = `${status} ${urn.split(':').at(-1)}`;
            }
            seen.set(code, (seen.get(code) ?? 0) + 1);
          }
          expect(desk.published()).toHaveLength(messages);
        }),
        { numRuns: BATCHES },
      );
      expect(desk.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
      // A fuzz that never comes past the door has tried nothing.
      const codes = [
        ...['202', '400 malformed-body', '400 invalid', '401 not-signed', '401 wrong-signature'],
        ...['401 stale-signature', '403 wrong-strategy', '404 not-found', '413 body-too-large'],
        ...['415 unsupported-media-type', '422 unacceptable'],
      ];
      expect(codes.filter((code) => !seen.has(code))).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'may be no HTTP at all',
    async () => {
      const { hostname, port } = new URL(desk.url);
      const line = pick(
        'POST /v1/signals HTTP/1.1\r\n',
        'Host: localhost\r\n',
        'Content-Length: 5\r\n',
        '\r\n',
        '{}',
        'X: \u0000',
      );
      const bytes = fc.oneof(
        fc.uint8Array({ minLength: 1, maxLength: 100 }).map((raw) => Buffer.from(raw)),
        fc.array(line, { minLength: 1, maxLength: 6 }).map((lines) => Buffer.from(lines.join(''))),
      );
      await fc.assert(
        fc.asyncProperty(bytes, async (raw) => {
          const socket = connect(Number(port), hostname);
          let answer = '';
          socket.on('data', (data) => (answer += data.toString('latin1')));
          // A peer that hangs up is an answer, too.
          socket.on('error', () => undefined);
          const closed = once(socket, 'close');
          socket.end(raw);
          await closed;
          expect(answer).not.toMatch(/^HTTP\/1\.1 5/);
        }),
        { numRuns: 300 },
      );
      const answer = await send({
        path: '/v1/signals',
        type: 'application/json',
        body: Buffer.from(JSON.stringify(good)),
        signing: 'right',
        headers: {},
      });
      expect(answer.status).toBe(202);
    },
    TIMEOUT_MS,
  );
});
