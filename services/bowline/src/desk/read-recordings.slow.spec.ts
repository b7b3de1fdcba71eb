import { expect, it } from '@jest/globals';
import { createInstrument } from '@bowline/domain';
import {
  replayRecording,
  type BookLevel,
  type MarketQuote,
  type MarketTick,
} from '@bowline/exchange-simulator';
import { readRecording } from '@bowline/marketdata';
import { RECORDED } from '@bowline/ports';
import { sharedData, whenPresent } from '@bowline/testkit';

const FILES = [
  ['USD-M', 'ticks/binance-usdm-btcusdt_20240808.gz', '0.1', '0.001'],
  ['spot', 'ticks/binance-spot-btcusdt_20240809.gz', '0.01', '0.00001'],
] as const;

for (const [name, file, tickSize, lotSize] of FILES)
  whenPresent(`a recording of Binance ${name}`, `../shared/data/${file}`, sharedData(file), (path) => {
    it('plays a market that shows what was recorded, whole and again, without a seam', async () => {
      const { instrument, recording } = await readRecording(path, () =>
        createInstrument({
          ...{
            exchange: 'sim',
            symbol: 'BTCUSDT',
            kind: 'perpetual',
            base: 'BTC',
            quote: 'USDT',
            settle: 'USDT',
          },
          ...{ multiplier: '1', inverse: false, tickSize, lotSize, minNotional: '0' },
        }),
      );
      let [bid, ask, deepest, crossed, trades] = [0, 0, 0, 0, 0];
      const prices: number[] = [];
      const show = ({ asks, bids }: { bids: readonly BookLevel[]; asks: readonly BookLevel[] }): void => {
        [bid, ask] = [bids[0]?.[0] ?? 0, asks[0]?.[0] ?? Number.POSITIVE_INFINITY];
        deepest = Math.max(deepest, bids.length, asks.length);
        if (bid >= ask) crossed += 1;
      };
      const sink = {
        exchange: 'sim',
        onQuote: (quote: MarketQuote) => show(quote),
        onTick: (tick: MarketTick) => {
          show(tick);
          trades += 1;
          prices.push(tick.price);
        },
      };
      const series = [{ instrument, recording }];
      const source = replayRecording({ series, sink, from: 0 });
      const { first, kind, length, levels, time } = recording;
      let [row, shown, seen] = [0, 0, 0];
      const end = time[length - 1]! - time[0]!;
      for (let next = source.nextTime()!; next <= end; next = source.nextTime()!) {
        source.step();
        // The last word on the best prices in this millisecond.
        let last = -1;
        for (; row < length && time[row]! - time[0]! <= next; row += 1)
          if (kind[row] === RECORDED.TOUCH) last = row;
        if (last < 0) continue;
        seen += 1;
        if (levels.price[first[last]!] === bid && levels.price[first[last]! + 1] === ask) shown += 1;
      }
      // The other stream of the recording is ahead now and then.
      expect(shown / seen).toBeGreaterThan(0.95);
      expect([crossed, trades]).toEqual([0, kind.filter((each) => each === RECORDED.TRADE).length]);
      const before = prices.at(-1)!;
      const played = prices.length;
      while (prices.length === played) source.step();
      expect(prices[played]).toBe(before);
      expect(crossed).toBe(0);
      expect(deepest).toBeLessThanOrEqual(1_000);
    });
  });
