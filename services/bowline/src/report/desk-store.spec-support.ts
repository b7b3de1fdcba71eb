import { Analytics } from '@bowline/analytics';
import type { BarClosed, Logger, MarketUpdate } from '@bowline/ports';
import { LiveReader } from '@bowline/store-duckdb';
import { atMinute, LiveDesk, MINUTE_MS, type LiveDeskOptions } from '@bowline/testkit';
import { readContent, type LiveContent } from './live-content.js';

/** A desk that is moved by hand, with analytics behind it. */
export interface StoredDesk {
  readonly desk: LiveDesk;
  readonly analytics: Analytics;
  /** A candle of BTCUSDT that is over: minute, open, high, low, close. */
  bar(minute: number, open: number, high: number, low: number, close: number): void;
  /** Lets time pass until so many minutes after the start. */
  passTo(minute: number): Promise<void>;
}

const SILENT: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

export async function storedDesk(path: string, options: LiveDeskOptions): Promise<StoredDesk> {
  const desk = await LiveDesk.open(options);
  const analytics = await Analytics.open({ layout: desk.layout, path, logger: SILENT });
  for (const { topic, pattern, ...route } of analytics.routes) {
    const name = pattern.split('/')[1] as Parameters<Analytics['receive']>[0];
    desk.bus.subscribe({ ...route, topic, handle: (delivery) => analytics.receive(name, delivery) });
  }
  let onBar: (bar: BarClosed) => void = () => undefined;
  let onUpdate: (update: MarketUpdate) => void = () => undefined;
  analytics.follow({
    onUpdate: (listener) => (onUpdate = listener),
    onBar: (listener) => (onBar = listener),
  });
  return {
    desk,
    analytics,
    bar: (minute, ...prices) => {
      const [open, high, low, close] = prices.map((price) => Math.round(price * 10));
      const market = { exchange: 'binance-usdm', symbol: 'BTCUSDT' };
      onUpdate({ ...market, at: atMinute(minute + 1) - 1, last: close, high, low, bid: null, ask: null });
      onBar({ ...market, openTime: atMinute(minute), intervalMs: MINUTE_MS, open, high, low, close });
    },
    passTo: (minute) => desk.pass(atMinute(minute) - desk.clock.now()),
  };
}

/** The seed's two strategies at 10 basis points a taker's fill, from a balance of 1,000, over five minutes. */
export async function seedDesk(path: string): Promise<StoredDesk> {
  const stored = await storedDesk(path, {
    clients: {
      odum: {
        accounts: { 'binance-usdm': { balance: 1_000, takerBps: 10 } },
        params: { fixedQuantity: '0.001' },
        strategies: { A: {}, B: { fixedQuantity: '0.002' } },
      },
    },
  });
  const { bar, desk, passTo } = stored;
  await desk.price(45_000);
  await desk.signal('A', 1, { takeProfit: '48000', stopLoss: '43000' });
  await passTo(1);
  bar(0, 45_000, 45_050, 44_900, 45_000);
  await desk.price(46_000);
  await desk.signal('B', 1, { takeProfit: '49000', stopLoss: '44000' });
  await desk.signal('B', 1);
  await passTo(2);
  bar(1, 46_000, 46_200, 45_900, 46_100);
  await passTo(2.5);
  await desk.price(48_000, { bid: 48_000, ask: 48_000.1 });
  await passTo(3);
  bar(2, 46_100, 48_000, 46_050, 47_900);
  await passTo(4);
  bar(3, 47_900, 47_950, 45_000, 45_100);
  await passTo(4.5);
  await desk.price(44_000, { bid: 44_000, ask: 44_000.1 });
  await passTo(5);
  bar(4, 45_100, 45_200, 43_900, 44_000);
  return stored;
}

export async function contentOf(path: string, clientId: string | null = null): Promise<LiveContent> {
  const reader = await LiveReader.open(path);
  try {
    return await readContent(reader, { from: null, to: null, clientId }, path);
  } finally {
    reader.close();
  }
}
