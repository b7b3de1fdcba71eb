import { formatUnits, parseDecimal, type Decimal, type Instrument } from '@bowline/domain';
import type { RateLimit } from '@bowline/ports';
import { z } from 'zod';
import { wordOf } from './fields.js';

/** The parts of exchangeInfo that are the same whatever the product. */

export const rateLimit = z.looseObject({
  rateLimitType: wordOf(['REQUEST_WEIGHT', 'ORDERS']),
  interval: wordOf(['SECOND', 'MINUTE', 'HOUR', 'DAY']),
  intervalNum: z.int().positive(),
  limit: z.int().nonnegative(),
});

export const filters = z.array(z.looseObject({ filterType: z.string() }));

/** A symbol, as far as its filters go. */
export interface WithFilters {
  readonly filters: z.output<typeof filters>;
}

/** What differs between the units that we count in and those of the exchange; null: nothing. */
export function unitsDiffer(
  instrument: Instrument,
  info: WithFilters & { readonly symbol: string },
): string | null {
  const units = [
    ['tickSize', instrument.tick, filterText(info, 'PRICE_FILTER', 'tickSize')],
    ['lotSize', instrument.lot, filterText(info, 'LOT_SIZE', 'stepSize')],
  ] as const;
  for (const [name, ours, text] of units) {
    const theirs = text === null ? null : parseDecimal(text);
    if (theirs !== null && theirs.units === ours.units && theirs.scale === ours.scale) continue;
    return `${name} of ${info.symbol} is ${text ?? 'not told'} at the exchange, and ${decimalOf(ours)} in the configuration`;
  }
  return null;
}

/** Those limits that are known here, named as their counters: `weight/1m`, `orders/10s`. */
export function toRateLimits(limits: readonly z.output<typeof rateLimit>[]): readonly RateLimit[] {
  return limits.flatMap(({ interval, intervalNum, limit, rateLimitType }) => {
    if (interval === 'unknown' || rateLimitType === 'unknown') return [];
    const counts = rateLimitType === 'ORDERS' ? 'orders' : 'weight';
    const { letter, ms } = INTERVALS[interval];
    return [
      { name: `${counts}/${intervalNum}${letter}`, counts, intervalMs: intervalNum * ms, limit } as const,
    ];
  });
}

const INTERVALS = {
  SECOND: { letter: 's', ms: 1_000 },
  MINUTE: { letter: 'm', ms: 60_000 },
  HOUR: { letter: 'h', ms: 3_600_000 },
  DAY: { letter: 'd', ms: 86_400_000 },
} as const;

/** What a filter says under a name; null: it says nothing. */
export function filterText({ filters }: WithFilters, type: string, name: string): string | null {
  const value = filters.find(({ filterType }) => filterType === type)?.[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

/** In units; null: filters that say 0 demand nothing. */
export function filterUnits(
  info: WithFilters,
  type: string,
  name: string,
  inUnits: (value: Decimal) => number | null,
): number | null {
  const value = parseDecimal(filterText(info, type, name) ?? '');
  return value === null || value.units <= 0n ? null : inUnits(value);
}

/** How many of something there may be; null: it is not told. */
export function filterCount(info: WithFilters, type: string, name = 'limit'): number | null {
  const limit = Number(filterText(info, type, name) ?? Number.NaN);
  return Number.isSafeInteger(limit) ? limit : null;
}

function decimalOf({ scale, units }: Decimal): string {
  return formatUnits(units, scale);
}
