import { InvalidArgumentError } from 'commander';

/** Readers of option values. What they throw becomes a message that names the option. */

/** Which file to read for which symbol, of one exchange or of all. */
export interface SymbolFile {
  /** Null: every exchange that has none of its own. */
  readonly exchange: string | null;
  readonly symbol: string;
  readonly path: string;
}

const ID = /^[A-Za-z0-9._-]{1,64}$/;
const ID_RULE = '1 to 64 letters, digits, dots, dashes or underscores';

/** `BTCUSDT=btc.csv`, or `okx:BTCUSDT=btc-okx.csv`; may be given several times. */
export function barsFiles(text: string, before: readonly SymbolFile[] = []): SymbolFile[] {
  const { left, path } = splitAtEquals(text, 'SYMBOL=FILE or EXCHANGE:SYMBOL=FILE');
  const parts = left.split(':');
  if (parts.length > 2) throw new InvalidArgumentError('Write SYMBOL=FILE or EXCHANGE:SYMBOL=FILE.');
  const symbol = checkedId(parts.at(-1) ?? '', 'symbol');
  const exchange = parts.length === 2 ? checkedId(parts[0], 'exchange') : null;
  const twin = before.find((other) => other.symbol === symbol && other.exchange === exchange);
  if (twin) throw new InvalidArgumentError(`${left} is given twice: ${twin.path} and ${path}.`);
  return [...before, { exchange, symbol, path }];
}

/** `BTCUSDT=funding.csv`; may be given several times. */
export function fundingFiles(text: string, before: readonly SymbolFile[] = []): SymbolFile[] {
  const { left, path } = splitAtEquals(text, 'SYMBOL=FILE');
  const symbol = checkedId(left, 'symbol');
  const twin = before.find((other) => other.symbol === symbol);
  if (twin) throw new InvalidArgumentError(`${left} is given twice: ${twin.path} and ${path}.`);
  return [...before, { exchange: null, symbol, path }];
}

/** An option that may be given several times. */
export function collected(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

/** A reader of whole numbers in a range. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

/** Seeds have 32 bits. */
export const seedNumber = wholeNumber(0, 2 ** 32 - 1);

/** A reader of one of a few words, in any case. */
export function oneOf<const T extends string>(...words: readonly T[]): (text: string) => T {
  return (text) => {
    const found = words.find((word) => word.toLowerCase() === text.toLowerCase());
    if (found !== undefined) return found;
    throw new InvalidArgumentError(`It must be ${words.join(' or ')}.`);
  };
}

/** A price or a quantity: a number above 0, as it was written. */
export function amount(text: string): string {
  if (numberOf(text) > 0) return text.trim();
  throw new InvalidArgumentError('It must be a number above 0.');
}

/** A probability: a number from 0 to 1. */
export function probability(text: string): number {
  const value = numberOf(text);
  if (value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('It must be a number from 0 to 1.');
}

/** A share of something that is not nothing: above 0, up to 1. */
export function share(text: string): number {
  const value = numberOf(text);
  if (value > 0 && value <= 1) return value;
  throw new InvalidArgumentError('It must be a number above 0, at most 1.');
}

function numberOf(text: string): number {
  return /^\d*\.?\d+$/.test(text.trim()) ? Number(text) : NaN;
}

/** A path that is not empty: an unset variable in a script must not become the current directory. */
export function pathText(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It must not be empty.');
  return text;
}

function splitAtEquals(text: string, form: string): { left: string; path: string } {
  const equals = text.indexOf('=');
  const left = text.slice(0, Math.max(equals, 0)).trim();
  const path = text.slice(equals + 1).trim();
  if (equals < 0 || left === '' || path === '') throw new InvalidArgumentError(`Write ${form}.`);
  return { left, path };
}

function checkedId(text: string, what: string): string {
  if (ID.test(text)) return text;
  throw new InvalidArgumentError(`The ${what} ${JSON.stringify(text)} must be ${ID_RULE}.`);
}

/** `ikenna,odum` */
export function nameList(text: string): readonly string[] {
  const names = text.split(',').map((part) => part.trim());
  if (names.every((name) => name !== '')) return names;
  throw new InvalidArgumentError('Write names with commas between them.');
}
