import type { Instrument } from '@bowline/domain';
import type { BookLevel } from '@bowline/exchange-simulator';
import { averageText } from '../common/decimal-text.js';
import { changeTexts, valueText } from '../market/market-texts.js';
import type { MarketWords } from '../market/market-words.js';
import { spotPrice, spotQty, withDecimals } from './spot-texts.js';

/** The market streams of Binance spot. (developers.binance.com: spot, WebSocket streams.) */
export const SPOT_WORDS: MarketWords = {
  depthSpeedMs: 1_000,
  depthSpeedsMs: [100, 1_000],

  trade: ({ instrument, symbol }, { buyerIsMaker, price, quantity, time, tradeId }, at) => ({
    ...{ e: 'trade', E: at, s: symbol, t: tradeId },
    ...{ p: spotPrice(instrument, price), q: spotQty(instrument, quantity) },
    ...{ T: time, m: buyerIsMaker, M: true },
  }),

  aggTrade: ({ instrument, symbol }, { buyerIsMaker, price, quantity, time, tradeId }, at) => ({
    ...{ e: 'aggTrade', E: at, s: symbol, a: tradeId },
    ...{ p: spotPrice(instrument, price), q: spotQty(instrument, quantity) },
    ...{ f: tradeId, l: tradeId, T: time, m: buyerIsMaker, M: true },
  }),

  bookTicker: ({ instrument, symbol, updateId }, bid, ask) => ({
    ...{ u: updateId, s: symbol },
    ...{ b: spotPrice(instrument, bid?.[0] ?? null), B: spotQty(instrument, bid?.[1] ?? 0) },
    ...{ a: spotPrice(instrument, ask?.[0] ?? null), A: spotQty(instrument, ask?.[1] ?? 0) },
  }),

  depth: ({ instrument, symbol }, { asks, bids, first, last }, at) => ({
    ...{ e: 'depthUpdate', E: at, s: symbol, U: first, u: last },
    b: bids.map((level) => spotLevel(instrument, level)),
    a: asks.map((level) => spotLevel(instrument, level)),
  }),

  partialDepth: ({ instrument }, { asks, bids, last }) => ({
    lastUpdateId: last,
    bids: bids.map((level) => spotLevel(instrument, level)),
    asks: asks.map((level) => spotLevel(instrument, level)),
  }),

  kline: ({ instrument, symbol }, interval, kline, isOver, at) => ({
    ...{ e: 'kline', E: at, s: symbol },
    k: {
      ...{ t: kline.openTime, T: kline.closeTime, s: symbol, i: interval },
      ...{ f: kline.firstTradeId, L: kline.lastTradeId },
      ...{ o: spotPrice(instrument, kline.open), c: spotPrice(instrument, kline.close) },
      ...{ h: spotPrice(instrument, kline.high), l: spotPrice(instrument, kline.low) },
      ...{ v: spotQty(instrument, kline.volume), n: kline.trades, x: isOver },
      ...{ q: valueText(instrument, kline.value), V: spotQty(instrument, kline.takerVolume) },
      ...{ Q: valueText(instrument, kline.takerValue), B: '0' },
    },
  }),

  miniTicker: ({ instrument, symbol }, day, at) => ({
    ...{ e: '24hrMiniTicker', E: at, s: symbol },
    ...{ c: spotPrice(instrument, day.close), o: spotPrice(instrument, day.open) },
    ...{ h: spotPrice(instrument, day.high), l: spotPrice(instrument, day.low) },
    ...{ v: spotQty(instrument, day.volume), q: valueText(instrument, day.value) },
  }),

  ticker: ({ book, instrument, symbol, trades }, day, at) => {
    const { change, percent } = changeTexts(instrument, day);
    const [bid, ask] = [book.bids[0], book.asks[0]];
    return {
      ...{ e: '24hrTicker', E: at, s: symbol, p: withDecimals(change), P: percent },
      w: withDecimals(averageText(instrument, day.value, day.volume)),
      ...{ x: spotPrice(instrument, day.open), c: spotPrice(instrument, day.close) },
      Q: spotQty(instrument, trades.last(1)[0]?.quantity ?? 0),
      ...{ b: spotPrice(instrument, bid?.[0] ?? null), B: spotQty(instrument, bid?.[1] ?? 0) },
      ...{ a: spotPrice(instrument, ask?.[0] ?? null), A: spotQty(instrument, ask?.[1] ?? 0) },
      ...{ o: spotPrice(instrument, day.open), h: spotPrice(instrument, day.high) },
      ...{ l: spotPrice(instrument, day.low), v: spotQty(instrument, day.volume) },
      ...{ q: valueText(instrument, day.value), O: day.openTime, C: at },
      ...{ F: day.firstTradeId, L: day.lastTradeId, n: day.trades },
    };
  },

  // Of positions, which there are none.
  markPrice: () => null,
  forceOrder: () => null,
};

export function spotLevel(instrument: Instrument, [price, quantity]: BookLevel): readonly [string, string] {
  return [spotPrice(instrument, price), spotQty(instrument, quantity)];
}
