import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { RemoteExchangeError, RemoteMarketFeed } from '@bowline/exchange-simulator';
import { SystemClock } from '@bowline/engine';
import type { BarClosed, MarketUpdate } from '@bowline/ports';
import { MarketData } from './market-data.js';

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
const clock = new SystemClock();

/** A market that the test tells of. */
class ToldFeed {
  private readonly updates: ((update: MarketUpdate) => void)[] = [];
  private readonly bars: ((bar: BarClosed) => void)[] = [];

  onUpdate(listener: (update: MarketUpdate) => void): void {
    this.updates.push(listener);
  }

  onBar(listener: (bar: BarClosed) => void): void {
    this.bars.push(listener);
  }

  trade(symbol: string, last: number, tradedQty = 1): void {
    const update = {
      exchange: 'okx',
      symbol,
      at: clock.now(),
      last,
      high: last,
      low: last,
      bid: null,
      ask: null,
    };
    for (const listener of this.updates) listener({ ...update, tradedQty });
  }

  candle(symbol: string, openTime: number): void {
    const prices = { open: 1, high: 1, low: 1, close: 1 };
    for (const listener of this.bars)
      listener({ exchange: 'okx', symbol, openTime, intervalMs: 60_000, ...prices });
  }
}

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

async function running() {
  const feed = new ToldFeed();
  const markets = [{ exchange: 'okx', symbols: ['BTCUSDT', 'ETHUSDT'], feed }];
  const data = new MarketData({ markets, recentBars: 2, clock, logger: silent });
  const server: Server = createServer();
  data.serve(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  opened.push({ close: () => server.close() }, data);
  return { data, feed, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** A reader, and a way to wait until it has heard so much. */
async function reading(url: string, symbols: readonly string[], recentBars = 0) {
  const reader = new RemoteMarketFeed({ url, clock, logger: silent, exchange: 'okx', symbols, recentBars });
  opened.push(reader);
  const updates: MarketUpdate[] = [];
  const bars: BarClosed[] = [];
  let look: () => void = () => undefined;
  reader.onUpdate((update) => {
    updates.push(update);
    look();
  });
  reader.onBar((bar) => {
    bars.push(bar);
    look();
  });
  await reader.connect();
  const until = (isSo: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      look = () => {
        if (isSo()) resolve();
      };
      look();
    });
  return { bars, updates, until };
}

describe('a process that tells markets', () => {
  it('tells each reader of its symbols, and nothing of others', async () => {
    const { data, feed, url } = await running();
    const both = await reading(url, ['BTCUSDT', 'ETHUSDT']);
    const one = await reading(url, ['ETHUSDT']);
    expect(data.readers).toBe(2);
    feed.trade('BTCUSDT', 100);
    feed.trade('ETHUSDT', 7);
    await both.until(() => both.updates.length === 2);
    await one.until(() => one.updates.length === 1);
    expect(one.updates.map(({ last, symbol }) => [symbol, last])).toEqual([['ETHUSDT', 7]]);
  });

  it('tells whoever has not read meanwhile the newest price, how far it went, and all that was traded', async () => {
    const { feed, url } = await running();
    const reader = await reading(url, ['BTCUSDT']);
    // Within one turn nobody can read.
    for (const [price, quantity] of [
      [100, 1],
      [140, 2],
      [80, 3],
      [110, 4],
    ] as const)
      feed.trade('BTCUSDT', price, quantity);
    const total = () => reader.updates.reduce((sum, { tradedQty = 0 }) => sum + tradedQty, 0);
    await reader.until(() => total() === 10);
    expect(reader.updates.length).toBeLessThan(4);
    expect(Math.max(...reader.updates.map(({ high }) => high))).toBe(140);
    expect(Math.min(...reader.updates.map(({ low }) => low))).toBe(80);
    expect(reader.updates.at(-1)!.last).toBe(110);
  });

  it('gives a new reader the last candles first', async () => {
    const { feed, url } = await running();
    for (const minute of [0, 1, 2]) feed.candle('BTCUSDT', minute * 60_000);
    const reader = await reading(url, ['BTCUSDT'], 10);
    await reader.until(() => reader.bars.length === 2);
    expect(reader.bars.map(({ openTime }) => openTime)).toEqual([60_000, 120_000]);
  });

  it('knows how long it has heard nothing', async () => {
    const { data, feed } = await running();
    feed.trade('BTCUSDT', 100);
    const [btc, eth] = data.ages();
    expect(btc!.forMs).toBeGreaterThanOrEqual(0);
    expect(eth).toEqual({ exchange: 'okx', symbol: 'ETHUSDT', forMs: null });
  });

  it('refuses a market that it does not have, and says which it has', async () => {
    const { url } = await running();
    const reader = new RemoteMarketFeed({
      url,
      clock,
      logger: silent,
      exchange: 'okx',
      symbols: ['XRPUSDT'],
    });
    const error = await reader.connect().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RemoteExchangeError);
    expect((error as Error).message).toContain('okx has no market XRPUSDT: it has BTCUSDT, ETHUSDT');
  });

  it.each([
    ['/v1/exchanges/kraken/market/stream', 'bowline-exchange/1', 404],
    ['/v1/exchanges/okx/market/stream?bars=many', 'bowline-exchange/1', 400],
    ['/v1/exchanges/okx/market/stream', 'websocket', 426],
    ['/v1/exchanges/okx/accounts/ikenna/stream', 'bowline-exchange/1', 404],
  ])('answers %s in %s with %d', async (path, upgrade, status) => {
    const { url } = await running();
    const asked = request(`${url}${path}`, { headers: { connection: 'Upgrade', upgrade } });
    asked.end();
    const [response] = (await once(asked, 'response')) as [{ statusCode: number; resume(): void }];
    response.resume();
    expect(response.statusCode).toBe(status);
  });
});
