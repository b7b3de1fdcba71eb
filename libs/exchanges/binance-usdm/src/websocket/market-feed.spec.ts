import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { BarClosed, MarketDepth, MarketUpdate } from '@bowline/ports';
import { ManualClock } from '@bowline/testkit';
import { Arrivals, BTCUSDT, KeptLog, ScriptedBinance } from '../scripted-binance.spec-support.js';
import { BinanceUsdmMarketFeed } from './market-feed.js';

const MINUTE = 60_000;
/** A minute has just begun. */
const START = 1_700_000_040_000;

let binance: ScriptedBinance;
let clock: ManualClock;
let feed: BinanceUsdmMarketFeed;
let updates: Arrivals<MarketUpdate>;
let bars: Arrivals<BarClosed>;
let depths: Arrivals<MarketDepth>;

beforeEach(async () => {
  binance = await ScriptedBinance.open();
  clock = new ManualClock(START);
  binance.on('GET /fapi/v1/time', () => ({ body: { serverTime: clock.now() } }));
  binance.replies('GET /fapi/v1/klines', { body: [] });
});

afterEach(async () => {
  await feed.close();
  await binance.close();
});

interface ConnectOptions {
  readonly conflateMs?: number;
  readonly recentBars?: number;
  readonly withDepth?: boolean;
}

async function connect({ withDepth = false, ...options }: ConnectOptions = {}): Promise<void> {
  feed = new BinanceUsdmMarketFeed({
    ...{
      instruments: [BTCUSDT],
      restUrl: binance.url,
      streamUrl: binance.streamUrl,
      clock,
      logger: new KeptLog(),
    },
    ...{ heartbeatMs: 1e9, timeoutMs: 1e9, jitter: () => 1, conflateMs: 0, ...options },
  });
  updates = new Arrivals();
  bars = new Arrivals();
  depths = new Arrivals();
  if (withDepth) feed.onDepth((depth) => depths.push(depth));
  feed.onUpdate((update) => updates.push(update));
  feed.onBar((bar) => bars.push(bar));
  await feed.connect();
}

const trade = (a: number, p: string, T = clock.now()): unknown => ({
  ...{ e: 'aggTrade', E: T, s: 'BTCUSDT', a, p, q: '1', f: a, l: a, T, m: true },
});
const quote = (b: string, a: string): unknown => ({
  ...{ e: 'bookTicker', u: 1, s: 'BTCUSDT', b, B: '1', a, A: '1', T: clock.now(), E: clock.now() },
});
const candle = (t: number, o: string, h: string, l: string, c: string): unknown[] => [
  ...[t, o, h, l, c, '1', t + MINUTE - 1, '1', 1, '1', '1', '0'],
];
const kline = (t: number, x: boolean): unknown => ({
  ...{ e: 'kline', E: t + MINUTE, s: 'BTCUSDT' },
  k: { t, T: t + MINUTE - 1, s: 'BTCUSDT', i: '1m', o: '100', h: '103', l: '99', c: '101', x },
});

/** Says it on the newest line of this kind, in the envelope of combined streams. */
function push(kind: 'market' | 'public', data: unknown): void {
  const line = binance.sockets.filter(({ url }) => url.startsWith(`/${kind}/`)).at(-1);
  line?.socket.send(JSON.stringify({ stream: 'any', data }));
}

/** Breaks the line of trades, and waits for the next one. */
async function breakLine(): Promise<void> {
  const lines = binance.sockets.length;
  binance.sockets.find(({ url }) => url.startsWith('/market/'))?.socket.terminate();
  while (binance.sockets.length === lines) {
    clock.advance(250);
    await turn();
  }
}

describe('the market feed', () => {
  it('listens to trades and candles, and to the top of the book', async () => {
    await connect();
    expect(binance.sockets.map(({ url }) => url).sort()).toEqual([
      '/market/stream?streams=btcusdt@aggTrade/btcusdt@kline_1m',
      '/public/stream?streams=btcusdt@bookTicker',
    ]);
  });

  it('tells the last price with the range since the update before, and the top of the book', async () => {
    await connect();
    push('market', trade(1, '100.0'));
    await updates.first(1);
    push('public', quote('99.9', '100.2'));
    await updates.first(2);
    push('market', trade(2, '101.0'));
    const told = await updates.first(3);
    const of = { exchange: 'binance-usdm', symbol: 'BTCUSDT', at: START };
    const book = { bid: 999, bidQty: 1_000, ask: 1_002, askQty: 1_000 };
    expect(told).toEqual([
      { ...of, last: 1_000, high: 1_000, low: 1_000, bid: null, ask: null, tradedQty: 1_000 },
      { ...of, last: 1_000, high: 1_000, low: 1_000, tradedQty: 0, ...book },
      { ...of, last: 1_010, high: 1_010, low: 1_000, tradedQty: 1_000, ...book },
    ]);
  });

  it('puts together what comes between two updates', async () => {
    await connect({ conflateMs: 100 });
    push('market', trade(1, '100.0'));
    await updates.first(1);
    for (const [at, price] of ['104.0', '96.0', '101.0'].entries()) push('market', trade(2 + at, price));
    // A candle behind them shows that they have been heard.
    push('market', kline(START, true));
    await bars.first(1);
    expect(updates.all).toHaveLength(1);
    clock.advance(100);
    expect(updates.all[1]).toMatchObject({ last: 1_010, high: 1_040, low: 960, tradedQty: 3_000 });
  });

  it('tells nothing before there was a trade, and a trade once', async () => {
    await connect();
    push('public', quote('99.9', '100.2'));
    push('market', trade(2, '100.0'));
    await updates.first(1);
    push('market', trade(2, '100.0'));
    push('market', trade(1, '90.0'));
    push('market', trade(3, '101.0'));
    expect((await updates.first(2)).at(-1)).toMatchObject({ last: 1_010, low: 1_000 });
  });

  it('tells the best levels of the book where somebody listens', async () => {
    await connect({ withDepth: true });
    expect(binance.sockets.map(({ url }) => url)).toContain(
      '/public/stream?streams=btcusdt@bookTicker/btcusdt@depth20@100ms',
    );
    const levels = {
      b: [
        ['99.9', '1.5'],
        ['99.8', '0.002'],
      ],
      a: [['100.1', '0']],
    };
    push('public', { e: 'depthUpdate', E: START, T: START, s: 'BTCUSDT', U: 1, u: 2, pu: 0, ...levels });
    expect(await depths.first(1)).toEqual([
      {
        ...{ exchange: 'binance-usdm', symbol: 'BTCUSDT', at: START, asks: [] },
        bids: [
          [999, 1_500],
          [998, 2],
        ],
      },
    ]);
  });

  it('tells candles that are over, each once', async () => {
    await connect();
    push('market', kline(START, false));
    push('market', kline(START, true));
    push('market', kline(START, true));
    push('market', kline(START + MINUTE, true));
    expect(await bars.first(2)).toEqual([
      {
        ...{ exchange: 'binance-usdm', symbol: 'BTCUSDT', openTime: START, intervalMs: MINUTE },
        ...{ open: 1_000, high: 1_030, low: 990, close: 1_010 },
      },
      expect.objectContaining({ openTime: START + MINUTE }),
    ]);
  });

  it('begins with recent candles, without the one that is not over', async () => {
    const [first, second] = [START - 2 * MINUTE, START - MINUTE];
    const body = [first, second, START].map((t) => candle(t, '1', '2', '0.5', '1.5'));
    binance.replies('GET /fapi/v1/klines', { body });
    await connect({ recentBars: 2 });
    expect((await bars.first(2)).map(({ openTime }) => openTime)).toEqual([first, second]);
    expect(binance.callsOf('GET /fapi/v1/klines')[0]?.params).toMatchObject({ startTime: String(first) });
  });
});

describe('a gap', () => {
  beforeEach(async () => {
    await connect();
    push('market', trade(10, '100.0'));
    await updates.first(1);
  });

  it('carries its high and low in the first update after it', async () => {
    const missed = ['110.0', '90.0', '101.0'].map((p, at) => ({
      a: 11 + at,
      p,
      q: '1',
      f: 1,
      l: 1,
      T: START + at,
      m: true,
    }));
    binance.replies('GET /fapi/v1/aggTrades', { body: missed });
    await breakLine();
    const told = await updates.first(2);
    expect(told[1]).toMatchObject({ last: 1_010, high: 1_100, low: 900, tradedQty: 3_000 });
    expect(binance.callsOf('GET /fapi/v1/aggTrades')[0]?.params).toEqual({
      symbol: 'BTCUSDT',
      fromId: '11',
      limit: '1000',
    });
  });

  it('tells nothing before it is known, and goes on from there', async () => {
    let answer: () => void = () => undefined;
    binance.on('GET /fapi/v1/aggTrades', async () => {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return { body: [{ a: 11, p: '90.0', q: '2', T: START + 1 }] };
    });
    await breakLine();
    await binance.until(() => binance.callsOf('GET /fapi/v1/aggTrades').length === 1);
    clock.advance(10);
    push('market', trade(11, '90.0', START + 1));
    push('market', trade(12, '95.0'));
    push('market', kline(START, true));
    push('public', quote('94.9', '95.1'));
    expect(updates.all).toHaveLength(1);
    answer();
    expect((await updates.first(2))[1]).toMatchObject({
      ...{ last: 950, high: 1_000, low: 900, tradedQty: 3_000 },
    });
    expect(await bars.first(1)).toHaveLength(1);
  });

  it('is asked for again where the exchange does not answer', async () => {
    binance.replies(
      'GET /fapi/v1/aggTrades',
      { status: 502, body: '' },
      { body: [{ a: 11, p: '90.0', q: '1', T: START }] },
    );
    await breakLine();
    while (updates.all.length === 1) {
      clock.advance(1_000);
      await turn();
    }
    expect(updates.all[1]).toMatchObject({ low: 900 });
  });

  it('of more trades than can be read is read in candles from then on', async () => {
    binance.on('GET /fapi/v1/aggTrades', ({ params }) => {
      const from = Number(params['fromId']);
      return {
        body: Array.from({ length: 1_000 }, (_, at) => ({
          a: from + at,
          p: '101.0',
          q: '1',
          T: START + 5 * MINUTE + 7,
        })),
      };
    });
    binance.on('GET /fapi/v1/klines', ({ params }) => {
      const from = Number(params['startTime']);
      return { body: from === START + 5 * MINUTE ? [candle(from, '101', '120', '80', '102')] : [] };
    });
    await breakLine();
    const [, update] = await updates.first(2);
    expect(update).toMatchObject({ last: 1_020, high: 1_200, low: 800 });
    expect(update).not.toHaveProperty('tradedQty');
    push('market', trade(20_000, '103.0', START + 5 * MINUTE + 8));
    expect((await updates.first(3))[2]).toMatchObject({ last: 1_030, tradedQty: 1_000 });
    expect(binance.callsOf('GET /fapi/v1/aggTrades')).toHaveLength(10);
  });

  it('brings the candles that were missed', async () => {
    push('market', kline(START, true));
    await bars.first(1);
    binance.replies('GET /fapi/v1/aggTrades', { body: [] });
    binance.replies('GET /fapi/v1/klines', {
      body: [
        candle(START + MINUTE, '1', '2', '0.5', '1.5'),
        candle(START + 2 * MINUTE, '1', '2', '0.5', '1.5'),
      ],
    });
    clock.advanceTo(START + 2 * MINUTE + 1_000);
    await breakLine();
    expect((await bars.first(2)).map(({ openTime }) => openTime)).toEqual([START, START + MINUTE]);
  });
});
