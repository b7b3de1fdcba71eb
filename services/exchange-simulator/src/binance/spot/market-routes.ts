import type { TimeMs } from '@bowline/domain';
import { isInterval, type Kline } from '../../public-market/klines.js';
import type { PublicMarket } from '../../public-market/public-market.js';
import type { PublicMarkets } from '../../public-market/public-markets.js';
import type { PublicTrade } from '../../public-market/public-trade.js';
import { BinanceError } from '../common/binance-error.js';
import { averageText } from '../common/decimal-text.js';
import type { Parameters } from '../common/parameters.js';
import type { Route } from '../common/route.js';
import type { Cost, UsageLimits } from '../common/usage.js';
import { changeTexts, valueText } from '../market/market-texts.js';
import { costOfMarket, type MarketPath } from '../market/market-weights.js';
import { marketOf, tradesOf } from '../market/usdm-market-routes.js';
import type { Books } from './books.js';
import { askedSymbols, exchangeInfo } from './exchange-info.js';
import type { Json } from './order-json.js';
import { weighing } from './order-routes.js';
import { spotPrice, spotQty, withDecimals } from './spot-texts.js';
import { spotLevel } from './spot-words.js';

const MOST_LEVELS = 5_000;
const MINUTE_MS = 60_000;
/** What an average price is over. */
const AVERAGE_MINUTES = 5;

/** The public REST routes of Binance spot. (developers.binance.com: spot, market data endpoints.) */
export function marketRoutes(
  books: Books,
  markets: PublicMarkets,
  limits: UsageLimits,
  /** A time as the exchange tells it. */
  told: (at: TimeMs) => TimeMs,
): readonly Route[] {
  const of = (
    path: string,
    costOf: (params: Parameters) => Cost,
    answer: (params: Parameters, at: TimeMs) => unknown,
  ): Route => ({
    ...{ method: 'GET', path: `/api/v3/${path}`, security: 'none', kind: 'other', costOf },
    handle: ({ at, params }) => answer(params, at),
  });
  const get = (path: MarketPath, answer: (params: Parameters, at: TimeMs) => unknown): Route =>
    of(path, (params) => costOfMarket('spot', path, params), answer);
  const one = (params: Parameters): PublicMarket => marketOf(markets, params.requiredText('symbol'));
  const oneOrAll = (params: Parameters, answerOf: (market: PublicMarket) => unknown): unknown => {
    const symbol = params.text('symbol');
    const asked = askedSymbols(books, symbol, params.list('symbols'));
    const answers = asked.map(({ instrument }) => answerOf(marketOf(markets, instrument.symbol)));
    return symbol === null ? answers.filter((answer) => answer !== null) : answers[0];
  };
  const klines = (params: Parameters, at: TimeMs): unknown => {
    const market = one(params);
    const interval = params.requiredText('interval');
    if (!isInterval(interval)) throw BinanceError.of(-1120);
    const [start, end] = [params.integer('startTime'), params.integer('endTime')];
    const made = market.klines.of(interval, params.limit('limit', 500, 1_000), at, start, end);
    return made.map((kline) => klineJson(market, kline));
  };
  return [
    get('ping', () => ({})),
    get('time', (_, at) => ({ serverTime: told(at) })),
    get('exchangeInfo', (params, at) =>
      exchangeInfo(askedSymbols(books, params.text('symbol'), params.list('symbols')), limits, at),
    ),
    get('depth', (params) => depth(one(params), params.limit('limit', 100, MOST_LEVELS))),
    get('trades', (params) => {
      const market = one(params);
      return market.trades.last(params.limit('limit', 500, 1_000)).map((trade) => tradeJson(market, trade));
    }),
    get('historicalTrades', (params) => {
      const market = one(params);
      const limit = params.limit('limit', 500, 1_000);
      const trades = tradesOf(market.trades.all(), params.integer('fromId'), null, null, limit);
      return trades.map((trade) => tradeJson(market, trade));
    }),
    get('aggTrades', (params) => {
      const market = one(params);
      const [start, end] = [params.integer('startTime'), params.integer('endTime')];
      const limit = params.limit('limit', 500, 1_000);
      const trades = tradesOf(market.trades.all(), params.integer('fromId'), start, end, limit);
      return trades.map((trade) => aggregateJson(market, trade));
    }),
    get('klines', klines),
    of('uiKlines', () => weighing(2), klines),
    of(
      'avgPrice',
      () => weighing(2),
      (params, at) => averagePrice(one(params), at),
    ),
    get('ticker/bookTicker', (params) => oneOrAll(params, bookTicker)),
    get('ticker/price', (params) =>
      oneOrAll(params, ({ instrument, last, symbol }) => ({ symbol, price: spotPrice(instrument, last) })),
    ),
    get('ticker/24hr', (params, at) => oneOrAll(params, (market) => day(market, at))),
  ];
}

function depth(market: PublicMarket, limit: number): Json {
  const { asks, bids } = market.snapshot();
  const { instrument, updateId } = market;
  return {
    lastUpdateId: updateId,
    bids: bids.slice(0, limit).map((level) => spotLevel(instrument, level)),
    asks: asks.slice(0, limit).map((level) => spotLevel(instrument, level)),
  };
}

function tradeJson({ instrument }: PublicMarket, trade: PublicTrade): Json {
  const { buyerIsMaker, price, quantity, time, tradeId } = trade;
  return {
    ...{ id: tradeId, price: spotPrice(instrument, price), qty: spotQty(instrument, quantity) },
    quoteQty: valueText(instrument, BigInt(price) * BigInt(quantity)),
    ...{ time, isBuyerMaker: buyerIsMaker, isBestMatch: true },
  };
}

function aggregateJson({ instrument }: PublicMarket, trade: PublicTrade): Json {
  const { buyerIsMaker, price, quantity, time, tradeId } = trade;
  return {
    ...{ a: tradeId, p: spotPrice(instrument, price), q: spotQty(instrument, quantity) },
    ...{ f: tradeId, l: tradeId, T: time, m: buyerIsMaker, M: true },
  };
}

function klineJson({ instrument }: PublicMarket, kline: Kline): readonly (number | string)[] {
  return [
    kline.openTime,
    spotPrice(instrument, kline.open),
    spotPrice(instrument, kline.high),
    spotPrice(instrument, kline.low),
    spotPrice(instrument, kline.close),
    spotQty(instrument, kline.volume),
    kline.closeTime,
    valueText(instrument, kline.value),
    kline.trades,
    spotQty(instrument, kline.takerVolume),
    valueText(instrument, kline.takerValue),
    '0',
  ];
}

/** Over the trades of the last minutes; what it last traded at where there were none. */
function averagePrice({ instrument, klines, last, trades }: PublicMarket, at: TimeMs): Json {
  const from = at - AVERAGE_MINUTES * MINUTE_MS;
  const recent = klines.of('1m', AVERAGE_MINUTES, at, from, null);
  const volume = recent.reduce((sum, kline) => sum + kline.volume, 0);
  const value = recent.reduce((sum, kline) => sum + kline.value, 0n);
  const price = volume === 0 ? spotPrice(instrument, last) : averageText(instrument, value, volume);
  return { mins: AVERAGE_MINUTES, price: withDecimals(price), closeTime: trades.last(1)[0]?.time ?? at };
}

function bookTicker({ book, instrument, symbol }: PublicMarket): Json {
  const [bid, ask] = [book.bids[0], book.asks[0]];
  return {
    symbol,
    ...{ bidPrice: spotPrice(instrument, bid?.[0] ?? null), bidQty: spotQty(instrument, bid?.[1] ?? 0) },
    ...{ askPrice: spotPrice(instrument, ask?.[0] ?? null), askQty: spotQty(instrument, ask?.[1] ?? 0) },
  };
}

function day(market: PublicMarket, at: TimeMs): Json | null {
  const { instrument, klines, trades } = market;
  const kline = klines.day(at);
  if (kline === null) return null;
  const { change, percent } = changeTexts(instrument, kline);
  return {
    ...bookTicker(market),
    ...{ priceChange: withDecimals(change), priceChangePercent: percent },
    weightedAvgPrice: withDecimals(averageText(instrument, kline.value, kline.volume)),
    prevClosePrice: spotPrice(instrument, kline.open),
    lastPrice: spotPrice(instrument, kline.close),
    lastQty: spotQty(instrument, trades.last(1)[0]?.quantity ?? 0),
    ...{ openPrice: spotPrice(instrument, kline.open), highPrice: spotPrice(instrument, kline.high) },
    ...{ lowPrice: spotPrice(instrument, kline.low), volume: spotQty(instrument, kline.volume) },
    ...{ quoteVolume: valueText(instrument, kline.value), openTime: kline.openTime, closeTime: at },
    ...{ firstId: kline.firstTradeId, lastId: kline.lastTradeId, count: kline.trades },
  };
}
