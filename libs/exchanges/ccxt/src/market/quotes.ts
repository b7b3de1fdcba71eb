import {
  priceToTicks,
  quantityToLots,
  type Decimal,
  type Instrument,
  type Lots,
  type TimeMs,
} from '@bowline/domain';
import type { DepthLevel, MarketDepth } from '@bowline/ports';
import type { z } from 'zod';
import { lotsOf, ticksOf } from '../account/units.js';
import { read } from '../parse/fields.js';
import { ticker, type book, type Ticker } from '../parse/public.js';
import type { Quote } from './conflated.js';

/** A ticker, alone or by its market. Throws a PayloadError. */
export function tickerIn(value: unknown, market: string): Ticker {
  const several = typeof value === 'object' && value !== null && market in value;
  return read(
    `the ticker of ${market}`,
    ticker,
    several ? (value as Record<string, unknown>)[market] : value,
  );
}

export function quoteOf(instrument: Instrument, { ask, askVolume, bid, bidVolume }: Ticker): Quote {
  // Sizes are for whoever wants to know roughly: some exchanges count them in other units.
  const lots = (size: Decimal | null): Lots | null =>
    size === null ? null : quantityToLots(instrument, size);
  return {
    bid: bid === null ? null : priceToTicks(instrument, bid),
    ask: ask === null ? null : priceToTicks(instrument, ask),
    bidQty: lots(bidVolume),
    askQty: lots(askVolume),
  };
}

/** The best levels of a book. Throws a PayloadError where one is off our units. */
export function toDepth(
  exchange: string,
  instrument: Instrument,
  { asks, bids }: z.output<typeof book>,
  levels: number,
  at: TimeMs,
): MarketDepth {
  const best = (side: z.output<typeof book>['bids']): readonly DepthLevel[] =>
    side
      .slice(0, levels)
      .map(([price, quantity]) => [ticksOf(instrument, price), lotsOf(instrument, quantity)]);
  return { exchange, symbol: instrument.symbol, at, bids: best(bids), asks: best(asks) };
}
