import type { TimeMs } from '@bowline/domain';
import type { BookLevel } from '@bowline/exchange-simulator';
import { DepthChanges } from '../../public-market/depth-changes.js';
import { endOf, INTERVALS, type Interval } from '../../public-market/klines.js';
import type { PublicMarket } from '../../public-market/public-market.js';
import type { Timers } from '../common/timers.js';
import type { Event, MarketWords } from './market-words.js';
import type { StreamTopic } from './stream-name.js';

export interface FeedSurroundings {
  readonly markets: readonly PublicMarket[];
  readonly timers: Timers;
  readonly words: MarketWords;
  readonly now: () => TimeMs;
  /** The exchange's time as it tells it: nothing waits by that. */
  readonly at: () => TimeMs;
}

type Tell = (event: Event | readonly Event[]) => void;
type Stop = () => void;

const KLINE_EVERY_MS = 250;
const TICKER_EVERY_MS = 1_000;

/** Follows what a stream is about for as long as somebody wants it. Returns what ends it. */
export function openFeed(topic: StreamTopic, around: FeedSurroundings, tell: Tell): Stop {
  const { at, markets, now, words } = around;
  const followed = markets.filter(({ symbol }) => topic.symbol === null || symbol === topic.symbol);
  const told = (event: Event | null): void => {
    if (event !== null) tell(event);
  };
  const each = (follow: (market: PublicMarket) => Stop): Stop => allOf(followed.map(follow));
  switch (topic.kind) {
    case 'trade':
      return each((market) => market.follow({ onTrade: (trade) => told(words.trade(market, trade, at())) }));
    case 'aggTrade':
      return each((market) =>
        market.follow({ onTrade: (trade) => told(words.aggTrade(market, trade, at())) }),
      );
    case 'forceOrder':
      return each((market) =>
        market.follow({ onLiquidation: (liquidation) => told(words.forceOrder(market, liquidation, at())) }),
      );
    case 'bookTicker':
      return each((market) => bestFeed(market, (bid, ask) => told(words.bookTicker(market, bid, ask, at()))));
    case 'depth':
      return each((market) => depthFeed(market, topic.levels, topic.everyMs, around, told));
    case 'kline':
      return each((market) => klineFeed(market, topic.interval, around, told));
    case 'markPrice':
      return every(topic.everyMs, around, () => {
        tellSome(topic, followed, tell, (market) =>
          market.marked === null ? null : words.markPrice(market, market.marked, at()),
        );
      });
    case 'miniTicker':
    case 'ticker': {
      const eventOf = topic.kind === 'ticker' ? words.ticker : words.miniTicker;
      return every(TICKER_EVERY_MS, around, () => {
        tellSome(topic, followed, tell, (market) => {
          const day = market.klines.day(now());
          return day === null ? null : eventOf(market, day, at());
        });
      });
    }
  }
}

/** A stream of all markets tells a list. */
function tellSome(
  { symbol }: StreamTopic,
  markets: readonly PublicMarket[],
  tell: Tell,
  eventOf: (market: PublicMarket) => Event | null,
): void {
  const events = markets.map(eventOf).filter((event) => event !== null);
  if (events.length > 0) tell(symbol === null ? events : events[0]!);
}

function bestFeed(market: PublicMarket, tell: (bid: BookLevel | null, ask: BookLevel | null) => void): Stop {
  let told = '';
  return market.follow({
    onBook: () => {
      const { asks, bids } = market.book;
      const [bid = null, ask = null] = [bids[0], asks[0]];
      const now = JSON.stringify([bid, ask]);
      if (now === told) return;
      told = now;
      tell(bid, ask);
    },
  });
}

function depthFeed(
  market: PublicMarket,
  levels: number | null,
  everyMs: number,
  around: FeedSurroundings,
  tell: (event: Event | null) => void,
): Stop {
  const { at, words } = around;
  const changes = new DepthChanges(market);
  const flush = (): void => {
    const change = changes.take();
    if (change === null) return;
    if (levels === null) return tell(words.depth(market, change, at()));
    const { asks, bids } = market.book;
    const best = { ...change, bids: bids.slice(0, levels), asks: asks.slice(0, levels) };
    tell(words.partialDepth(market, best, at()));
  };
  const stop = everyMs === 0 ? market.follow({ onBook: flush }) : every(everyMs, around, flush);
  return allOf([stop, () => changes.close()]);
}

function klineFeed(
  market: PublicMarket,
  interval: Interval,
  around: FeedSurroundings,
  tell: (event: Event | null) => void,
): Stop {
  const { at, now, timers, words } = around;
  let isChanged = false;
  const tellAt = (time: TimeMs, isOver: boolean): void => {
    const kline = market.klines.at(interval, time);
    if (kline !== null) tell(words.kline(market, interval, kline, isOver, at()));
  };
  let cancelEnd: Stop = () => undefined;
  const waitForEnd = (): void => {
    const end = endOf(interval, INTERVALS[interval](now()));
    cancelEnd = timers.at(end, () => {
      isChanged = false;
      tellAt(end - 1, true);
      waitForEnd();
    });
  };
  waitForEnd();
  const stops = [
    market.follow({ onTrade: () => void (isChanged = true) }),
    every(KLINE_EVERY_MS, around, () => {
      if (!isChanged) return;
      isChanged = false;
      tellAt(now(), false);
    }),
  ];
  return allOf([...stops, () => cancelEnd()]);
}

/** At whole multiples since the epoch. */
function every(intervalMs: number, { now, timers }: FeedSurroundings, act: () => void): Stop {
  let cancel: Stop = () => undefined;
  const wait = (): void => {
    const next = (Math.floor(now() / intervalMs) + 1) * intervalMs;
    cancel = timers.at(next, () => {
      wait();
      act();
    });
  };
  wait();
  return () => cancel();
}

function allOf(stops: readonly Stop[]): Stop {
  return () => stops.forEach((stop) => stop());
}
