import type { TimeMs } from '@bowline/domain';
import { isInterval, type Kline } from '../../public-market/klines.js';
import type { FundingDone, PublicMarket } from '../../public-market/public-market.js';
import type { PublicMarkets } from '../../public-market/public-markets.js';
import type { PublicTrade } from '../../public-market/public-trade.js';
import { BinanceError } from '../common/binance-error.js';
import { averageText, priceText, quantityText } from '../common/decimal-text.js';
import type { SymbolFilters } from '../common/filters.js';
import type { Parameters } from '../common/parameters.js';
import type { Call, Route } from '../common/route.js';
import type { UsageLimits } from '../common/usage.js';
import { usdmExchangeInfo } from './exchange-info.js';
import { changeTexts, levelText, markText, rateText, valueText } from './market-texts.js';
import { costOfMarket, type MarketPath } from './market-weights.js';

export interface MarketRoutesOptions {
  readonly markets: PublicMarkets;
  readonly limits: UsageLimits;
  /** What is demanded of orders in a symbol. */
  readonly filtersOf: (symbol: string) => SymbolFilters;
  /** What is taken for a liquidation, in hundredths of a percent of the value. */
  readonly liquidationFeeBps: number;
  /** The exchange's time as it tells it. */
  readonly told: (at: TimeMs) => TimeMs;
}

const DEPTH_LIMITS = [5, 10, 20, 50, 100, 500, 1_000];

/** The public REST routes of Binance USD-M futures. (developers.binance.com: USD-M futures, market data endpoints.) */
export function usdmMarketRoutes(options: MarketRoutesOptions): readonly Route[] {
  const { markets } = options;
  const get = (
    path: MarketPath,
    answer: (params: Parameters, at: TimeMs) => unknown,
    prefix = '/fapi/v1',
  ): Route => ({
    ...{ method: 'GET', path: `${prefix}/${path}`, security: 'none', kind: 'other' },
    costOf: (params) => costOfMarket('usdm', path, params),
    handle: ({ at, params }: Call) => answer(params, at),
  });
  const oneOrAll = (params: Parameters, answerOf: (market: PublicMarket) => unknown): unknown => {
    const symbol = params.text('symbol');
    if (symbol !== null) {
      const answer = answerOf(marketOf(markets, symbol));
      // Nothing has happened in it so far.
      if (answer === null) throw BinanceError.of(-1000);
      return answer;
    }
    return markets.all.map(answerOf).filter((answer) => answer !== null);
  };
  return [
    get('ping', () => ({})),
    get('time', (_, at) => ({ serverTime: options.told(at) })),
    get('exchangeInfo', (_, at) => usdmExchangeInfo(options, options.told(at))),
    get('depth', (params, at) => depth(required(markets, params), params, at)),
    get('trades', (params) => {
      const market = required(markets, params);
      return market.trades.last(params.limit('limit', 500, 1_000)).map((trade) => tradeJson(market, trade));
    }),
    get('historicalTrades', (params) => {
      const market = required(markets, params);
      const limit = params.limit('limit', 500, 1_000);
      const trades = tradesOf(market.trades.all(), params.integer('fromId'), null, null, limit);
      return trades.map((trade) => tradeJson(market, trade));
    }),
    get('aggTrades', (params) => {
      const market = required(markets, params);
      const [fromId, start, end] = [
        params.integer('fromId'),
        params.integer('startTime'),
        params.integer('endTime'),
      ];
      const trades = tradesOf(market.trades.all(), fromId, start, end, params.limit('limit', 500, 1_000));
      return trades.map((trade) => aggregateJson(market, trade));
    }),
    get('klines', (params, at) => {
      const market = required(markets, params);
      const interval = params.requiredText('interval');
      if (!isInterval(interval)) throw BinanceError.of(-1120);
      const [start, end] = [params.integer('startTime'), params.integer('endTime')];
      const klines = market.klines.of(interval, params.limit('limit', 500, 1_500), at, start, end);
      return klines.map((kline) => klineJson(market, kline));
    }),
    get('ticker/bookTicker', (params, at) => oneOrAll(params, (market) => bookTicker(market, at))),
    get('ticker/price', (params, at) => oneOrAll(params, (market) => lastPrice(market, at))),
    get('ticker/price', (params, at) => oneOrAll(params, (market) => lastPrice(market, at)), '/fapi/v2'),
    get('ticker/24hr', (params, at) => oneOrAll(params, (market) => day(market, at))),
    get('premiumIndex', (params, at) => oneOrAll(params, (market) => premiumIndex(market, at))),
    get('fundingRate', (params) => {
      const symbol = params.text('symbol');
      const asked = symbol === null ? markets.all : [marketOf(markets, symbol)];
      const [start, end] = [params.integer('startTime'), params.integer('endTime')];
      const rates = asked
        .flatMap((market) => market.fundings.all().map((funding) => ({ market, funding })))
        .filter(({ funding: { time } }) => (start === null || time >= start) && (end === null || time <= end))
        .sort((a, b) => a.funding.time - b.funding.time);
      const limit = params.limit('limit', 100, 1_000);
      const shown = start === null ? rates.slice(-limit) : rates.slice(0, limit);
      return shown.map(({ funding, market }) => fundingJson(market, funding));
    }),
    get('fundingInfo', () =>
      markets.all.map(({ symbol }) => ({
        symbol,
        ...{ adjustedFundingRateCap: '0.02000000', adjustedFundingRateFloor: '-0.02000000' },
        ...{ fundingIntervalHours: markets.fundingIntervalMs / 3_600_000, disclaimer: false },
      })),
    ),
  ];
}

/** Throws a BinanceError where there is no such market. */
export function marketOf(markets: PublicMarkets, symbol: string): PublicMarket {
  const market = markets.of(symbol);
  if (market === null) throw BinanceError.of(-1121);
  return market;
}

function required(markets: PublicMarkets, params: Parameters): PublicMarket {
  return marketOf(markets, params.requiredText('symbol'));
}

function depth(market: PublicMarket, params: Parameters, at: TimeMs): unknown {
  const limit = params.integer('limit') ?? 500;
  if (!DEPTH_LIMITS.includes(limit)) throw BinanceError.of(-1130, 'limit');
  const { asks, bids } = market.snapshot();
  const { instrument, updateId } = market;
  return {
    ...{ lastUpdateId: updateId, E: at, T: at },
    bids: bids.slice(0, limit).map((level) => levelText(instrument, level)),
    asks: asks.slice(0, limit).map((level) => levelText(instrument, level)),
  };
}

/** From an id or a time on, the first of them; else the last. */
export function tradesOf(
  trades: readonly PublicTrade[],
  fromId: number | null,
  start: TimeMs | null,
  end: TimeMs | null,
  limit: number,
): readonly PublicTrade[] {
  const asked = trades.filter(
    ({ time, tradeId }) =>
      (fromId === null || tradeId >= fromId) &&
      (start === null || time >= start) &&
      (end === null || time <= end),
  );
  return fromId === null && start === null ? asked.slice(-limit) : asked.slice(0, limit);
}

function tradeJson(
  { instrument }: PublicMarket,
  { buyerIsMaker, price, quantity, time, tradeId }: PublicTrade,
) {
  const quoteQty = valueText(instrument, BigInt(price) * BigInt(quantity));
  return {
    ...{ id: tradeId, price: priceText(instrument, price), qty: quantityText(instrument, quantity) },
    ...{ quoteQty, time, isBuyerMaker: buyerIsMaker },
  };
}

function aggregateJson(
  { instrument }: PublicMarket,
  { buyerIsMaker, price, quantity, time, tradeId }: PublicTrade,
) {
  return {
    ...{ a: tradeId, p: priceText(instrument, price), q: quantityText(instrument, quantity) },
    ...{ f: tradeId, l: tradeId, T: time, m: buyerIsMaker },
  };
}

function klineJson({ instrument }: PublicMarket, kline: Kline): readonly (number | string)[] {
  return [
    kline.openTime,
    priceText(instrument, kline.open),
    priceText(instrument, kline.high),
    priceText(instrument, kline.low),
    priceText(instrument, kline.close),
    quantityText(instrument, kline.volume),
    kline.closeTime,
    valueText(instrument, kline.value),
    kline.trades,
    quantityText(instrument, kline.takerVolume),
    valueText(instrument, kline.takerValue),
    '0',
  ];
}

function bookTicker({ book, instrument, symbol, updateId }: PublicMarket, at: TimeMs) {
  const [bid, ask] = [book.bids[0] ?? ([0, 0] as const), book.asks[0] ?? ([0, 0] as const)];
  const [[bidPrice, bidQty], [askPrice, askQty]] = [levelText(instrument, bid), levelText(instrument, ask)];
  return { symbol, bidPrice, bidQty, askPrice, askQty, time: at, lastUpdateId: updateId };
}

function lastPrice({ instrument, last, symbol, trades }: PublicMarket, at: TimeMs) {
  return { symbol, price: priceText(instrument, last), time: trades.last(1)[0]?.time ?? at };
}

function day(market: PublicMarket, at: TimeMs) {
  const { instrument, klines, symbol, trades } = market;
  const kline = klines.day(at);
  if (kline === null) return null;
  const { change, percent } = changeTexts(instrument, kline);
  return {
    ...{ symbol, priceChange: change, priceChangePercent: percent },
    weightedAvgPrice: averageText(instrument, kline.value, kline.volume),
    lastPrice: priceText(instrument, kline.close),
    lastQty: quantityText(instrument, trades.last(1)[0]?.quantity ?? 0),
    ...{ openPrice: priceText(instrument, kline.open), highPrice: priceText(instrument, kline.high) },
    ...{ lowPrice: priceText(instrument, kline.low), volume: quantityText(instrument, kline.volume) },
    ...{ quoteVolume: valueText(instrument, kline.value), openTime: kline.openTime, closeTime: at },
    ...{ firstId: kline.firstTradeId, lastId: kline.lastTradeId, count: kline.trades },
  };
}

function premiumIndex({ instrument, marked, symbol }: PublicMarket, at: TimeMs) {
  if (marked === null) return null;
  return {
    ...{
      symbol,
      markPrice: markText(instrument, marked.mark),
      indexPrice: markText(instrument, marked.index),
    },
    ...{ estimatedSettlePrice: markText(instrument, marked.index), lastFundingRate: rateText(marked.rate) },
    ...{ interestRate: '0.00010000', nextFundingTime: marked.nextFundingTime, time: at },
  };
}

function fundingJson({ instrument, symbol }: PublicMarket, { mark, rate, time }: FundingDone) {
  return { symbol, fundingTime: time, fundingRate: rateText(rate), markPrice: markText(instrument, mark) };
}
