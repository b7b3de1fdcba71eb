import { LIVE_SQL_TYPES, type LiveColumn, type LiveColumnType } from '@bowline/contracts';
import { formatUnits } from '@bowline/domain';
import type { DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { duckDb } from '../duckdb.js';

/** What a row holds in one column. */
export type LiveField = string | number | boolean | null;

/** Width and scale of the types that are decimals. */
const DECIMALS: Readonly<
  Partial<Record<LiveColumnType, { readonly width: number; readonly scale: number }>>
> = Object.fromEntries(
  Object.entries(LIVE_SQL_TYPES).flatMap(([type, sql]) => {
    const match = /^DECIMAL\((\d+),(\d+)\)$/.exec(sql);
    return match === null ? [] : [[type, { width: Number(match[1]), scale: Number(match[2]) }]];
  }),
);

/** The last millisecond that a Date knows. */
const LAST_MS = 8.64e15;

/** DuckDB's own name of a column's type. */
export function duckType({ type }: LiveColumn): DuckDBType {
  const { BIGINT, BOOLEAN, DECIMAL, TIMESTAMP, VARCHAR } = duckDb();
  const decimals = DECIMALS[type];
  if (decimals !== undefined) return DECIMAL(decimals.width, decimals.scale);
  switch (type) {
    case 'integer':
      return BIGINT;
    case 'time':
      return TIMESTAMP;
    case 'boolean':
      return BOOLEAN;
    default:
      return VARCHAR;
  }
}

/** A field as DuckDB takes it. Throws a RangeError where its column cannot hold it. */
export function toDuck({ nullable, type }: LiveColumn, field: LiveField): DuckDBValue {
  if (field === null) {
    if (!nullable) throw new RangeError('nothing stands where something must');
    return null;
  }
  const { DuckDBDecimalValue, DuckDBTimestampValue } = duckDb();
  const decimals = DECIMALS[type];
  if (decimals !== undefined) {
    const { scale, width } = decimals;
    return new DuckDBDecimalValue(unitsOf(field as string, width, scale), width, scale);
  }
  switch (type) {
    case 'integer':
      return BigInt(field as number);
    case 'time':
      if (!(Math.abs(field as number) <= LAST_MS)) throw new RangeError(`${field} ms is no time`);
      return new DuckDBTimestampValue(BigInt(Math.round((field as number) * 1000)));
    default:
      return field as string | boolean;
  }
}

/** A decimal text as a whole number of 10^-scale. Not by way of a Decimal: there are a dozen in a row. */
function unitsOf(text: string, width: number, scale: number): bigint {
  const point = text.indexOf('.');
  const whole = point < 0 ? text : text.slice(0, point);
  const fraction = point < 0 ? '' : text.slice(point + 1);
  if (fraction.length > scale) throw new RangeError(`${text} has more than ${scale} decimals`);
  if (whole.length - (whole.startsWith('-') ? 1 : 0) > width - scale) {
    throw new RangeError(`${text} has more than ${width - scale} digits before the point`);
  }
  return BigInt(whole + fraction.padEnd(scale, '0'));
}

/** A field as programs hold it. */
export function fromDuck({ type }: LiveColumn, value: DuckDBValue): LiveField {
  if (value === null) return null;
  const { DuckDBDecimalValue, DuckDBTimestampValue } = duckDb();
  if (value instanceof DuckDBDecimalValue) return formatUnits(value.value, value.scale);
  if (value instanceof DuckDBTimestampValue) return Number(value.micros) / 1000;
  return type === 'integer' ? Number(value) : (value as string | boolean);
}
