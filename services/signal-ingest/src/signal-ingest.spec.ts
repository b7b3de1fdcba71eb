import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeJson, signalsTopic } from '@bowline/contracts';
import { DIRECTORY, NOW, RecordingBus } from './ingest.spec-support.js';
import type { IngestLimits } from './limits.js';
import { SignalIngest } from './signal-ingest.js';

const MINUTE = 60_000;

function desk(limits: Partial<IngestLimits> = {}) {
  const bus = new RecordingBus();
  const log: string[] = [];
  const keep = (_fields: unknown, message: string): void => void log.push(message);
  const logger = { info: keep, warn: keep, error: keep };
  const ingest = new SignalIngest({ bus, clock: { now: () => NOW }, directory: DIRECTORY, limits, logger });
  return {
    bus,
    log,
    receive: (body: unknown, source = '127.0.0.1') => ingest.receive(source, body),
    signals: () => bus.published.map(({ data }) => signalsTopic.parse(decodeJson(data))),
  };
}

function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

const SIGNAL = { strategyId: 'trend', symbol: 'BTCUSDT', signal: 1 };

describe('a signal that is taken', () => {
  it('is published for every client that follows it, under an id of its own', async () => {
    const { bus, receive } = desk();
    const receipt = await receive({ ...SIGNAL, id: 'n-1', stopLoss: '61000' });
    expect(receipt).toEqual({
      taken: true,
      answer: { accepted: [{ id: 'n-1', clients: ['ikenna', 'odum'] }] },
    });
    expect(bus.published.map(({ data: _, ...envelope }) => envelope)).toEqual(
      ['ikenna', 'odum'].map((client) => ({
        topic: `signals.${client}`,
        key: client,
        id: `n-1/trend/BTCUSDT/${client}`,
        source: 'signal-ingest',
        epoch: 0,
        time: NOW,
        cause: null,
        traceparent: expect.any(String),
      })),
    );
  });

  it('has the desk’s time and a life where it names none, and no end where it goes flat', async () => {
    const { receive, signals } = desk({ defaultLifeMs: 7 * MINUTE });
    await receive(SIGNAL);
    await receive({ ...SIGNAL, signal: 0, time: NOW - 1, expiresAt: NOW - MINUTE });
    await receive({ ...SIGNAL, time: NOW - MINUTE, expiresInMs: 3 * MINUTE });
    const lives = signals()
      .filter((_, index) => index % 2 === 0)
      .map(({ expiresAt, time }) => [time - NOW, expiresAt === null ? null : expiresAt - NOW]);
    expect(lives).toEqual([
      [0, 7 * MINUTE],
      [-1, null],
      [-MINUTE, 2 * MINUTE],
    ]);
  });

  it('has the same id again, wherever it is taken in, and however its numbers are written', async () => {
    const bodies = [
      { ...SIGNAL, time: NOW, price: 62_000, takeProfit: '64000.50' },
      {
        action: 'buy',
        symbol: 'BTCUSDT',
        strategy: 'trend',
        take_profit: 64000.5,
        time: new Date(NOW).toISOString(),
        price: '62000.0',
      },
    ];
    const ids = [];
    for (const body of bodies) {
      const { bus, receive } = desk();
      await receive(body);
      ids.push(bus.published.map(({ id }) => id));
    }
    expect(ids[1]).toEqual(ids[0]);
  });

  it('is taken once where it stands twice in a request, in the order of the request', async () => {
    const { receive, signals } = desk();
    const other = { ...SIGNAL, symbol: 'ETHUSDT', id: 'n' };
    const receipt = await receive([{ ...SIGNAL, id: 'n' }, other, { ...SIGNAL, id: 'n' }]);
    expect(receipt).toEqual({
      taken: true,
      answer: {
        accepted: [
          { id: 'n', clients: ['ikenna', 'odum'] },
          { id: 'n', clients: ['ikenna', 'odum'] },
          { id: 'n', clients: ['ikenna', 'odum'], duplicate: true },
        ],
      },
    });
    expect(signals().map(({ symbol }) => symbol)).toEqual(['BTCUSDT', 'BTCUSDT', 'ETHUSDT', 'ETHUSDT']);
  });

  it('is answered once every client’s message is confirmed, and not before', async () => {
    const { bus, receive } = desk();
    const confirmations: (() => void)[] = [];
    bus.confirm = () => {
      const { promise, resolve } = withResolvers();
      confirmations.push(resolve);
      return promise;
    };
    let answered = false;
    const receipt = receive(SIGNAL).then((given) => {
      answered = true;
      return given;
    });
    expect(confirmations).toHaveLength(2);
    confirmations[1]();
    await new Promise(setImmediate);
    expect(answered).toBe(false);
    confirmations[0]();
    expect((await receipt).taken).toBe(true);
  });
});

describe('a signal that is not taken', () => {
  const refusal = { taken: false };

  it('may have gone out where the bus refuses a message: then its id is told', async () => {
    const { bus, log, receive } = desk();
    bus.confirm = ({ key }) => (key === 'odum' ? Promise.reject(new Error('full')) : Promise.resolve());
    const receipt = await receive([{ ...SIGNAL, id: 'n-1' }]);
    expect(receipt).toMatchObject({
      ...refusal,
      problem: {
        type: 'urn:bowline:problem:unconfirmed',
        status: 503,
        retryAfterS: 1,
        errors: [{ path: '[0]', message: 'not confirmed; send it again with the id n-1' }],
      },
    });
    expect(log).toEqual(['the bus refuses a message']);
  });

  it('is answered where the bus says nothing', async () => {
    const { bus, receive } = desk({ confirmWithinMs: 5 });
    const { promise } = withResolvers();
    bus.confirm = () => promise;
    expect(await receive(SIGNAL)).toMatchObject({ ...refusal, problem: { status: 503, retryAfterS: 1 } });
  });

  it('waits outside while a client that it is for is behind', async () => {
    const { bus, log, receive } = desk({ maxBacklog: 3 });
    const behind = { topic: 'signals.odum', group: 'order-generator', messages: 3, oldestMs: 10 };
    bus.waiting = [{ ...behind, topic: 'signals.other' }];
    expect((await receive(SIGNAL)).taken).toBe(true);
    bus.waiting = [{ ...behind, messages: 2 }];
    expect((await receive(SIGNAL)).taken).toBe(true);
    bus.waiting = [behind];
    bus.published.splice(0);
    expect(await receive(SIGNAL)).toMatchObject({
      ...refusal,
      problem: { type: 'urn:bowline:problem:saturated', status: 503, retryAfterS: 1 },
    });
    expect(bus.published).toEqual([]);
    expect(log).toEqual(['signals are refused: too many are waiting']);
  });

  it('comes from a source that has sent too many; the others go on', async () => {
    const { bus, receive } = desk({ burst: 3, signalsPerSecond: 0.001 });
    expect((await receive([SIGNAL, SIGNAL])).taken).toBe(true);
    bus.published.splice(0);
    expect(await receive([SIGNAL, SIGNAL])).toMatchObject({
      ...refusal,
      problem: { type: 'urn:bowline:problem:too-many-requests', status: 429, retryAfterS: 1000 },
    });
    expect(bus.published).toEqual([]);
    expect((await receive(SIGNAL, '127.0.0.2')).taken).toBe(true);
  });
});

describe('whatever is sent', () => {
  const value = fc.oneof(
    fc.constantFrom(
      1,
      -1,
      0,
      '1',
      'long',
      'trend',
      'BTCUSDT',
      'ETHUSDT',
      NOW,
      '2025-01-06T12:00:00Z',
      60_000,
      '0.5',
      null,
    ),
    fc.jsonValue({ maxDepth: 1 }),
  );
  const field = fc.constantFrom(
    ...[
      'id',
      'strategy',
      'strategyId',
      'symbol',
      'signal',
      'action',
      'time',
      'price',
      'take_profit',
      'stopLoss',
    ],
    ...['volatility', 'quantity', 'expiresAt', 'expires_in_ms', '__proto__', 'toString'],
  );
  const signal = fc
    .array(fc.tuple(field, value), { maxLength: 5 })
    .map((more): unknown => Object.fromEntries([...Object.entries(SIGNAL), ...more]));
  const body = fc.oneof(
    signal,
    fc.array(signal, { maxLength: 4 }),
    fc.record({ signals: fc.array(signal) }),
    value,
  );

  it('is refused with what is wrong, or published as signals for every client', async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(body, async (sent) => {
        const { receive, signals } = desk();
        const receipt = await receive(sent);
        // Throws where one is none.
        const published = signals();
        if (receipt.taken) {
          taken += 1;
          const fresh = receipt.answer.accepted.filter(({ duplicate }) => duplicate !== true);
          expect(published).toHaveLength(2 * fresh.length);
        } else {
          expect(published).toEqual([]);
          expect([400, 422]).toContain(receipt.problem.status);
          expect(receipt.problem.errors?.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 2000 },
    );
    expect(taken).toBeGreaterThan(100);
  });
});
