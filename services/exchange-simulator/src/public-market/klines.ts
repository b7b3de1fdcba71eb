import { tickLots, type Lots, type TickLots, type Ticks, type TimeMs } from '@bowline/domain';
import type { BarClosed } from '@bowline/ports';
import type { PublicTrade } from './public-trade.js';

/** A candle as exchanges have it. */
export interface Kline {
  readonly openTime: TimeMs;
  /** The last millisecond that belongs to it. */
  readonly closeTime: TimeMs;
  readonly open: Ticks;
  readonly high: Ticks;
  readonly low: Ticks;
  readonly close: Ticks;
  readonly volume: Lots;
  /** Sum of price x quantity. */
  readonly value: TickLots;
  readonly trades: number;
  /** Of the trades whose buyer came later. */
  readonly takerVolume: Lots;
  readonly takerValue: TickLots;
  /** -1: there was no trade. */
  readonly firstTradeId: number;
  readonly lastTradeId: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** 1970-01-01 was a Thursday: weeks begin on Mondays. */
const MONDAY_MS = 4 * DAY_MS;

/** Minutes that are kept: two days and a bit. */
const MINUTES_KEPT = 3_000;

type Beginning = (time: TimeMs) => TimeMs;

const every =
  (lengthMs: number, offsetMs = 0): Beginning =>
  (time) =>
    Math.floor((time - offsetMs) / lengthMs) * lengthMs + offsetMs;

/** When the candle of an interval began that a time belongs to. */
export const INTERVALS = {
  '1m': every(MINUTE_MS),
  '3m': every(3 * MINUTE_MS),
  '5m': every(5 * MINUTE_MS),
  '15m': every(15 * MINUTE_MS),
  '30m': every(30 * MINUTE_MS),
  '1h': every(HOUR_MS),
  '2h': every(2 * HOUR_MS),
  '4h': every(4 * HOUR_MS),
  '6h': every(6 * HOUR_MS),
  '8h': every(8 * HOUR_MS),
  '12h': every(12 * HOUR_MS),
  '1d': every(DAY_MS),
  '3d': every(3 * DAY_MS),
  '1w': every(7 * DAY_MS, MONDAY_MS),
  '1M': (time: TimeMs) => {
    const date = new Date(time);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  },
} as const satisfies Readonly<Record<string, Beginning>>;

export type Interval = keyof typeof INTERVALS;

export function isInterval(text: string): text is Interval {
  return Object.hasOwn(INTERVALS, text);
}

/** When the candle is over that begins at `openTime`. */
export function endOf(interval: Interval, openTime: TimeMs): TimeMs {
  // Longer than a month, and within the next one, or one interval on.
  if (interval === '1M') return INTERVALS['1M'](openTime + 32 * DAY_MS);
  let length = MINUTE_MS;
  while (INTERVALS[interval](openTime + length) === openTime) length *= 2;
  return INTERVALS[interval](openTime + length);
}

/** The candles of a symbol: minutes without a trade are flat. */
export class Klines {
  private minutes: Kline[] = [];

  /** A candle that was over before anybody looked: nothing is known of its trades. */
  seed({ close, high, intervalMs, low, open, openTime }: BarClosed): void {
    if (intervalMs !== MINUTE_MS || openTime % MINUTE_MS !== 0) return;
    const last = this.minutes.at(-1);
    if (last !== undefined && last.openTime >= openTime) return;
    this.fillUntil(openTime);
    this.push({ ...flat(openTime, open), high, low, close });
  }

  add({ buyerIsMaker, price, quantity, time, tradeId }: PublicTrade): void {
    const openTime = INTERVALS['1m'](time);
    this.fillUntil(openTime);
    const last = this.minutes.at(-1);
    const minute = last?.openTime === openTime ? last : flat(openTime, price);
    const isFirst = minute.trades === 0;
    const value = tickLots(price, quantity);
    const grown: Kline = {
      ...minute,
      open: isFirst ? price : minute.open,
      high: isFirst ? price : Math.max(minute.high, price),
      low: isFirst ? price : Math.min(minute.low, price),
      close: price,
      volume: minute.volume + quantity,
      value: minute.value + value,
      trades: minute.trades + 1,
      takerVolume: minute.takerVolume + (buyerIsMaker ? 0 : quantity),
      takerValue: minute.takerValue + (buyerIsMaker ? 0n : value),
      firstTradeId: isFirst ? tradeId : minute.firstTradeId,
      lastTradeId: tradeId,
    };
    if (last?.openTime === openTime) this.minutes[this.minutes.length - 1] = grown;
    else this.push(grown);
  }

  /** Up to `count` candles that begin within [from, to], the last of them; the one that is being made at `now` too. Oldest first. */
  of(
    interval: Interval,
    count: number,
    now: TimeMs,
    from: TimeMs | null,
    to: TimeMs | null,
  ): readonly Kline[] {
    const made = this.all(interval, now).filter(
      ({ openTime }) => (from === null || openTime >= from) && (to === null || openTime <= to),
    );
    return from === null ? made.slice(-count) : made.slice(0, count);
  }

  /** The candle of the interval that `time` is in; null where nothing is known of it. */
  at(interval: Interval, time: TimeMs): Kline | null {
    const openTime = INTERVALS[interval](time);
    this.fillUntil(INTERVALS['1m'](time));
    const minutes: Kline[] = [];
    for (let row = this.minutes.length - 1; row >= 0 && this.minutes[row]!.openTime >= openTime; row -= 1)
      if (this.minutes[row]!.openTime <= time) minutes.unshift(this.minutes[row]!);
    return minutes.length === 0 ? null : joined(minutes, openTime, endOf(interval, openTime));
  }

  /** What has become of the last 24 hours, to the minute; null where nothing is known. */
  day(now: TimeMs): Kline | null {
    this.fillUntil(INTERVALS['1m'](now));
    const minutes = this.minutes.filter(({ openTime }) => openTime > now - DAY_MS && openTime <= now);
    return minutes.length === 0 ? null : joined(minutes, now - DAY_MS, now + 1);
  }

  private all(interval: Interval, now: TimeMs): readonly Kline[] {
    this.fillUntil(INTERVALS['1m'](now));
    const result: Kline[] = [];
    let from = 0;
    for (let row = 1; row <= this.minutes.length; row += 1) {
      const openTime = INTERVALS[interval](this.minutes[from]!.openTime);
      const next = this.minutes[row];
      if (next !== undefined && INTERVALS[interval](next.openTime) === openTime) continue;
      result.push(joined(this.minutes.slice(from, row), openTime, endOf(interval, openTime)));
      from = row;
    }
    return result;
  }

  /** Minutes that have gone by without a trade, this one not included unless there is none before. */
  private fillUntil(openTime: TimeMs): void {
    let last = this.minutes.at(-1);
    if (last === undefined) return;
    const from = Math.max(last.openTime + MINUTE_MS, openTime - MINUTES_KEPT * MINUTE_MS);
    for (let minute = from; minute <= openTime; minute += MINUTE_MS) {
      this.push(flat(minute, last.close));
      last = this.minutes.at(-1)!;
    }
  }

  private push(minute: Kline): void {
    this.minutes.push(minute);
    if (this.minutes.length >= 2 * MINUTES_KEPT) this.minutes = this.minutes.slice(-MINUTES_KEPT);
  }
}

function flat(openTime: TimeMs, price: Ticks): Kline {
  return {
    ...{ openTime, closeTime: openTime + MINUTE_MS - 1 },
    ...{ open: price, high: price, low: price, close: price },
    ...{ volume: 0, value: 0n, trades: 0, takerVolume: 0, takerValue: 0n, firstTradeId: -1, lastTradeId: -1 },
  };
}

function joined(minutes: readonly Kline[], openTime: TimeMs, endTime: TimeMs): Kline {
  let [high, low] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  let [volume, trades, takerVolume, firstTradeId, lastTradeId] = [0, 0, 0, -1, -1];
  let [value, takerValue] = [0n, 0n];
  for (const minute of minutes) {
    high = Math.max(high, minute.high);
    low = Math.min(low, minute.low);
    volume += minute.volume;
    value += minute.value;
    trades += minute.trades;
    takerVolume += minute.takerVolume;
    takerValue += minute.takerValue;
    if (firstTradeId < 0) firstTradeId = minute.firstTradeId;
    if (minute.lastTradeId >= 0) lastTradeId = minute.lastTradeId;
  }
  return {
    ...{ openTime, closeTime: endTime - 1, open: minutes[0]!.open, high, low, close: minutes.at(-1)!.close },
    ...{ volume, value, trades, takerVolume, takerValue, firstTradeId, lastTradeId },
  };
}
