import { readValues, type Value } from './read-columns.js';
import { quoteName, type TableColumn } from './sql.js';
import type { Table } from './table.js';

/** What the file itself says in some rows, by row from 0 and field. */
export type FieldTexts<Field extends string> = ReadonlyMap<number, Partial<Record<Field, string | null>>>;

/** Fetches the texts of the fields that have a column, in the rows that are to be reported. */
export async function fieldTexts<Field extends string>(
  table: Table,
  fields: readonly Field[],
  columns: Partial<Record<Field, TableColumn>>,
  rows: readonly number[],
): Promise<FieldTexts<Field>> {
  const present = fields.filter((field) => columns[field] !== undefined);
  const list = present.map(
    (field) => `${quoteName(columns[field]?.name ?? '')}::VARCHAR AS ${quoteName(`field ${field}`)}`,
  );
  // Numbered in the order of the file, which an unordered window keeps.
  const numbered = `(SELECT row_number() OVER () - 1 AS row, ${list.join(', ')} FROM ${table.from})`;
  const chosen = present.map((field) => quoteName(`field ${field}`));
  const [at = [], ...values] = await readValues(
    { ...table, from: numbered },
    ['row::DOUBLE', ...chosen],
    `WHERE row IN (${rows.join(', ')})`,
  );
  return new Map(
    at.map((row, index) => {
      const texts = present.map((field, column) => [field, asText(values[column]?.[index])] as const);
      return [Number(row), Object.fromEntries(texts) as Partial<Record<Field, string | null>>];
    }),
  );
}

/** Why a text is no number. */
export function noNumber(name: string, text: string | null | undefined): string {
  if (isEmpty(text)) return `${name} is empty`;
  return text.trim().toLowerCase() === 'nan'
    ? `${name} is NaN`
    : `${name} ${JSON.stringify(text)} is not a number`;
}

/** Why a text is no time. */
export function noTime(text: string | null | undefined): string {
  if (isEmpty(text)) return 'time is empty';
  return `time ${JSON.stringify(text)} is not a time (an epoch in s, ms, us or ns, or ISO 8601 such as 2021-04-20T00:00:00Z)`;
}

function isEmpty(text: string | null | undefined): text is '' | null | undefined {
  return text === null || text === undefined || text.trim() === '';
}

function asText(value: Value | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
