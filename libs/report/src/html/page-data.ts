import {
  cashToNumber,
  cashValue,
  compareCodePoints,
  priceNumber,
  quantityText,
  type Instrument,
  type Lots,
  type TickLots,
} from '@bowline/domain';
import type { BacktestSummary } from '@bowline/contracts';
import type { HistoricalResult } from '@bowline/ports';
import { downsample, type Candle } from './candles.js';
import { pageCurves, type PageCurve } from './curves.js';
import { shownStrategies } from './shown-strategies.js';

/** More trades than this would make the page slow to open; trades.csv has them all. */
export const MAX_TRADES = 20_000;

/**
 * A trade as the page shows it: channel, strategy, side, entry time (s), entry price, exit time (s), exit price, close
 * reason, quantity, realizedPnl, realizedPnlPct, netPnl. Names are places in the lists of the page's data.
 */
export type PageTrade = readonly [
  number,
  number,
  0 | 1,
  number,
  number,
  number,
  number,
  number,
  string,
  number,
  number | null,
  number,
];

/** What the page's script draws from. */
export interface PageData {
  readonly currency: string;
  readonly start: number;
  readonly curves: readonly PageCurve[];
  readonly candles: readonly (readonly Candle[])[];
  readonly channels: readonly PageChannel[];
  readonly strategies: readonly string[];
  readonly reasons: readonly string[];
  readonly trades: readonly PageTrade[];
  /** How many trades there are in all. */
  readonly allTrades: number;
}

export interface PageChannel {
  readonly clientId: string;
  readonly exchange: string;
  readonly symbol: string;
  /** Which candles; channels of one symbol share them. */
  readonly candles: number;
  /** Decimals of a price. */
  readonly decimals: number;
}

export function pageData(result: HistoricalResult, summary: BacktestSummary): PageData {
  const start = summary.from === null ? 0 : Date.parse(summary.from);
  const shown = result.trades.slice(-MAX_TRADES);
  const strategies = distinct(shown.map((trade) => trade.strategyId));
  const reasons = distinct(shown.map((trade) => trade.closeReason));
  const placeOf = (names: readonly string[]): Map<string, number> =>
    new Map(names.map((name, i) => [name, i]));
  const strategyAt = placeOf(strategies);
  const reasonAt = placeOf(reasons);
  const trades = shown.map((trade): PageTrade => {
    const { instrument } = result.channels[trade.channel];
    const pnl = cashToNumber(trade.realizedPnl);
    const entered = cashToNumber(cashValue(instrument, trade.entryValue));
    return [
      trade.channel,
      strategyAt.get(trade.strategyId) ?? 0,
      trade.side === 'LONG' ? 0 : 1,
      Math.floor(trade.entryTime / 1000),
      average(instrument, trade.entryValue, trade.quantity),
      Math.floor(trade.exitTime / 1000),
      average(instrument, trade.exitValue, trade.quantity),
      reasonAt.get(trade.closeReason) ?? 0,
      quantityText(instrument, trade.quantity),
      round(pnl, 1e8),
      entered === 0 ? null : round((pnl / entered) * 100, 1e4),
      round(cashToNumber(trade.netPnl), 1e8),
    ];
  });
  return {
    currency: currencyOf(result),
    start: Math.floor(start / 1000),
    curves: pageCurves(result.equity, start, shownStrategies(summary)),
    ...sharedCandles(result),
    strategies,
    reasons,
    trades,
    allTrades: result.trades.length,
  };
}

/** The currency of all channels; empty where they differ. */
export function currencyOf({ channels }: HistoricalResult): string {
  const currencies = new Set(channels.map((channel) => channel.instrument.settle));
  return currencies.size === 1 ? [...currencies].join('') : '';
}

/** Candles once for all channels that show the same: clients share an exchange's bars, and exchanges often a file's. */
function sharedCandles({ channels }: HistoricalResult): Pick<PageData, 'candles' | 'channels'> {
  const candles: (readonly Candle[])[] = [];
  const byText = new Map<string, number>();
  const byBars = new Map<string, number>();
  const barsNumber = new Map<object, number>();
  const pageChannels = channels.map(({ clientId, exchange, symbol, instrument, bars }) => {
    if (!barsNumber.has(bars)) barsNumber.set(bars, barsNumber.size);
    const key = `${barsNumber.get(bars)} ${instrument.tickSize}`;
    let at = byBars.get(key);
    if (at === undefined) {
      const own = downsample(bars, instrument);
      const text = JSON.stringify(own);
      at = byText.get(text);
      if (at === undefined) {
        at = candles.push(own) - 1;
        byText.set(text, at);
      }
      byBars.set(key, at);
    }
    return { clientId, exchange, symbol, candles: at, decimals: instrument.tick.scale };
  });
  return { candles, channels: pageChannels };
}

function average(instrument: Instrument, value: TickLots, quantity: Lots): number {
  return quantity === 0 ? 0 : round(priceNumber(instrument, Number(value) / quantity), 1e8);
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].sort(compareCodePoints);
}

/** To the nearest of `per` parts of one: digits beyond those only make the file larger. */
function round(amount: number, per: number): number {
  return Math.round(amount * per) / per;
}
