import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { sharedData, whenPresent, WorkFolder } from '@bowline/testkit';
import { Usdm } from '../usdm/usdm.spec-support.js';
import { Line, type Told } from './market-streams.spec-support.js';

// Before the folder goes.
afterAll(() => usdm.close());
const folder = new WorkFolder('market-streams');
let usdm: Usdm;
const lines: Line[] = [];

beforeAll(async () => {
  usdm = await Usdm.open(folder.path);
});
afterEach(() => lines.splice(0).forEach((line) => line.close()));

async function open(path: string): Promise<Line> {
  const line = await Line.open(`${usdm.streamUrl}${path}`);
  lines.push(line);
  return line;
}

const of = (type: string) => (told: Told) => told['e'] === type;
let price = 45_000;
const move = async (): Promise<string> => {
  price += 1;
  await usdm.moveTo(`${price}.0`);
  return `${price}.0`;
};

describe('market streams of Binance USD-M', () => {
  it.each(['/ws/btcusdt@trade', '/public/ws/btcusdt@trade', '/market/ws/btcusdt@trade'])(
    'are told plainly at %s',
    async (path) => {
      const line = await open(path);
      const at = await move();
      expect(await line.until((told) => told['p'] === at)).toMatchObject({
        e: 'trade',
        s: 'BTCUSDT',
        m: false,
      });
    },
  );

  it.each(['/stream?streams=btcusdt@trade/btcusdt@bookTicker', '/market/stream?streams=btcusdt@trade'])(
    'are told with their names at %s',
    async (path) => {
      const line = await open(path);
      const at = await move();
      const told = await line.until(
        ({ data, stream }) => stream === 'btcusdt@trade' && (data as Told)['p'] === at,
      );
      expect(Object.keys(told)).toEqual(['stream', 'data']);
    },
  );

  it('are subscribed to, listed, and left over the line', async () => {
    const line = await open('/ws');
    const params = ['btcusdt@trade', 'ethusdt@trade'];
    expect(await line.ask({ method: 'SUBSCRIBE', params, id: 1 })).toEqual({ result: null, id: 1 });
    await line.until(of('trade'));
    const list = { method: 'LIST_SUBSCRIPTIONS', id: 2 };
    expect(await line.ask(list)).toEqual({ result: params, id: 2 });
    expect(await line.ask({ method: 'UNSUBSCRIBE', params, id: 3 })).toEqual({ result: null, id: 3 });
    expect(await line.ask({ ...list, id: 4 })).toEqual({ result: [], id: 4 });
    const heard = line.told.length;
    // Whoever hears it still does, and this line does not.
    const other = await open('/ws/btcusdt@trade');
    const at = await move();
    await other.until((told) => told['p'] === at);
    expect(await line.ask({ ...list, id: 5 })).toEqual({ result: [], id: 5 });
    expect(line.told.slice(heard).some(of('trade'))).toBe(false);
  });

  it('come with their names once a line asks for that', async () => {
    const line = await open('/ws');
    const combined = { method: 'SET_PROPERTY', params: ['combined', true], id: 1 };
    expect(await line.ask(combined)).toEqual({ result: null, id: 1 });
    expect(await line.ask({ method: 'GET_PROPERTY', params: ['combined'], id: 2 })).toEqual({
      result: true,
      id: 2,
    });
    await line.ask({ method: 'SUBSCRIBE', params: ['btcusdt@bookTicker'], id: 3 });
    await move();
    expect(await line.until(({ stream }) => stream === 'btcusdt@bookTicker')).toHaveProperty(
      'data.e',
      'bookTicker',
    );
  });

  it.each([
    ['a stream that there is not', { method: 'SUBSCRIBE', params: ['btcusdt@trade', 'btcusdt@x'], id: 7 }, 7],
    ['another method', { method: 'SUBSCRIBED', params: [], id: 8 }, 8],
    ['names that are none', { method: 'SUBSCRIBE', params: [7], id: 9 }, 9],
    ['what is no JSON', 'hello', null],
  ])('are refused: %s', async (_, word, id) => {
    const line = await open('/ws');
    line.send(word);
    expect(await line.until((told) => 'error' in told)).toMatchObject({ error: { code: 2 }, id });
    // Nothing of a list that is refused is subscribed to.
    expect(await line.ask({ method: 'LIST_SUBSCRIPTIONS', id: 10 })).toEqual({ result: [], id: 10 });
  });

  it('end for a line that says too much in a second', async () => {
    const line = await open('/ws');
    // More than ten in each of two seconds, whenever the second begins.
    for (let id = 1; id <= 25; id += 1) line.send({ method: 'LIST_SUBSCRIPTIONS', id });
    expect(await line.end()).toEqual({ code: 1_008, reason: 'Too many requests' });
  });

  it.each([-3_600_000, 3_600_000])(
    'go on in their time where the exchange tells it wrong by %i ms',
    async (skewMs) => {
      await usdm.fault({ fault: 'clock_skew', skewMs });
      const line = await open('/ws/btcusdt@depth@100ms');
      const before = Date.now();
      for (let told = 1; told <= 2; told += 1) {
        await move();
        const { E } = await line.until(of('depthUpdate'), told - 1);
        expect(Math.abs(Number(E) - skewMs - before)).toBeLessThan(Math.abs(skewMs) / 2);
      }
      await usdm.fault({ fault: 'clock_skew', skewMs: 0 });
    },
  );

  it('give the whole book by a snapshot and the changes since', async () => {
    const line = await open('/ws/btcusdt@depth@0ms');
    const at = await move();
    const other = await open('/ws/btcusdt@trade');
    const answer = await fetch(`${usdm.url}/fapi/v1/depth?symbol=BTCUSDT&limit=1000`);
    const snapshot = (await answer.json()) as { lastUpdateId: number; bids: string[][]; asks: string[][] };
    const last = await move();
    await other.until((told) => told['p'] === last && told['p'] !== at);
    const book = { b: new Map(), a: new Map() };
    for (const [side, levels] of [['b', snapshot.bids] as const, ['a', snapshot.asks] as const])
      for (const [level, quantity] of levels) book[side].set(level, quantity);
    const reference = (await (
      await fetch(`${usdm.url}/fapi/v1/depth?symbol=BTCUSDT&limit=1000`)
    ).json()) as typeof snapshot;
    await line.until(({ u }) => Number(u) >= reference.lastUpdateId - 1);
    let previous: unknown = null;
    for (const told of line.told as unknown as readonly {
      U: number;
      u: number;
      pu: number;
      b: string[][];
      a: string[][];
    }[]) {
      if (told.u < snapshot.lastUpdateId || told.u > reference.lastUpdateId) continue;
      if (previous !== null) expect(told.pu).toBe(previous);
      previous = told.u;
      for (const side of ['b', 'a'] as const)
        for (const [level, quantity] of told[side])
          if (Number(quantity) === 0) book[side].delete(level);
          else book[side].set(level, quantity);
    }
    const sorted = (levels: Map<string, string>, direction: number) =>
      [...levels].sort(([one], [two]) => (Number(one) - Number(two)) * direction);
    expect([sorted(book.b, -1), sorted(book.a, 1)]).toEqual([reference.bids, reference.asks]);
  });
});

/** Streams whose events the fixtures show, and the fixture's name. */
const STREAMS: readonly (readonly [stream: string, event: string, fixture: string])[] = [
  ['btcusdt@aggTrade', 'aggTrade', 'agg_trade_stream'],
  ['btcusdt@trade', 'trade', 'trade_stream'],
  ['btcusdt@bookTicker', 'bookTicker', 'book_ticker_stream'],
  ['btcusdt@depth@100ms', 'depthUpdate', 'depth_update_stream'],
  ['btcusdt@depth5@100ms', 'depthUpdate', 'depth_update_stream'],
  ['btcusdt@kline_1m', 'kline', 'kline_stream_open'],
  ['btcusdt@markPrice@1s', 'markPriceUpdate', 'mark_price_stream'],
  ['btcusdt@ticker', '24hrTicker', 'ticker_stream'],
];

const FOLDER = 'fixtures/nautilus/binance/futures/market_data_json';
whenPresent('recorded events of Binance', `../shared/data/${FOLDER}`, sharedData(FOLDER), (path) => {
  it('know of every stream here', () => {
    // The liquidation stream is told in liquidation.spec.ts.
    const known = new Set([...STREAMS.map(([, , name]) => `${name}.json`), 'kline_stream_closed.json']);
    expect(readdirSync(path).filter((name) => !known.has(name))).toEqual(['liquidation_stream.json']);
  });

  it.each(STREAMS)('have no field that %s lacks', async (stream, event, name) => {
    const fixture = JSON.parse(readFileSync(join(path, `${name}.json`), 'utf8')) as Told;
    const line = await open(`/ws/${stream}`);
    await move();
    const told = await line.until(of(event));
    expect(shapeOf(told)).toMatchObject(shapeOf(fixture) as object);
  });
});

/** Its fields, with the types of their values. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return 'list';
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shapeOf(each)]));
}
