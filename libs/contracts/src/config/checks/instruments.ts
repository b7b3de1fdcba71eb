import { CASH_SCALE, parseDecimal, type Decimal } from '@bowline/domain';
import type { Path } from '../places.js';
import type { Problems } from '../problems.js';
import { compareDecimals } from '../schema/fields.js';
import { isSet, list, section, type Raw } from './raw.js';

/** Fields of an instrument that must agree with each other. */
export function checkInstruments(instruments: unknown, problems: Problems): void {
  for (const [name, value] of Object.entries(section(instruments))) {
    const path: Path = ['instruments', name];
    checkInstrument(section(value), path, problems);
    for (const [symbol, inner] of Object.entries(section(value)))
      checkInstrument(section(inner), [...path, symbol], problems);
  }
}

function checkInstrument(instrument: Raw, path: Path, problems: Problems): void {
  if (/^(?:true|True|TRUE)$/.test(String(instrument['inverse']))) {
    problems.atValue(
      [...path, 'inverse'],
      'inverse contracts are not supported: their profit is no finite decimal of the quote currency',
    );
  }
  checkKind(instrument, path, problems);
  checkPrecision(instrument, path, problems);
  checkTickTable(instrument, [...path, 'tickTable'], problems);
}

function checkKind(instrument: Raw, path: Path, problems: Problems): void {
  const kind = instrument['kind'];
  const isOption = kind === 'option';
  for (const key of ['strike', 'right', 'expiry']) {
    if (isOption && !isSet(instrument[key]))
      problems.atKey([...path, key], `missing; an option has expiry, strike and right`);
    const fits = isOption || (key === 'expiry' && kind === 'future');
    if (fits || !isSet(instrument[key])) continue;
    const needed = key === 'expiry' ? 'kind: future or kind: option' : 'kind: option';
    problems.atKey([...path, key], `only with ${needed}`);
  }
}

/** Money carries 18 decimals; a tick times a lot must fit into them. */
function checkPrecision(instrument: Raw, path: Path, problems: Problems): void {
  const sizes = [instrument['tickSize'], instrument['lotSize'], instrument['multiplier'] ?? '1'].map(
    decimalOf,
  );
  const decimals = sizes.reduce<number>((sum, size) => sum + (size?.scale ?? NaN), 0);
  if (decimals > CASH_SCALE) {
    problems.atKey(
      [...path, 'lotSize'],
      `tickSize x lotSize x multiplier has ${decimals} decimals; at most ${CASH_SCALE} can be kept exactly`,
    );
  }
}

function checkTickTable(instrument: Raw, path: Path, problems: Problems): void {
  const tick = decimalOf(instrument['tickSize']);
  let previous: Decimal | null = null;
  for (const [index, value] of list(instrument['tickTable']).entries()) {
    const band = section(value);
    const from = decimalOf(band['from']);
    if (from && previous && compareDecimals(from, previous) <= 0) {
      problems.atValue([...path, index, 'from'], 'expected ascending prices');
    }
    previous = from ?? previous;
    for (const key of ['from', 'step']) {
      const price = decimalOf(band[key]);
      if (!price || !tick || tick.units <= 0n || isMultiple(price, tick)) continue;
      problems.atValue(
        [...path, index, key],
        `expected a multiple of tickSize ${String(instrument['tickSize'])}, got ${String(band[key])}`,
      );
    }
  }
}

function isMultiple(value: Decimal, unit: Decimal): boolean {
  return (value.units * 10n ** BigInt(unit.scale)) % (unit.units * 10n ** BigInt(value.scale)) === 0n;
}

function decimalOf(value: unknown): Decimal | null {
  return typeof value === 'string' && value.length <= 64 ? parseDecimal(value) : null;
}
