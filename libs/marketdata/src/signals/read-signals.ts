import { InputError } from '@bowline/contracts';
import { parseDecimal } from '@bowline/domain';
import type { SignalRow } from '@bowline/ports';
import { withTable } from '../table/open-table.js';
import { readValues, type Value } from '../table/read-columns.js';
import { quoteName, timeSql, type TableColumn } from '../table/sql.js';
import { pickColumns, plainName, type Table, type Wanted } from '../table/table.js';
import { RowProblems, shown, TIME_HELP } from './problems.js';

const REQUIRED = ['time', 'strategyId', 'symbol', 'signal'] as const;
const OPTIONAL = ['price', 'takeProfit', 'stopLoss', 'volatility', 'quantity'] as const;
type SignalField = (typeof REQUIRED)[number] | (typeof OPTIONAL)[number];

const WANTED = Object.fromEntries([
  ...REQUIRED.map((field) => [field, { names: [field], required: true }]),
  ...OPTIONAL.map((field) => [field, { names: [field], required: false }]),
]) as Wanted<SignalField>;

/**
 * Reads signals from CSV or Parquet (plain, .gz, .zip) with the columns time, strategyId, symbol, signal and any of
 * price, takeProfit, stopLoss, volatility, quantity; snake_case names will do. Rows keep the order of the file.
 * Decimals are kept as the file has them.
 *
 * Throws an InputError with every bad row (the first twenty, then their number), and for a column it does not
 * know: a mistyped stopLoss must not become a position without one.
 */
export async function readSignals(path: string): Promise<SignalRow[]> {
  return withTable(path, { repair: false, json: false, exampleHeader: REQUIRED.join(',') }, async (table) => {
    refuseUnknownColumns(table);
    const columns = pickColumns(table, WANTED);
    const timeColumn = columns.time as TableColumn;
    const time = timeSql(timeColumn, table.epochUnit);
    if (time === null)
      throw new InputError([`${path}: the column time is of type ${timeColumn.type}, which holds no times`]);
    const present = [...REQUIRED, ...OPTIONAL].filter((field) => columns[field] !== undefined);
    const texts = present.map((field) => {
      const text = `${quoteName(columns[field]?.name ?? '')}::VARCHAR`;
      // How a time was written matters only where it is none, and most of the work here is to fetch texts.
      return field === 'time' ? `CASE WHEN isnan(${time}) THEN ${text} END` : text;
    });
    const [times = [], ...values] = await readValues(table, [time, ...texts]);
    const byField = Object.fromEntries(present.map((field, at) => [field, values[at]])) as Columns;
    const problems = new RowProblems(table);
    const signals: SignalRow[] = [];
    for (let row = 0; row < times.length; row++) {
      const signal = parseRow(row, Number(times[row]), (field) => textOf(byField[field]?.[row]), problems);
      if (signal !== null) signals.push(signal);
    }
    await problems.throwIfAny();
    return signals;
  });
}

type Columns = Partial<Record<SignalField, readonly Value[]>>;

/** What a row says in a column; an absent column and an empty field are both ''. */
type Texts = (field: SignalField) => string;

function parseRow(row: number, time: number, textOfField: Texts, problems: RowProblems): SignalRow | null {
  const strategyId = textOfField('strategyId');
  const symbol = textOfField('symbol');
  const signalText = textOfField('signal');
  const found: string[] = [];
  if (!Number.isFinite(time)) {
    const timeText = textOfField('time');
    found.push(timeText === '' ? 'time is empty' : `time ${shown(timeText)} is not a time (${TIME_HELP})`);
  }
  if (strategyId === '') found.push('strategyId is empty');
  if (symbol === '') found.push('symbol is empty');
  const signal = parseSignal(signalText);
  if (signal === null) {
    found.push(
      `signal is ${signalText === '' ? 'empty' : shown(signalText)}; it must be 1 (be long), -1 (be short), or 0 (be flat)`,
    );
  }
  const optional = parseOptional(textOfField, found);
  for (const text of found) problems.add(row, text);
  if (signal === null || found.length > 0) return null;
  return { time, strategyId, symbol, signal, ...optional, row: row + 1 };
}

/** A column of doubles says `1.0`. */
function parseSignal(text: string): 1 | 0 | -1 | null {
  const match = /^([+-]?)([01])(\.0*)?$/.exec(text);
  if (match === null) return null;
  if (match[2] === '0') return 0;
  return match[1] === '-' ? -1 : 1;
}

type OptionalFields = Pick<SignalRow, (typeof OPTIONAL)[number]>;

function parseOptional(textOfField: Texts, found: string[]): OptionalFields {
  const fields: Record<string, string | number> = {};
  for (const field of OPTIONAL) {
    const text = textOfField(field);
    if (text === '') continue;
    const value = parseDecimal(text);
    if (value === null || value.units <= 0n)
      found.push(`${field} is ${shown(text)}; it must be a number above 0, or empty`);
    else fields[field] = field === 'volatility' ? Number(text) : text;
  }
  return fields;
}

function refuseUnknownColumns({ label, columns }: Table): void {
  const known = new Set([...REQUIRED, ...OPTIONAL].map(plainName));
  const problems = columns
    .filter(({ name }) => !known.has(plainName(name)))
    .map(
      ({ name }) =>
        `${label}: the column ${name} is not known; known are ${[...REQUIRED, ...OPTIONAL].join(', ')}: rename or remove it`,
    );
  if (problems.length > 0) throw new InputError(problems);
}

function textOf(value: Value | undefined): string {
  return value === null || value === undefined ? '' : String(value).trim();
}
