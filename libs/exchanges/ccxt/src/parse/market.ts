import {
  cashOf,
  createInstrument,
  formatUnits,
  parseDecimal,
  priceToTicks,
  wholeLots,
  type Decimal,
  type Instrument,
  type InstrumentKind,
} from '@bowline/domain';
import type { OrderFilters } from '@bowline/ports';
import { z } from 'zod';
import { decimal, info, optional } from './fields.js';

const range = optional(z.looseObject({ min: optional(decimal), max: optional(decimal) }));

/** A market, as ccxt describes it. */
export const market = z.looseObject({
  id: z.string(),
  symbol: z.string(),
  type: z.string(),
  base: z.string(),
  quote: z.string(),
  settle: optional(z.string()),
  active: optional(z.boolean()),
  linear: optional(z.boolean()),
  inverse: optional(z.boolean()),
  contractSize: optional(decimal),
  expiry: optional(z.number()),
  precision: z.looseObject({ amount: optional(decimal), price: optional(decimal) }),
  limits: z.looseObject({ amount: range, price: range, cost: range, market: range }),
  info,
});
export type Market = z.output<typeof market>;

/** What ccxt calls the kinds of instruments. */
const TYPES: Readonly<Record<InstrumentKind, string>> = {
  spot: 'spot',
  perpetual: 'swap',
  future: 'future',
  option: 'option',
};

const ZERO: Decimal = { units: 0n, scale: 0 };
const ONE: Decimal = { units: 1n, scale: 0 };

/**
 * The market that an instrument is: of its kind, called as the exchange calls it (`BTC-USDT-SWAP`), as ccxt does
 * (`BTC/USDT:USDT`), or by its currencies (`BTCUSDT`). A text says why there is none.
 */
export function marketOf(instrument: Instrument, all: Iterable<Market>): Market | string {
  const { base, kind, quote, settle, symbol } = instrument;
  const ofKind = [...all].filter((each) => each.type === TYPES[kind]);
  const called = ofKind.filter((each) => each.id === symbol || each.symbol === symbol);
  const found =
    called.length > 0
      ? called
      : ofKind.filter((each) => `${each.base}${each.quote}` === symbol && (each.settle ?? settle) === settle);
  const [only] = found;
  if (only === undefined) return `no ${kind} there is called ${symbol}`;
  if (found.length > 1)
    return `${symbol} may be ${found.map(({ id }) => id).join(' or ')}: call it as the exchange does`;
  const differing = (
    [
      ['base', base, only.base],
      ['quote', quote, only.quote],
      ['settle', settle, only.settle ?? settle],
    ] as const
  ).find(([, ours, theirs]) => ours !== theirs);
  if (differing === undefined) return only;
  const [what, ours, theirs] = differing;
  return `${what} of ${symbol} is ${theirs} at the exchange, and ${ours} in the configuration`;
}

/** What differs between the units that we count in and those of the exchange; null: nothing. */
export function unitsDiffer(
  instrument: Instrument,
  { contractSize, id, inverse, precision }: Market,
): string | null {
  if (inverse === true) return `${id} is inverse, and the ledger has no such instruments`;
  const multiplier = parseDecimal(instrument.multiplier);
  const units = [
    ['tickSize', instrument.tick, precision.price],
    ['lotSize', instrument.lot, precision.amount],
    ['multiplier', multiplier, contractSize ?? ONE],
  ] as const;
  for (const [name, ours, theirs] of units) {
    if (ours !== null && theirs !== null && isSame(ours, theirs)) continue;
    return `${name} of ${id} is ${textOf(theirs)} at the exchange, and ${textOf(ours)} in the configuration`;
  }
  return null;
}

/** The instrument as the exchange has it. Throws a RangeError where it cannot be traded exactly. */
export function toInstrument(exchange: string, found: Market): Instrument {
  const { base, contractSize, expiry, id, inverse, limits, precision, quote, settle, type } = found;
  const kind = (Object.keys(TYPES) as InstrumentKind[]).find((each) => TYPES[each] === type);
  if (kind === undefined || kind === 'option')
    throw new RangeError(`${id} is a ${type}, which is not traded here`);
  return createInstrument({
    ...{ exchange, symbol: id, kind, base, quote, settle: settle ?? quote, inverse: inverse === true },
    multiplier: textOf(contractSize ?? ONE),
    tickSize: textOf(precision.price),
    lotSize: textOf(precision.amount),
    minNotional: textOf(limits.cost?.min ?? ZERO),
    ...(expiry !== null && { expiryMs: expiry }),
  });
}

/** What the exchange demands of orders in a market, in the units of our instrument. */
export function toFilters(
  instrument: Instrument,
  { active, limits }: Market,
  maxConditionalOrders: number | null,
): OrderFilters {
  const lots = (value: Decimal | null | undefined): number | null =>
    isPositive(value) ? wholeLots(instrument, value) : null;
  const ticks = (value: Decimal | null | undefined): number | null =>
    isPositive(value) ? priceToTicks(instrument, value) : null;
  const least = limits.cost?.min;
  return {
    symbol: instrument.symbol,
    // Not every exchange says it.
    trading: active !== false,
    minQty: lots(limits.amount?.min),
    maxQty: lots(limits.amount?.max),
    marketMaxQty: lots(limits.market?.max),
    minPrice: ticks(limits.price?.min),
    maxPrice: ticks(limits.price?.max),
    minNotional: isPositive(least) ? cashOf(least) : null,
    minNotionalOfClosing: false,
    percentPrice: null,
    maxOpenOrders: null,
    maxConditionalOrders,
  };
}

function isPositive(value: Decimal | null | undefined): value is Decimal {
  return value !== null && value !== undefined && value.units > 0n;
}

function isSame(a: Decimal, b: Decimal): boolean {
  return a.units * 10n ** BigInt(b.scale) === b.units * 10n ** BigInt(a.scale);
}

function textOf(value: Decimal | null): string {
  return value === null ? 'not told' : formatUnits(value.units, value.scale);
}
