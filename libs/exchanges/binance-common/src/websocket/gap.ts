import type { Instrument, Lots, Ticks, TimeMs } from '@bowline/domain';
import type { BarClosed } from '@bowline/ports';
import { explain, type Answer, type BinanceRest } from '../http/rest.js';
import { aggTrades, klines, type Kline } from '../parse/public.js';
import { lotsOf, ticksOf } from '../account/units.js';

/** What happened while nobody listened. */
export interface Gap {
  readonly lastId: number;
  readonly last: Ticks;
  readonly at: TimeMs;
  readonly high: Ticks;
  readonly low: Ticks;
  /** Null: more than could be counted. */
  readonly traded: Lots | null;
}

const PAGE = 1_000;
/** More trades than these are read as candles: a page of them weighs 20 of 2,400 a minute. */
const PAGES = 10;
const MINUTE_MS = 60_000;

/** The market could not be asked. */
export class GapError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'GapError';
  }
}

/**
 * How high and how low the market went after a trade, up to now; null: there was no trade. Trade by trade, and where
 * these are too many by whole minutes from the last one that was read, which then is one that began within the gap.
 * Throws a GapError.
 */
export async function readGap(
  rest: BinanceRest,
  instrument: Instrument,
  afterId: number,
): Promise<Gap | null> {
  const { symbol } = instrument;
  let gap: Gap | null = null;
  for (let page = 0; page < PAGES; page += 1) {
    const fromId = (gap?.lastId ?? afterId) + 1;
    const trades = valueOf(await rest.publicData('aggTrades', aggTrades, { symbol, fromId, limit: PAGE }));
    for (const { a, p, q, T } of trades) {
      const price = ticksOf(instrument, p);
      if (a >= fromId)
        gap = widened(gap, {
          lastId: a,
          last: price,
          at: T,
          high: price,
          low: price,
          traded: lotsOf(instrument, q),
        });
    }
    if (trades.length < PAGE) return gap;
  }
  if (gap === null) return null;
  const minute = gap.at - (gap.at % MINUTE_MS);
  for (const { close, high, low, openTime } of await candles(rest, instrument, minute, '1m')) {
    const [highest, lowest] = [ticksOf(instrument, high), ticksOf(instrument, low)];
    const last = ticksOf(instrument, close);
    const range = { high: highest, low: lowest, traded: null };
    // The candle is not over: whatever is heard of it by the stream is later than its beginning.
    gap = widened(gap, { lastId: gap.lastId, last, at: Math.max(gap.at, openTime), ...range });
  }
  return gap;
}

/** Candles that are over, of those that began at `from` or later. Throws a GapError. */
export async function closedBars(
  rest: BinanceRest,
  exchange: string,
  instrument: Instrument,
  from: TimeMs,
  interval: string,
  intervalMs: number,
  now: TimeMs,
): Promise<readonly BarClosed[]> {
  const bars = await candles(rest, instrument, from, interval);
  return bars
    .filter(({ closeTime }) => closeTime < now)
    .map(({ close, high, low, open, openTime }) => {
      const { symbol } = instrument;
      const [o, h, l, c] = [open, high, low, close].map((price) => ticksOf(instrument, price));
      return { exchange, symbol, openTime, intervalMs, open: o!, high: h!, low: l!, close: c! };
    });
}

async function candles(
  rest: BinanceRest,
  { symbol }: Instrument,
  from: TimeMs,
  interval: string,
): Promise<readonly Kline[]> {
  const all: Kline[] = [];
  for (let startTime = from; ;) {
    const page = valueOf(
      await rest.publicData('klines', klines, { symbol, interval, startTime, limit: PAGE }),
    );
    all.push(...page);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return all;
    startTime = last.closeTime + 1;
  }
}

function widened(gap: Gap | null, next: Gap): Gap {
  if (gap === null) return next;
  const traded = gap.traded === null || next.traded === null ? null : gap.traded + next.traded;
  return { ...next, high: Math.max(gap.high, next.high), low: Math.min(gap.low, next.low), traded };
}

function valueOf<T>(answer: Answer<T>): T {
  if (answer.kind === 'ok') return answer.value;
  throw new GapError(explain(answer));
}
