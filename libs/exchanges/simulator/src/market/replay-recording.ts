import { compareCodePoints, type Instrument, type Ticks, type TimeMs } from '@bowline/domain';
import { RECORDED, type BarClosed, type MarketRecording, type MarketUpdate } from '@bowline/ports';
import type { BookLevel } from '../matching/index.js';
import type { BookSink, MarketSource } from './market-source.js';
import { RecordedBook } from './recorded-book.js';
import { extended, type OpenBar } from './tick-source.js';

export interface ReplayRecordingOptions {
  readonly series: readonly { readonly instrument: Instrument; readonly recording: MarketRecording }[];
  readonly sink: BookSink;
  /** What is before it is not played. Prices do not depend on it. */
  readonly from: TimeMs;
  /** When the recording is played first, at the prices that were recorded. Default: at `from`. */
  readonly origin?: TimeMs;
  /** Default 60,000. */
  readonly barMs?: number;
  /** Levels that are shown of each side, at most. Default 1,000. */
  readonly levels?: number;
}

/** How far prices may come off those that were recorded, before they start from these again. */
const FARTHEST = 0.25;

/**
 * Recorded streams as a market that never ends: its book with all recorded levels, its trades, and the candles that these
 * make. It is played over and over: times go on, and prices go on from where they were, so that the end joins the
 * start. Where prices would come off the recorded ones by more than a quarter, they jump back to these, once. The
 * market depends on the recording, the origin and the time, and on nothing else. Throws a RangeError on a recording without two
 * messages.
 */
export function replayRecording({
  barMs = 60_000,
  from,
  levels = 1_000,
  origin = from,
  series,
  sink,
}: ReplayRecordingOptions): MarketSource {
  const streams = series.map(
    ({ instrument, recording }) =>
      new LoopedStream(instrument, recording, { from, origin, levels, barMs, sink }),
  );
  return new RecordingSource(streams);
}

interface LoopOptions {
  readonly from: TimeMs;
  readonly origin: TimeMs;
  readonly levels: number;
  readonly barMs: number;
  readonly sink: BookSink;
}

class RecordingSource implements MarketSource {
  private readonly streams: readonly LoopedStream[];

  constructor(streams: readonly LoopedStream[]) {
    this.streams = [...streams].sort((a, b) => compareCodePoints(a.symbol, b.symbol));
  }

  nextTime(): TimeMs | null {
    let next: TimeMs | null = null;
    for (const stream of this.streams) {
      const time = stream.nextTime();
      if (next === null || time < next) next = time;
    }
    return next;
  }

  step(): void {
    const now = this.nextTime();
    if (now === null) return;
    for (const stream of this.streams) stream.closeBarAt(now);
    for (const stream of this.streams) stream.stepAt(now);
  }

  onUpdate(listener: (update: MarketUpdate) => void): void {
    for (const stream of this.streams) stream.updateListeners.push(listener);
  }

  onBar(listener: (bar: BarClosed) => void): void {
    for (const stream of this.streams) stream.barListeners.push(listener);
  }
}

/** One recorded market. */
class LoopedStream {
  readonly symbol: string;
  readonly updateListeners: ((update: MarketUpdate) => void)[] = [];
  readonly barListeners: ((bar: BarClosed) => void)[] = [];
  private readonly book: RecordedBook;
  /** How long it takes once, and by how many ticks prices have moved then. */
  private readonly lengthMs: number;
  private readonly drift: Ticks;
  /** How many times it is played before prices start from the recorded ones again. */
  private readonly lapsADrift: number;
  private lap: number;
  /** The next message. */
  private row = 0;
  private last: Ticks | null = null;
  private bar: OpenBar | null = null;

  constructor(
    instrument: Instrument,
    private readonly recording: MarketRecording,
    private readonly options: LoopOptions,
  ) {
    this.symbol = instrument.symbol;
    this.book = new RecordedBook(options.levels);
    const { length, time } = recording;
    if (length < 2) throw new RangeError(`a recording of ${this.symbol} needs two messages at least`);
    const lasts = time[length - 1] - time[0];
    // The end and the start are as far apart as messages are.
    this.lengthMs = lasts + Math.max(1, Math.round(lasts / (length - 1)));
    const { drift, start } = driftOf(recording);
    this.drift = drift;
    this.lapsADrift = drift === 0 ? 1 : Math.max(1, Math.floor((start * FARTHEST) / Math.abs(drift)));
    this.lap = Math.floor((options.from - options.origin) / this.lengthMs);
  }

  nextTime(): TimeMs {
    const next = this.timeOf(this.row);
    const end = this.bar === null ? null : this.bar.openTime + this.options.barMs;
    return end !== null && end < next ? end : next;
  }

  closeBarAt(now: TimeMs): void {
    const { bar, options, symbol } = this;
    if (bar === null || bar.openTime + options.barMs > now) return;
    this.bar = null;
    const closed = { exchange: options.sink.exchange, symbol, intervalMs: options.barMs, ...bar };
    for (const listener of this.barListeners) listener(closed);
  }

  /** Plays all messages of this time; readers of prices get what they come to. */
  stepAt(now: TimeMs): void {
    let high = Number.NEGATIVE_INFINITY;
    let low = Number.POSITIVE_INFINITY;
    let isMoved = false;
    while (this.timeOf(this.row) === now) {
      const traded = this.play(now);
      isMoved = true;
      if (traded === null) continue;
      high = Math.max(high, traded);
      low = Math.min(low, traded);
    }
    const { last } = this;
    if (!isMoved || last === null) return;
    const { asks, bids } = this.book;
    const update = {
      ...{ exchange: this.options.sink.exchange, symbol: this.symbol, at: now, last },
      ...{ high: Math.max(high, last), low: Math.min(low, last) },
      ...{ bid: bids[0]?.[0] ?? null, ask: asks[0]?.[0] ?? null },
    };
    for (const listener of this.updateListeners) listener(update);
  }

  /** Plays the next message; returns the price where it is a trade. */
  private play(now: TimeMs): Ticks | null {
    const { book, options, recording, row } = this;
    const { sink } = options;
    const shift = (this.lap % this.lapsADrift) * this.drift;
    const first = recording.first[row];
    const end = recording.first[row + 1];
    const { isBid, price, quantity } = recording.levels;
    const kind = recording.kind[row];
    const update = recording.update[row];
    this.advance();
    if (kind === RECORDED.TRADE) {
      const traded = Math.max(1, price[first] + shift);
      const barOpenTime = Math.floor(now / options.barMs) * options.barMs;
      this.bar = extended(this.bar, traded, barOpenTime);
      this.last = traded;
      const { symbol } = this;
      const trade = { price: traded, quantity: quantity[first], buyerIsMaker: isBid[first] === 1 };
      sink.onTick({ symbol, ...trade, bids: book.bids, asks: book.asks });
      return traded;
    }
    if (kind === RECORDED.TOUCH) {
      const best = (at: number): BookLevel | null =>
        quantity[at] === 0 || price[at] + shift < 1 ? null : [price[at] + shift, quantity[at]];
      if (!book.setTouch(update, best(first), best(first + 1))) return null;
    } else {
      if (kind === RECORDED.BOOK) book.clear();
      for (let at = first; at < end; at += 1)
        if (price[at] + shift >= 1) book.setLevel(isBid[at] === 1, price[at] + shift, quantity[at]);
      book.settle(update);
    }
    sink.onQuote({ symbol: this.symbol, bids: book.bids, asks: book.asks });
    return null;
  }

  private advance(): void {
    this.row += 1;
    if (this.row < this.recording.length) return;
    this.row = 0;
    this.lap += 1;
    this.book.restart();
    if (this.lap % this.lapsADrift === 0 && this.drift !== 0) this.book.clear();
  }

  private timeOf(row: number): TimeMs {
    const { time } = this.recording;
    return this.options.origin + this.lap * this.lengthMs + (time[row] - time[0]);
  }
}

/** By how much the price has moved from the first trade, or quote where none is, to the last. */
function driftOf({ first, kind, length, levels }: MarketRecording): { drift: Ticks; start: Ticks } {
  const which = kind.includes(RECORDED.TRADE)
    ? RECORDED.TRADE
    : kind.includes(RECORDED.TOUCH)
      ? RECORDED.TOUCH
      : RECORDED.BOOK;
  const priceAt = (row: number): Ticks => levels.price[first[row]];
  const start = priceAt(kind.indexOf(which));
  const end = priceAt(Math.min(length - 1, kind.lastIndexOf(which)));
  return { drift: end - start, start };
}
