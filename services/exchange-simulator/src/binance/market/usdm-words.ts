import { averageText, priceText, quantityText } from '../common/decimal-text.js';
import { changeTexts, levelText, markText, rateText, valueText } from './market-texts.js';
import type { MarketWords } from './market-words.js';

/** The market streams of Binance USD-M futures. (developers.binance.com: USD-M futures, WebSocket market streams.) */
export const USDM_WORDS: MarketWords = {
  depthSpeedMs: 250,
  depthSpeedsMs: [0, 100, 250, 500],

  trade: ({ instrument, symbol }, { buyerIsMaker, price, quantity, time, tradeId }, at) => ({
    ...{ e: 'trade', E: at, T: time, s: symbol, t: tradeId },
    ...{ p: priceText(instrument, price), q: quantityText(instrument, quantity) },
    ...{ X: 'MARKET', m: buyerIsMaker },
  }),

  aggTrade: ({ instrument, symbol }, { buyerIsMaker, price, quantity, time, tradeId }, at) => ({
    ...{ e: 'aggTrade', E: at, a: tradeId, s: symbol },
    ...{ p: priceText(instrument, price), q: quantityText(instrument, quantity) },
    ...{ f: tradeId, l: tradeId, T: time, m: buyerIsMaker, st: 1 },
  }),

  bookTicker: ({ instrument, symbol, updateId }, bid, ask, at) => ({
    ...{ e: 'bookTicker', u: updateId, s: symbol, ps: symbol },
    ...{ b: priceText(instrument, bid?.[0] ?? 0), B: quantityText(instrument, bid?.[1] ?? 0) },
    ...{ a: priceText(instrument, ask?.[0] ?? 0), A: quantityText(instrument, ask?.[1] ?? 0) },
    ...{ T: at, E: at, st: 1 },
  }),

  depth: ({ instrument, symbol }, { asks, bids, first, last, previous }, at) => ({
    ...{ e: 'depthUpdate', E: at, T: at, s: symbol, ps: symbol, st: 1 },
    ...{ U: first, u: last, pu: previous },
    b: bids.map((level) => levelText(instrument, level)),
    a: asks.map((level) => levelText(instrument, level)),
  }),

  partialDepth: (market, change, at) => USDM_WORDS.depth(market, change, at),

  kline: ({ instrument, symbol }, interval, kline, isOver, at) => ({
    ...{ e: 'kline', E: at, s: symbol },
    k: {
      ...{ t: kline.openTime, T: kline.closeTime, s: symbol, i: interval },
      ...{ f: kline.firstTradeId, L: kline.lastTradeId },
      ...{ o: priceText(instrument, kline.open), c: priceText(instrument, kline.close) },
      ...{ h: priceText(instrument, kline.high), l: priceText(instrument, kline.low) },
      ...{ v: quantityText(instrument, kline.volume), n: kline.trades, x: isOver },
      ...{ q: valueText(instrument, kline.value), V: quantityText(instrument, kline.takerVolume) },
      ...{ Q: valueText(instrument, kline.takerValue), B: '0' },
    },
  }),

  miniTicker: ({ instrument, symbol }, day, at) => ({
    ...{ e: '24hrMiniTicker', E: at, s: symbol },
    ...{ c: priceText(instrument, day.close), o: priceText(instrument, day.open) },
    ...{ h: priceText(instrument, day.high), l: priceText(instrument, day.low) },
    ...{ v: quantityText(instrument, day.volume), q: valueText(instrument, day.value) },
    ...{ st: 1, ps: symbol },
  }),

  ticker: ({ instrument, symbol, trades }, day, at) => {
    const { change, percent } = changeTexts(instrument, day);
    return {
      ...{ e: '24hrTicker', E: at, s: symbol, p: change, P: percent },
      ...{ w: averageText(instrument, day.value, day.volume), c: priceText(instrument, day.close) },
      Q: quantityText(instrument, trades.last(1)[0]?.quantity ?? 0),
      ...{
        o: priceText(instrument, day.open),
        h: priceText(instrument, day.high),
        l: priceText(instrument, day.low),
      },
      ...{ v: quantityText(instrument, day.volume), q: valueText(instrument, day.value) },
      ...{ O: day.openTime, C: at, F: day.firstTradeId, L: day.lastTradeId, n: day.trades, st: 1 },
    };
  },

  markPrice: ({ instrument, symbol }, { index, mark, nextFundingTime, rate }, at) => ({
    ...{ e: 'markPriceUpdate', E: at, s: symbol },
    ...{ p: markText(instrument, mark), i: markText(instrument, index), P: markText(instrument, index) },
    ...{ r: rateText(rate), T: nextFundingTime, st: 1 },
  }),

  forceOrder: ({ instrument, symbol }, { lastQty, price, quantity, side, time, value }, at) => ({
    ...{ e: 'forceOrder', E: at },
    o: {
      ...{ s: symbol, S: side, o: 'LIMIT', f: 'IOC' },
      ...{ q: quantityText(instrument, quantity), p: priceText(instrument, price) },
      ...{ ap: averageText(instrument, value, quantity), X: 'FILLED' },
      ...{ l: quantityText(instrument, lastQty), z: quantityText(instrument, quantity), T: time },
    },
  }),
};
