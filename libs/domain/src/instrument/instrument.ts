import {
  CASH_SCALE,
  cash,
  decimal,
  formatUnits,
  rescale,
  type Cash,
  type Decimal,
  type Lots,
  type TickLots,
  type Ticks,
} from '../primitives/index.js';
import { divHalfEven } from '../primitives/index.js';

export type InstrumentKind = 'spot' | 'perpetual' | 'future' | 'option';

/** What an exchange (or the configuration) says of an instrument, as decimal texts. */
export interface InstrumentSpec {
  readonly exchange: string;
  readonly symbol: string;
  readonly kind: InstrumentKind;
  readonly base: string;
  readonly quote: string;
  readonly settle: string;
  /** Base units per contract; 1 for spot and for linear perpetuals quoted in base units. */
  readonly multiplier: string;
  /** True where profit is paid in the base currency. The ledger refuses these: their P&L is no finite decimal. */
  readonly inverse: boolean;
  readonly tickSize: string;
  readonly lotSize: string;
  /** In the quote currency; `0` for none. */
  readonly minNotional: string;
  /** From a price on, prices move in larger steps (options, stocks). Prices and steps as decimal texts, ascending. */
  readonly tickTable?: readonly { readonly from: string; readonly step: string }[];
  readonly expiryMs?: number;
  readonly strike?: string;
  readonly right?: 'call' | 'put';
}

/** An instrument with its units worked out once. */
export interface Instrument extends InstrumentSpec {
  readonly tick: Decimal;
  readonly lot: Decimal;
  /** Cash of one tick x one lot, the multiplier included. */
  readonly tickLotCash: Cash;
  readonly minNotionalCash: Cash;
  readonly tickSteps: readonly { readonly from: Ticks; readonly step: Ticks }[];
}

/** Works out the units. Throws a RangeError that names the field where the spec cannot be traded exactly. */
export function createInstrument(spec: InstrumentSpec): Instrument {
  const name = `${spec.exchange}:${spec.symbol}`;
  const tick = positive(spec.tickSize, `${name} tickSize`);
  const lot = positive(spec.lotSize, `${name} lotSize`);
  const multiplier = positive(spec.multiplier, `${name} multiplier`);
  if (spec.inverse)
    throw new RangeError(`${name}: inverse contracts are not supported, their P&L is no finite decimal`);
  const tickLotCash = rescale(
    { units: tick.units * lot.units * multiplier.units, scale: tick.scale + lot.scale + multiplier.scale },
    CASH_SCALE,
  );
  if (tickLotCash === null) {
    throw new RangeError(`${name}: tickSize x lotSize x multiplier has more than ${CASH_SCALE} decimals`);
  }
  const instrument = {
    ...spec,
    tick,
    lot,
    tickLotCash,
    minNotionalCash: cash(spec.minNotional),
    tickSteps: [],
  };
  const tickSteps = (spec.tickTable ?? []).map(({ from, step }) => ({
    from: exactTicks(instrument, decimal(from), `${name} tickTable.from`),
    step: exactTicks(instrument, decimal(step), `${name} tickTable.step`),
  }));
  return { ...instrument, tickSteps };
}

/** The price in ticks; null where it is off the tick or beyond safe integers. */
export function priceToTicks(instrument: Instrument, price: Decimal): Ticks | null {
  return exactUnits(price, instrument.tick);
}

/** The quantity in lots; null where it is no whole number of them, or beyond safe integers. */
export function wholeLots(instrument: Instrument, quantity: Decimal): Lots | null {
  return exactUnits(quantity, instrument.lot);
}

/** The quantity in lots, rounded down to the lot; null beyond safe integers. */
export function quantityToLots(instrument: Instrument, quantity: Decimal): Lots | null {
  const { units, scale } = instrument.lot;
  const common = Math.max(quantity.scale, scale);
  const lots =
    (quantity.units * 10n ** BigInt(common - quantity.scale)) / (units * 10n ** BigInt(common - scale));
  return safeNumber(lots);
}

export function priceText(instrument: Instrument, price: Ticks): string {
  return formatUnits(BigInt(price) * instrument.tick.units, instrument.tick.scale);
}

export function quantityText(instrument: Instrument, quantity: Lots): string {
  return formatUnits(BigInt(quantity) * instrument.lot.units, instrument.lot.scale);
}

/** For display and statistics only. */
export function priceNumber(instrument: Instrument, price: number): number {
  return (price * Number(instrument.tick.units)) / 10 ** instrument.tick.scale;
}

/** For display and statistics only. */
export function quantityNumber(instrument: Instrument, quantity: number): number {
  return (quantity * Number(instrument.lot.units)) / 10 ** instrument.lot.scale;
}

/** The cash that a price x quantity of this instrument is worth. */
export function cashValue(instrument: Instrument, value: TickLots): Cash {
  return value * instrument.tickLotCash;
}

/** Average price of `value` over `quantity` as text: half-even, 8 decimals. Null for a quantity of 0. */
export function averagePriceText(instrument: Instrument, value: TickLots, quantity: Lots): string | null {
  if (quantity === 0) return null;
  const { units, scale } = instrument.tick;
  const average = divHalfEven(value * units * 10n ** 8n, BigInt(quantity) * 10n ** BigInt(scale));
  return formatUnits(average, 8);
}

/** The step that prices take around `price`, in ticks. */
export function tickStep(instrument: Instrument, price: Ticks): Ticks {
  let step: Ticks = 1;
  for (const band of instrument.tickSteps) if (price >= band.from) step = band.step;
  return step;
}

/** The tradable price at or below, in ticks. */
export function roundPriceDown(instrument: Instrument, price: number): Ticks {
  if (instrument.tickSteps.length === 0) return Math.floor(price);
  const step = tickStep(instrument, price);
  return Math.floor(price / step) * step;
}

/** The tradable price at or above, in ticks. */
export function roundPriceUp(instrument: Instrument, price: number): Ticks {
  if (instrument.tickSteps.length === 0) return Math.ceil(price);
  const step = tickStep(instrument, price);
  return Math.ceil(price / step) * step;
}

function positive(text: string, field: string): Decimal {
  const value = decimal(text);
  if (value.units <= 0n) throw new RangeError(`${field} must be above 0, got ${text}`);
  return value;
}

function exactTicks(instrument: Instrument, price: Decimal, field: string): Ticks {
  const ticks = priceToTicks(instrument, price);
  if (ticks === null) throw new RangeError(`${field} is not a multiple of tickSize ${instrument.tickSize}`);
  return ticks;
}

function exactUnits(value: Decimal, unit: Decimal): number | null {
  const common = Math.max(value.scale, unit.scale);
  const scaled = value.units * 10n ** BigInt(common - value.scale);
  const divisor = unit.units * 10n ** BigInt(common - unit.scale);
  return scaled % divisor === 0n ? safeNumber(scaled / divisor) : null;
}

function safeNumber(value: bigint): number | null {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : null;
}
