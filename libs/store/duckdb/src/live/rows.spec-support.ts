import {
  LIVE_TABLES,
  type LiveColumn,
  type LiveRow,
  type LiveTable,
  type LiveTableName,
} from '@bowline/contracts';
import { formatUnits } from '@bowline/domain';
import fc from 'fast-check';
import type { LiveField } from './live-values.js';

const FIELDS: Readonly<Record<LiveColumn['type'], fc.Arbitrary<LiveField>>> = {
  text: fc.string({ unit: 'binary', maxLength: 12 }).filter((text) => !text.includes('\0')),
  integer: fc.maxSafeInteger(),
  decimal: decimals(38, 18),
  rounded: decimals(38, 4),
  seconds: decimals(18, 3),
  time: fc.integer({ min: Date.UTC(1960, 0), max: Date.UTC(2199, 0) }),
  boolean: fc.boolean(),
};

function decimals(width: number, scale: number): fc.Arbitrary<string> {
  const most = 10n ** BigInt(width) - 1n;
  return fc.bigInt({ min: -most, max: most }).map((units) => formatUnits(units, scale));
}

/** Any row that the table can hold. */
export function anyRow<Name extends LiveTableName>(name: Name): fc.Arbitrary<LiveRow<Name>> {
  const { columns }: LiveTable = LIVE_TABLES[name];
  const shape = Object.fromEntries(
    Object.entries(columns).map(([field, { nullable, type }]) => [
      field,
      nullable ? fc.option(FIELDS[type], { nil: null }) : FIELDS[type],
    ]),
  );
  return fc.record(shape) as unknown as fc.Arbitrary<LiveRow<Name>>;
}

const SAMPLE: Readonly<Record<LiveColumn['type'], LiveField>> = {
  text: 'x',
  integer: 7,
  decimal: '1.5',
  rounded: '0.25',
  seconds: '60',
  time: Date.UTC(2025, 9, 24, 10),
  boolean: false,
};

/** A row that says nothing in particular but what is given. */
export function aRow<Name extends LiveTableName>(
  name: Name,
  given: Partial<LiveRow<Name>> = {},
): LiveRow<Name> {
  const { columns }: LiveTable = LIVE_TABLES[name];
  const sample = Object.entries(columns).map(([field, { nullable, type }]) => [
    field,
    nullable ? null : SAMPLE[type],
  ]);
  return { ...(Object.fromEntries(sample) as LiveRow<Name>), ...given };
}
