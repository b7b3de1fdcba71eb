import type { BacktestSummary } from '@bowline/contracts';
import { decimal, divHalfEven, formatUnits } from '@bowline/domain';

/** What people read, in the terminal and on the page. Null is a dash: there is no such figure. */
export const NONE = '–';

/** An exact decimal text with two decimals and thousands set apart: `-1,234.50`. */
export function moneyText(amount: string): string {
  return withThousands(fixed(amount, 2));
}

/** As {@link moneyText}, with a plus where something was won. */
export function pnlText(amount: string): string {
  const text = moneyText(amount);
  return isZero(text) || text.startsWith('-') ? text.replace(/^-(?=[0.,]+$)/, '') : `+${text}`;
}

/** A number with `decimals` decimals and thousands set apart. */
export function numberText(value: number | null, decimals: number): string {
  return value === null ? NONE : withThousands(value.toFixed(decimals));
}

/** A fraction as a percentage: 0.1234 is `12.34 %`. */
export function percentText(fraction: number | null, decimals = 2): string {
  return value(fraction === null ? null : fraction * 100, decimals, ' %');
}

/** What is in percent already. */
export function pctText(percent: number | null, decimals = 2): string {
  return value(percent, decimals, ' %');
}

/** 93784 seconds as `1d 2h`: the two largest units. */
export function durationText(seconds: number | null): string {
  if (seconds === null) return NONE;
  let rest = Math.round(seconds);
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0 || (unit === 's' && parts.length === 0)) parts.push(`${count}${unit}`);
    if (parts.length === 2) break;
  }
  return parts.join(' ');
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const;

/** `2021-05-19 12:00` of an ISO time. */
export function minuteText(time: string | null): string {
  return time === null ? NONE : time.slice(0, 16).replace('T', ' ');
}

function value(number: number | null, decimals: number, unit: string): string {
  return number === null ? NONE : `${withThousands(number.toFixed(decimals))}${unit}`;
}

function fixed(amount: string, decimals: number): string {
  const { units, scale } = decimal(amount);
  const shift = scale - decimals;
  const rounded = shift > 0 ? divHalfEven(units, 10n ** BigInt(shift)) : units * 10n ** BigInt(-shift);
  const [whole, fraction = ''] = formatUnits(rounded, decimals).split('.');
  return `${whole}.${fraction.padEnd(decimals, '0')}`;
}

function withThousands(text: string): string {
  const [whole, fraction] = text.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

function isZero(text: string): boolean {
  return /^-?[0.,]+$/.test(text);
}

/** What a report is of, as its heading. */
export function headingText(mode: BacktestSummary['mode']): string {
  return HEADINGS[mode];
}

const HEADINGS = { historical: 'Backtest', simulation: 'Simulation', live: 'Live desk' } as const;
