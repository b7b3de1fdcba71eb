import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { BarClosed, MarketUpdate } from '@bowline/ports';
import { ManualClock } from '@bowline/testkit';
import { RemoteMarketFeed } from './remote-market-feed.js';
import { Arrivals, KeptLog, refusal, ScriptedExchange } from './scripted-exchange.spec-support.js';

const START = 1_000_000;

let exchange: ScriptedExchange;
let clock: ManualClock;
let log: KeptLog;
let feed: RemoteMarketFeed;
let told: Arrivals<string>;

beforeEach(async () => {
  exchange = await ScriptedExchange.open();
  clock = new ManualClock(START);
  log = new KeptLog();
  told = new Arrivals();
  const symbols = ['BTCUSDT', 'ETH/USDT'];
  feed = new RemoteMarketFeed({
    url: exchange.url,
    clock,
    logger: log,
    exchange: 'okx',
    symbols,
    recentBars: 60,
  });
  feed.onUpdate(({ last, symbol }) => told.push(`${symbol} ${last}`));
  feed.onBar(({ openTime, symbol }) => told.push(`${symbol} bar ${openTime}`));
});

afterEach(async () => {
  await feed.close();
  await exchange.close();
});

const bar = (symbol: string, openTime: number): BarClosed => ({
  ...{ exchange: 'okx', symbol, openTime, intervalMs: 60_000 },
  ...{ open: 1, high: 1, low: 1, close: 1 },
});

const update = (symbol: string, last: number): MarketUpdate => ({
  ...{ exchange: 'okx', symbol, at: START, last, high: last, low: last },
  ...{ bid: null, ask: null },
});

describe('a market at another process', () => {
  it('is asked for by its symbols, tells candles before prices, and takes the next when all have heard them', async () => {
    const connecting = feed.connect();
    const line = await exchange.lines.next();
    expect(line.path).toBe('/v1/exchanges/okx/market/stream?symbols=BTCUSDT%2CETH%2FUSDT&bars=60');
    expect(line.headers.authorization).toBeUndefined();
    line.say({ type: 'welcome', at: START });
    await connecting;
    line.say({
      type: 'market',
      bars: [bar('BTCUSDT', 0), bar('ETH/USDT', 0)],
      updates: [update('BTCUSDT', 5)],
    });
    expect(await line.heard.next()).toEqual({ type: 'next' });
    expect(told.items).toEqual(['BTCUSDT bar 0', 'ETH/USDT bar 0', 'BTCUSDT 5']);
    expect(line.heard.items).toEqual([]);
  });

  it('that was away tells the candles that were missed, and no other twice', async () => {
    const connecting = feed.connect();
    const line = await exchange.lines.next();
    line.say({ type: 'welcome', at: START });
    await connecting;
    line.say({ type: 'market', bars: [bar('BTCUSDT', 0), bar('BTCUSDT', 60_000)], updates: [] });
    await line.heard.next();
    line.cut();
    await log.warnings.next();
    clock.advance(50);
    const second = await exchange.lines.next();
    second.say({ type: 'welcome', at: START });
    second.say({ type: 'market', bars: [60_000, 120_000].map((at) => bar('BTCUSDT', at)), updates: [] });
    await second.heard.next();
    expect(told.items).toEqual(['BTCUSDT bar 0', 'BTCUSDT bar 60000', 'BTCUSDT bar 120000']);
  });

  it('that there is not is told', async () => {
    exchange.answers.push({ refusal: refusal(404, 'okx has no market ETH/USDT') });
    await expect(feed.connect()).rejects.toMatchObject({
      kind: 'refused',
      message: `${exchange.url} refuses the market of okx: 404: okx has no market ETH/USDT`,
    });
  });
});
