import { readdirSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { BusTransport } from '@bowline/bus-nestjs';
import { ANALYTICS_ROUTES, encodeJson, topicOf } from '@bowline/contracts';
import type { BarClosed, BusMessage, Logger, MarketUpdate } from '@bowline/ports';
import { LiveReader } from '@bowline/store-duckdb';
import { WorkFolder } from '@bowline/testkit';
import { Analytics, type AnalyticsOptions } from './analytics.js';
import { AnalyticsModule } from './analytics.module.js';
import { openSeed, recordedDesk, stopOfB, takeProfitOfA, type RecordedDesk } from './desk.spec-support.js';
import type { AnalyticsTopic } from './read-body.js';

const folder = new WorkFolder('analytics');
let stores = 0;

const logged: string[] = [];
const logger: Logger = {
  info: () => undefined,
  warn: (_fields, message) => void logged.push(message),
  error: (_fields, message) => void logged.push(message),
};

const opened: Analytics[] = [];
const apps: NestFastifyApplication[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
  for (const analytics of opened.splice(0)) await analytics.close();
  logged.length = 0;
});

/** Written when told to: no test waits for the clock. */
const BY_HAND: NonNullable<AnalyticsOptions['batches']> = { everyMs: 3_600_000 };

function newPath(): string {
  stores += 1;
  return folder.at(`desk-${stores}.duckdb`);
}

async function openAnalytics({ desk: { layout } }: RecordedDesk, path = newPath()): Promise<Analytics> {
  const analytics = await Analytics.open({ layout, path, logger, batches: BY_HAND });
  opened.push(analytics);
  return analytics;
}

async function deliver(analytics: Analytics, messages: readonly BusMessage[]): Promise<string[]> {
  const acknowledged: string[] = [];
  for (const message of messages) {
    const topic = message.topic.split('.')[0] as AnalyticsTopic;
    await analytics.receive(topic, { message, ack: () => acknowledged.push(message.id) });
  }
  return acknowledged;
}

/** All that it answers. */
function everything({ answers }: Analytics): unknown {
  return [
    answers.channels({}),
    answers.accounts({}),
    answers.positions({}),
    answers.orders({}),
    answers.trades({}),
    answers.fills({}),
    answers.signals({}),
    answers.alerts({}),
    answers.statistics({}),
  ];
}

async function seedDesk(): Promise<RecordedDesk> {
  const recorded = await recordedDesk();
  await openSeed(recorded);
  await takeProfitOfA(recorded);
  await stopOfB(recorded);
  return recorded;
}

describe('a message', () => {
  it('is acknowledged once it is in the store, and not before', async () => {
    const recorded = await seedDesk();
    const analytics = await openAnalytics(recorded);
    const acknowledged = await deliver(analytics, recorded.messages);
    await setImmediate();
    expect(acknowledged).toEqual([]);
    await analytics.close();
    expect(acknowledged).toEqual(recorded.messages.map(({ id }) => id));
  });

  it('that comes again is acknowledged no sooner than the first, and changes nothing', async () => {
    const recorded = await seedDesk();
    const analytics = await openAnalytics(recorded);
    await deliver(analytics, recorded.messages);
    const before = everything(analytics);
    const acknowledged = await deliver(analytics, recorded.messages);
    await setImmediate();
    expect(acknowledged).toEqual([]);
    expect(everything(analytics)).toEqual(before);
    await analytics.close();
    expect(acknowledged).toHaveLength(recorded.messages.length);
  });

  const positions = (recorded: RecordedDesk): BusMessage =>
    recorded.messages.find(({ topic }) => topic === 'positions.odum')!;
  it.each<[string, (good: BusMessage) => string, RegExp]>([
    ['is no JSON', () => '{', /JSON/],
    ['is something else', () => encodeJson({ hello: 'world' }), /"channel"|channel/],
    [
      'is of a symbol that the desk does not trade',
      ({ data }) => data.replaceAll('BTCUSDT', 'X'),
      /does not trade X/,
    ],
  ])('that %s is put aside with an alert, and the others go on', async (_what, spoil, error) => {
    const recorded = await seedDesk();
    const analytics = await openAnalytics(recorded);
    const good = positions(recorded);
    const acknowledged = await deliver(analytics, [{ ...good, id: 'bad', data: spoil(good) }]);
    await deliver(analytics, recorded.messages);
    await deliver(analytics, [{ ...good, id: 'bad', data: spoil(good) }]);
    await analytics.close();
    expect(acknowledged).toEqual(['bad']);
    expect(logged).toEqual(['analytics has put a message aside']);
    expect(analytics.answers.alerts({}).items).toEqual([
      expect.objectContaining({
        clientId: 'odum',
        code: 'DEAD_LETTER',
        text: expect.stringMatching(/^analytics has put aside bad of positions\.odum, from oco-manager\//),
      }),
    ]);
    expect(analytics.answers.alerts({}).items[0]!.text).toMatch(error);
    expect(analytics.answers.trades({}).items).toHaveLength(2);
  });

  it('with an amount that no table can hold is stored without it, with an alert', async () => {
    const recorded = await seedDesk();
    const path = newPath();
    const analytics = await openAnalytics(recorded, path);
    const good = recorded.messages.filter(({ data }) => data.includes('"fills":[{')).at(-1)!;
    const data = good.data.replace(/"fee":"~n\d+"/, `"fee":"~n${'9'.repeat(60)}"`);
    expect(data).not.toBe(good.data);
    const acknowledged = await deliver(analytics, [{ ...good, data }]);
    await analytics.close();
    expect(acknowledged).toEqual([good.id]);
    expect(logged).toEqual(['the live store cannot hold a row']);

    const reader = await LiveReader.open(path);
    const [alerts, fills, orders] = [
      await reader.rows('alerts', null),
      await reader.rows('fills', null),
      await reader.rows('orders', null),
    ];
    reader.close();
    expect([fills.length, orders.length > 0]).toEqual([0, true]);
    expect(alerts).toMatchObject([
      {
        code: 'DEAD_LETTER',
        text: expect.stringMatching(/^the store cannot hold .* of fills: .*digits before the point/),
      },
    ]);
  });
});

describe('a restart', () => {
  it('goes on where it was, whatever comes again', async () => {
    const recorded = await recordedDesk();
    await openSeed(recorded);
    await takeProfitOfA(recorded);
    const path = newPath();
    const first = await openAnalytics(recorded, path);
    await deliver(first, recorded.messages);
    const before = everything(first);
    await first.close();

    const second = await openAnalytics(recorded, path);
    expect(everything(second)).toEqual(before);
    await deliver(second, recorded.messages);
    expect(everything(second)).toEqual(before);

    const told = recorded.messages.length;
    await stopOfB(recorded);
    await deliver(second, recorded.messages.slice(told));
    await second.close();
    const whole = await openAnalytics(recorded);
    await deliver(whole, recorded.messages);
    expect(everything(second)).toEqual(everything(whole));
  });

  it('shows channels and accounts that have not said anything, with what the configuration says of them', async () => {
    const recorded = await recordedDesk({
      clients: { odum: { balance: '2500.5' } },
      symbols: ['BTCUSDT', 'ETHUSDT'],
    } as never);
    const analytics = await openAnalytics(recorded);
    expect(analytics.answers.channels({}).items).toMatchObject([
      { symbol: 'BTCUSDT', tradingState: 'ACTIVE', updatedAt: null, openPositions: 0, markPrice: null },
      { symbol: 'ETHUSDT', tradingState: 'ACTIVE', updatedAt: null, openPositions: 0 },
    ]);
    expect(analytics.answers.accounts({}).items).toMatchObject([
      { clientId: 'odum', asset: 'USDT', balance: null },
    ]);
  });
});

describe('the market', () => {
  it('gives prices to what is open, and candles to the store', async () => {
    const recorded = await recordedDesk();
    await openSeed(recorded);
    const path = newPath();
    const analytics = await openAnalytics(recorded, path);
    await deliver(analytics, recorded.messages);
    let update!: (update: MarketUpdate) => void;
    let bar!: (bar: BarClosed) => void;
    analytics.follow({ onUpdate: (listener) => (update = listener), onBar: (listener) => (bar = listener) });
    const market = { exchange: 'binance-usdm', symbol: 'BTCUSDT' };
    update({ ...market, at: 120_001, last: 470_000, high: 470_000, low: 470_000, bid: null, ask: null });
    const candle = { ...market, openTime: 60_000, intervalMs: 60_000, open: 1, high: 4, low: 1, close: 3 };
    bar(candle);
    bar({ ...candle, symbol: 'DOGEUSDT' });
    expect(analytics.answers.statistics({}).overall.unrealizedPnl).toBe('4');
    await analytics.close();

    const reader = await LiveReader.open(path);
    const { close, high, length, openTime } = await reader.candles('binance-usdm', 'BTCUSDT');
    reader.close();
    // What had begun when it was closed, the one that was told of, and one of the fills.
    expect(length).toBe(3);
    expect([openTime[0], high[0], close[0]]).toEqual([60_000, 0.4, 0.3]);
    expect([openTime[1], close[1]]).toEqual([120_000, 47_000]);
  });
});

describe('the module', () => {
  async function startApp(
    recorded: RecordedDesk,
  ): Promise<{ app: NestFastifyApplication; analytics: Analytics }> {
    const analytics = await openAnalytics(recorded);
    const app = await NestFactory.create<NestFastifyApplication>(
      AnalyticsModule.forRoot(analytics),
      new FastifyAdapter(),
      { logger: false, abortOnError: false },
    );
    apps.push(app);
    app.connectMicroservice({ strategy: new BusTransport(recorded.desk.bus, analytics.routes) });
    await app.startAllMicroservices();
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    return { app, analytics };
  }

  it('follows the bus, and answers every route as documented', async () => {
    const recorded = await recordedDesk();
    const { app, analytics } = await startApp(recorded);
    await openSeed(recorded);
    await takeProfitOfA(recorded);
    const waiting = (): number =>
      recorded.desk.bus
        .backlog()
        .reduce((sum, { group, messages }) => sum + (group === 'analytics' ? messages : 0), 0);
    expect(waiting()).toBe(recorded.messages.length);
    expect(analytics.answers.trades({}).items).toMatchObject([{ strategyId: 'A', realizedPnl: '3' }]);

    for (const { method, path, response } of ANALYTICS_ROUTES.filter(
      ({ path }) => !path.endsWith('database'),
    )) {
      const answer = await app.inject({ method, url: path });
      expect([path, answer.statusCode]).toEqual([path, 200]);
      expect([path, response.safeParse(answer.json()).error]).toEqual([path, undefined]);
    }
    const one = await app.inject('/v1/positions?client=odum&strategy=B&limit=1');
    expect(one.json()).toMatchObject({ items: [{ strategyPositionId: 'B-1', status: 'open' }], next: null });

    const refused = await app.inject('/v1/trades?clients=odum');
    expect(refused.statusCode).toBe(400);
    expect(refused.json()).toMatchObject({
      type: 'urn:bowline:problem:invalid',
      errors: [{ path: 'clients', message: 'unknown field; did you mean client?' }],
    });
    await analytics.close();
    expect(waiting()).toBe(0);
  });

  it('gives a copy of the store away, with everything that it was told until then, and leaves none behind', async () => {
    const recorded = await recordedDesk();
    const { app } = await startApp(recorded);
    await openSeed(recorded);
    await takeProfitOfA(recorded);
    const answer = await app.inject('/v1/database');
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'application/vnd.duckdb']);
    const reader = await LiveReader.open(folder.file('copy.duckdb', answer.rawPayload));
    const trades = await reader.rows('trades', null);
    reader.close();
    expect(trades).toMatchObject([{ strategyId: 'A', realizedPnl: '3' }]);
    expect((await app.inject('/v1/database?all=1')).statusCode).toBe(400);
    expect(readdirSync(folder.path).filter((name) => name.includes('.copy-'))).toEqual([]);
  });

  it('does not start on a file that is something else', async () => {
    const recorded = await recordedDesk();
    const path = folder.file('notes.txt', 'buy milk');
    await expect(openAnalytics(recorded, path)).rejects.toMatchObject({ code: 'foreign', path });
  });

  it('listens to every client of the desk', async () => {
    const recorded = await recordedDesk({ clients: { odum: {}, ikenna: {} } });
    const { routes } = await openAnalytics(recorded);
    expect(routes.map(({ topic }) => topic).sort()).toEqual(
      ['odum', 'ikenna']
        .flatMap((client) =>
          ['positions', 'audit', 'accounts'].map((topic) => topicOf(topic as AnalyticsTopic, client)),
        )
        .concat('dead-letters')
        .sort(),
    );
    expect(new Set(routes.map(({ acknowledge, group }) => `${group} ${acknowledge}`))).toEqual(
      new Set(['analytics later', 'analytics handler']),
    );
  });
});
