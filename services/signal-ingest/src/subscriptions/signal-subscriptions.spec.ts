import { describe, expect, it } from '@jest/globals';
import { LocalBus } from '@bowline/bus-local';
import { DEAD_LETTERS, deadLettersTopic, decodeJson, signalsTopic } from '@bowline/contracts';
import type { BusMessage } from '@bowline/ports';
import { DIRECTORY, KeptLog, NOW } from '../ingest.spec-support.js';
import { SignalIngest } from '../signal-ingest.js';
import { SIGNAL_INGEST_GROUP, SignalSubscriptions } from './signal-subscriptions.js';

const TOPIC = 'strategy-signals';
const MINUTE = 60_000;

function message(id: string, body: unknown, time = NOW): BusMessage {
  const data = typeof body === 'string' ? body : JSON.stringify(body);
  return { topic: TOPIC, key: 'trend', id, source: 'research', epoch: 0, time, cause: null, data };
}

/** A desk whose generator of ikenna only keeps what it gets. */
function desk(strategies: readonly string[] | null = null) {
  const failures: string[] = [];
  const bus = new LocalBus({
    retry: { firstMs: 0, maxMs: 0 },
    unread: (topic) => topic === 'signals.odum',
    onFailure: ({ error }) => void failures.push((error as Error).message),
  });
  const kept: BusMessage[] = [];
  const dead: BusMessage[] = [];
  for (const [topic, into] of [
    ['signals.ikenna', kept],
    [DEAD_LETTERS, dead],
  ] as const) {
    const handle = ({ message: each }: { message: BusMessage }) => Promise.resolve(void into.push(each));
    bus.subscribe({ topic, group: 'test', handle });
  }
  const logger = new KeptLog();
  const ingest = new SignalIngest({
    bus,
    clock: { now: () => NOW },
    directory: DIRECTORY,
    limits: { defaultLifeMs: 15 * MINUTE },
    logger,
  });
  const subscriptions = new SignalSubscriptions({
    subscriptions: [{ topic: TOPIC, strategies }],
    bus,
    ingest,
    logger,
  });
  return {
    bus,
    failures,
    ingest,
    logger,
    subscriptions,
    signals: () => kept.map(({ data }) => signalsTopic.parse(decodeJson(data))),
    messages: () => kept.map(({ id }) => id),
    dead: () => dead.map(({ data }) => deadLettersTopic.parse(decodeJson(data))),
  };
}

const SIGNAL = { strategy: 'trend', symbol: 'BTCUSDT', action: 'buy' };

describe('a signal that is published on a topic', () => {
  it('goes to every client that follows it, at its own time, before it is acknowledged', async () => {
    const { bus, signals } = desk();
    await bus.publish(message('m-1', SIGNAL, NOW - MINUTE));
    expect(signals()).toMatchObject([{ signal: 1, time: NOW - MINUTE, expiresAt: NOW + 14 * MINUTE }]);
  });

  it('has the same id when the message comes again, and another one in another message', async () => {
    const { bus, messages } = desk();
    for (const [id, time] of [
      ['m-1', NOW - 1],
      ['m-1', NOW],
      ['m-2', NOW],
    ] as const)
      await bus.publish(message(id, SIGNAL, time));
    const [first, again, other] = messages();
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it.each<[string, unknown, number, string]>([
    ['no JSON', '{"strategy":', NOW, 'line 1, column 13: expected a value, got the end'],
    ['a number', 5, NOW, 'expected a signal, a list of signals, or {"signals": [...]}, got 5'],
    ['an unknown field', { ...SIGNAL, qty: 1 }, NOW, 'qty: unknown field; known here:'],
    ['a symbol nobody trades', { ...SIGNAL, symbol: 'X' }, NOW, 'symbol: no account trades "X"'],
    ['a day old', SIGNAL, NOW - 1440 * MINUTE, 'time: it expired at 2025-01-05T12:15:00.000Z'],
    [
      'a strategy of somebody else’s',
      { ...SIGNAL, strategy: 'other' },
      NOW,
      "strategy: other is none of this source's",
    ],
  ])('(%s) is set aside with the reason, and those behind it go on', async (_what, body, time, reason) => {
    const { bus, dead, failures, logger, signals } = desk(['trend']);
    const bad = bus.publish(message('bad', body, time));
    await bus.publish(message('good', SIGNAL));
    await bad;
    expect(signals()).toHaveLength(1);
    expect(dead()).toMatchObject([
      {
        message: { topic: TOPIC, id: 'bad', data: message('bad', body).data },
        group: SIGNAL_INGEST_GROUP,
        reason: expect.stringContaining(reason),
      },
    ]);
    expect([logger.lines.length, failures]).toEqual([1, []]);
  });

  it('comes again where it cannot be taken now', async () => {
    const { bus, dead, failures, ingest, signals } = desk();
    const receive = ingest.receive.bind(ingest);
    let times = 0;
    ingest.receive = (sender, body) => {
      times += 1;
      if (times > 2) return receive(sender, body);
      const problem = { type: '', title: 'saturated', status: 503, retryAfterS: 1 };
      return Promise.resolve({ taken: false, problem });
    };
    await bus.publish(message('m-1', SIGNAL));
    expect([signals().length, dead().length, failures]).toEqual([
      1,
      0,
      Array(2).fill('strategy-signals: saturated'),
    ]);
  });

  it('is left to others once it is closed', async () => {
    const { bus, signals, subscriptions } = desk();
    await subscriptions.close();
    const published = bus.publish(message('m-1', SIGNAL));
    await new Promise(setImmediate);
    expect(signals()).toEqual([]);
    await bus.close();
    await expect(published).rejects.toMatchObject({ kind: 'closed' });
  });
});
