import { CASH_SCALE, type Cash } from './units.js';
import { divHalfUp } from './rounding.js';

/** An exact decimal: `units` x 10^-`scale`. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/** Reads `12.50`, `-0.1`, `1e-8`. Null where the text is not a number; trailing zeros are dropped. */
export function parseDecimal(text: string): Decimal | null {
  const match = DECIMAL.exec(text.trim());
  if (!match) return null;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  if (whole === '' && fraction === '') return null;
  let units = BigInt(whole + fraction);
  let scale = fraction.length - Number(exponent);
  if (scale < 0) {
    units *= 10n ** BigInt(-scale);
    scale = 0;
  }
  while (scale > 0 && units % 10n === 0n) {
    units /= 10n;
    scale -= 1;
  }
  return { units: sign === '-' ? -units : units, scale };
}

/** A decimal that is known to be one: a constant, or what a schema has already checked. Throws on anything else. */
export function decimal(text: string | number): Decimal {
  const parsed = parseDecimal(String(text));
  if (!parsed) throw new RangeError(`not a decimal number: ${JSON.stringify(text)}`);
  return parsed;
}

/** The decimal's units at another scale; null where digits would be lost. */
export function rescale(value: Decimal, scale: number): bigint | null {
  if (scale >= value.scale) return value.units * 10n ** BigInt(scale - value.scale);
  const divisor = 10n ** BigInt(value.scale - scale);
  return value.units % divisor === 0n ? value.units / divisor : null;
}

/** `units` x 10^-`scale` as the shortest exact text: `45000`, `-0.25`. */
export function formatUnits(units: bigint, scale: number): string {
  const negative = units < 0n;
  const digits = (negative ? -units : units).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '');
  return `${negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Cash of a decimal amount; null where it has more than 18 decimals. */
export function cashOf(value: Decimal): Cash | null {
  return rescale(value, CASH_SCALE);
}

/** Cash of a decimal text that is known to be one. Throws on anything else. */
export function cash(text: string | number): Cash {
  const amount = cashOf(decimal(text));
  if (amount === null) throw new RangeError(`more than ${CASH_SCALE} decimals: ${text}`);
  return amount;
}

/** The shortest exact text of an amount. */
export function formatCash(amount: Cash): string {
  return formatUnits(amount, CASH_SCALE);
}

/** The amount rounded half-up to `decimals` places. */
export function roundCash(amount: Cash, decimals: number): Cash {
  const unit = 10n ** BigInt(CASH_SCALE - decimals);
  return divHalfUp(amount, unit) * unit;
}

/** For display and statistics only. */
export function cashToNumber(amount: Cash): number {
  return Number(amount) / 10 ** CASH_SCALE;
}
