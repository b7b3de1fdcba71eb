import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '@bowline/engine';
import { PROTOCOL, RemoteMarketFeed, type MarketWord } from '@bowline/exchange-simulator';
import type { BarClosed, MarketUpdate } from '@bowline/ports';
import { WorkFolder } from '@bowline/testkit';
import type { ExchangeSimulator } from './exchange-simulator.js';
import { moving, openSim, post, SILENT } from './simulator.spec-support.js';

const opened: { close(): Promise<unknown> }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

const work = new WorkFolder('exchange-market');
let folders = 0;

async function open(options: Parameters<typeof openSim>[1] = {}): Promise<ExchangeSimulator> {
  folders += 1;
  const simulator = await openSim(work.at(`sim-${folders}`), options);
  opened.push(simulator);
  return simulator;
}

/** A feed, and promises of what it tells. */
function feedOf({ url }: ExchangeSimulator, symbols: readonly string[], recentBars = 0) {
  const clock = new SystemClock();
  const feed = new RemoteMarketFeed({ url, exchange: 'sim', symbols, recentBars, clock, logger: SILENT });
  opened.push(feed);
  const updates: MarketUpdate[] = [];
  const bars: BarClosed[] = [];
  let wake: () => void = () => undefined;
  feed.onUpdate((update) => {
    updates.push(update);
    wake();
  });
  feed.onBar((bar) => {
    bars.push(bar);
    wake();
  });
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo())
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
  };
  return { feed, updates, bars, until };
}

/** Reads a market by hand: one word after the other, each after a `next`. */
async function slowReader({ url }: ExchangeSimulator) {
  const socket: Socket = connect(Number(new URL(url).port), '127.0.0.1');
  opened.push({ close: async () => socket.destroy() });
  socket.write(
    `GET /v1/exchanges/sim/market/stream?symbols=BTCUSDT HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: ${PROTOCOL}\r\n\r\n`,
  );
  let text = '';
  let wake: () => void = () => undefined;
  socket.on('data', (part: Buffer) => {
    text += part.toString();
    wake();
  });
  const words = (): readonly MarketWord[] =>
    text
      .split('\n')
      .slice(0, -1)
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as MarketWord);
  const read = async (count: number): Promise<MarketWord> => {
    while (words().length < count)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    return words()[count - 1]!;
  };
  return { read, words, next: () => void socket.write('{"type":"next"}\n') };
}

describe('the market of an exchange', () => {
  it('is told to whoever reads it, in the symbols that it wants', async () => {
    const simulator = await open({ marketOf: () => moving(600) });
    const { feed, until, updates } = feedOf(simulator, ['BTCUSDT', 'ETHUSDT']);
    const only = feedOf(simulator, ['ETHUSDT']);
    await Promise.all([feed.connect(), only.feed.connect()]);
    await until(() => updates.length >= 40);
    await only.until(() => only.updates.length >= 20);
    expect(new Set(updates.map(({ symbol }) => symbol))).toEqual(new Set(['BTCUSDT', 'ETHUSDT']));
    expect(new Set(only.updates.map(({ symbol }) => symbol))).toEqual(new Set(['ETHUSDT']));
    for (const { ask, at, bid, high, last, low } of updates) {
      expect(bid).toBeLessThan(last);
      expect(ask).toBeGreaterThan(last);
      expect(low).toBeLessThanOrEqual(last);
      expect(last).toBeLessThanOrEqual(high);
      expect(at).toBeLessThanOrEqual(Date.now());
    }
  });

  it('begins with the candles that were over before, and goes on with those that follow', async () => {
    const simulator = await open({ marketOf: () => moving(600, 30 * 60_000) });
    const { bars, feed, until } = feedOf(simulator, ['BTCUSDT'], 20);
    await feed.connect();
    await until(() => bars.length >= 22);
    expect(bars.every(({ intervalMs }) => intervalMs === 100)).toBe(true);
    const openTimes = bars.map(({ openTime }) => openTime);
    expect(openTimes).toEqual(openTimes.map((_, at) => openTimes[0]! + at * 100));
    for (const [at, { open: price }] of bars.entries()) {
      // What a candle begins with lies within a second's move of what the one before has ended with.
      if (at > 0) expect(Math.abs(price / bars[at - 1]!.close - 1)).toBeLessThan(0.01);
    }
  });

  it('is conflated for who reads slowly: the newest price, with the high and low since its last', async () => {
    const simulator = await open();
    const reader = await slowReader(simulator);
    await reader.read(2);
    for (const price of ['101', '97', '104', '103'])
      await post(simulator.url, '/market', { exchange: 'sim', symbol: 'BTCUSDT', price });
    expect(reader.words()).toHaveLength(2);
    reader.next();
    const word = await reader.read(3);
    expect(word).toMatchObject({
      type: 'market',
      bars: [],
      updates: [{ symbol: 'BTCUSDT', last: 10_300, high: 10_400, low: 9_700, bid: 10_299, ask: 10_301 }],
    });
  });
});
