import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { MarketDepth, MarketUpdate } from '@bowline/ports';
import { Arrivals, KeptLog, SystemClock } from '@bowline/testkit';
import { BTCUSDT, ScriptedSpot } from '../scripted-spot.spec-support.js';
import { BinanceSpotMarketFeed } from './market-feed.js';

let spot: ScriptedSpot;
let feed: BinanceSpotMarketFeed;
const updates = new Arrivals<MarketUpdate>();
const depths = new Arrivals<MarketDepth>();

beforeEach(async () => {
  spot = await ScriptedSpot.open();
  spot.hears(() => undefined);
  feed = new BinanceSpotMarketFeed({
    ...{
      instruments: [BTCUSDT],
      restUrl: spot.url,
      streamUrl: spot.streamUrl,
      conflateMs: 0,
      firstPauseMs: 1,
    },
    ...{ clock: new SystemClock(), logger: new KeptLog() },
  });
  feed.onUpdate((update) => updates.push(update));
  feed.onDepth((depth) => depths.push(depth));
  await feed.connect();
});

afterEach(async () => {
  await feed.close();
  await spot.close();
});

const TRADES = '/stream?streams=btcusdt@aggTrade/btcusdt@kline_1m';
const BOOK = '/stream?streams=btcusdt@bookTicker/btcusdt@depth20@100ms';

function say(line: string, stream: string, data: unknown): void {
  const { socket } = spot.sockets.filter(({ url }) => url === line).at(-1)!;
  socket.send(JSON.stringify({ stream, data }));
}

const trade = (a: number, p: string): unknown => ({
  ...{ e: 'aggTrade', E: 1_000, s: 'BTCUSDT', a, p, q: '0.00002', f: a, l: a, T: 1_000, m: true, M: true },
});

it('tells trades, the top of the book and its best levels, and what was missed in a break', async () => {
  expect(spot.sockets.map(({ url }) => url).sort()).toEqual([TRADES, BOOK].sort());

  say(TRADES, 'btcusdt@aggTrade', trade(1, '45000.00'));
  expect((await updates.first(1))[0]).toMatchObject({
    ...{ exchange: 'binance-spot', symbol: 'BTCUSDT', last: 4_500_000, bid: null, tradedQty: 2, at: 1_000 },
  });

  say(BOOK, 'btcusdt@bookTicker', {
    u: 1,
    s: 'BTCUSDT',
    b: '44999.99',
    B: '0.00003',
    a: '45000.01',
    A: '0.00004',
  });
  const [, quoted] = await updates.first(2);
  expect(quoted).toMatchObject({ bid: 4_499_999, bidQty: 3, ask: 4_500_001, askQty: 4 });
  // Of a quote the exchange says no time.
  expect(quoted!.at).toBeGreaterThan(1_000);

  say(BOOK, 'btcusdt@depth20@100ms', { lastUpdateId: 2, bids: [['44999.99', '0.00003']], asks: [] });
  expect((await depths.first(1))[0]).toMatchObject({ symbol: 'BTCUSDT', bids: [[4_499_999, 3]], asks: [] });

  spot.on('GET /api/v3/aggTrades', ({ params }) => {
    expect(params).toMatchObject({ symbol: 'BTCUSDT', fromId: '2' });
    return {
      body: [
        { a: 2, p: '46000.00', q: '0.00001', f: 2, l: 2, T: 2_000, m: true, M: true },
        { a: 3, p: '44000.00', q: '0.00001', f: 3, l: 3, T: 3_000, m: true, M: true },
      ],
    };
  });
  spot.replies('GET /api/v3/klines', { body: [] });
  spot.sockets.find(({ url }) => url === TRADES)!.socket.terminate();
  expect((await updates.first(3))[2]).toMatchObject({
    last: 4_400_000,
    high: 4_600_000,
    low: 4_400_000,
    tradedQty: 2,
  });
});
