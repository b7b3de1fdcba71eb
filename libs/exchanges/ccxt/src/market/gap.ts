import type { Ticks, TimeMs } from '@bowline/domain';
import type { BarClosed } from '@bowline/ports';
import { ticksOf } from '../account/units.js';
import type { Traded } from '../account/context.js';
import { explain, type Answer, type CcxtSession } from '../ccxt/session.js';
import { candles, publicTrades, type Candle } from '../parse/public.js';

/** What happened while nobody listened. */
export interface Gap {
  readonly last: Ticks;
  readonly at: TimeMs;
  readonly high: Ticks;
  readonly low: Ticks;
}

const TRADES = 1_000;
const CANDLES = 500;
const MINUTE_MS = 60_000;

/** The market could not be asked. */
export class GapError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'GapError';
  }
}

/**
 * How high and how low the market went since a trade; null: there was no trade. Trade by trade where what the exchange
 * gives reaches back so far, and else by minutes, the first of which may have begun before. Throws a GapError.
 */
export async function readGap(
  session: CcxtSession,
  { instrument, market }: Traded,
  lastAt: TimeMs,
): Promise<Gap | null> {
  const trades = valueOf(
    await session.call(`the trades of ${market}`, publicTrades, (exchange) =>
      exchange.fetchTrades(market, lastAt, TRADES),
    ),
  );
  const oldest = Math.min(...trades.map(({ timestamp }) => timestamp));
  if (trades.length > 0 && oldest <= lastAt) {
    const missed = trades.filter(({ timestamp }) => timestamp > lastAt);
    return missed
      .sort((a, b) => a.timestamp - b.timestamp)
      .reduce<Gap | null>((gap, { price, timestamp }) => {
        const at = ticksOf(instrument, price);
        return widened(gap, { last: at, at: timestamp, high: at, low: at });
      }, null);
  }
  if (trades.length === 0) return null;
  const minutes = await candlesOf(session, market, '1m', lastAt - (lastAt % MINUTE_MS), MINUTE_MS);
  return minutes.reduce<Gap | null>((gap, { close, high, low, openTime }) => {
    const prices = {
      last: ticksOf(instrument, close),
      high: ticksOf(instrument, high),
      low: ticksOf(instrument, low),
    };
    return widened(gap, { ...prices, at: openTime + MINUTE_MS - 1 });
  }, null);
}

/** Candles that are over, of those that began at `from` or later. Throws a GapError. */
export async function closedBars(
  session: CcxtSession,
  exchange: string,
  traded: Traded,
  from: TimeMs,
  interval: string,
  intervalMs: number,
  now: TimeMs,
): Promise<readonly BarClosed[]> {
  const all = await candlesOf(session, traded.market, interval, from, intervalMs);
  return all
    .filter(({ openTime }) => openTime >= from && openTime + intervalMs <= now)
    .map((candle) => toBar(exchange, traded, candle, intervalMs));
}

export function toBar(
  exchange: string,
  { instrument }: Traded,
  { close, high, low, open, openTime }: Candle,
  intervalMs: number,
): BarClosed {
  const ticks = (price: Candle['open']): Ticks => ticksOf(instrument, price);
  const prices = { open: ticks(open), high: ticks(high), low: ticks(low), close: ticks(close) };
  return { exchange, symbol: instrument.symbol, openTime, intervalMs, ...prices };
}

async function candlesOf(
  session: CcxtSession,
  market: string,
  interval: string,
  from: TimeMs,
  intervalMs: number,
): Promise<readonly Candle[]> {
  const byTime = new Map<TimeMs, Candle>();
  for (let since = from; ;) {
    const page = valueOf(
      await session.call(`the candles of ${market}`, candles, (exchange) =>
        exchange.fetchOHLCV(market, interval, since, CANDLES),
      ),
    );
    const known = byTime.size;
    for (const candle of page) byTime.set(candle.openTime, candle);
    const last = Math.max(...page.map(({ openTime }) => openTime));
    // Exchanges give as many as they like: it is over once there is nothing new.
    if (byTime.size === known || page.length < 2)
      return [...byTime.values()].sort((a, b) => a.openTime - b.openTime);
    since = last + intervalMs;
  }
}

function widened(gap: Gap | null, next: Gap): Gap {
  if (gap === null) return next;
  return { ...next, high: Math.max(gap.high, next.high), low: Math.min(gap.low, next.low) };
}

function valueOf<T>(answer: Answer<T>): T {
  if (answer.kind === 'ok') return answer.value;
  throw new GapError(explain(answer));
}
