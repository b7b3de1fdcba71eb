import type { DuckDBConnection, DuckDBResult } from '@duckdb/node-api';
import { InputError } from '@bowline/contracts';
import { messageOf } from '../files/check-file.js';
import type { EpochUnit, TableColumn } from './sql.js';

/** A file opened for reading: what it is called, what is in it, and how SQL gets at it. */
export interface Table {
  /** The path as the user gave it: errors begin with it. */
  readonly label: string;
  readonly connection: DuckDBConnection;
  readonly columns: readonly TableColumn[];
  /** What stands after FROM. Rows come in the order of the file. */
  readonly from: string;
  /** Rows according to the file itself; null where only reading tells. */
  readonly rows: number | null;
  readonly epochUnit: EpochUnit;
  /** What a user would call rows, counted from 0, to find them again: `line 17`, `element 16`, `row 16`. In the order asked. */
  readonly placesOf: (rows: readonly number[]) => Promise<readonly string[]>;
}

/** The file could not be parsed as a table. The reader of the format may know a better way to say where. */
export class UnreadableTable extends Error {}

/** Runs a query whose failure is the file's fault. */
export async function queryTable<R extends DuckDBResult>(query: () => Promise<R>): Promise<R> {
  try {
    return await query();
  } catch (cause) {
    // DuckDB adds advice about its own SQL options after the first lines, and names the copy that it was given.
    const [text = ''] = messageOf(cause).split(/\n\s*\n|\nPossible fixes|\nLINE /);
    throw new UnreadableTable(text.replaceAll('\n', ' ').replace(/ ?'[^']*bowline-[^']*'/g, ''), { cause });
  }
}

/** Columns asked for, by the names that each may go by, the usual one first. */
export type Wanted<Field extends string> = Readonly<
  Record<Field, { readonly names: readonly string[]; readonly required: boolean }>
>;

/**
 * Finds the columns by name: case, blanks and underscores do not matter (`open_time`, `Open time`, `openTime`).
 * Throws an InputError for what is missing and for a field that two columns could be.
 */
export function pickColumns<Field extends string>(
  { label, columns }: Pick<Table, 'label' | 'columns'>,
  wanted: Wanted<Field>,
): Partial<Record<Field, TableColumn>> {
  const picked: Partial<Record<Field, TableColumn>> = {};
  const problems: string[] = [];
  const missing: string[] = [];
  for (const field of Object.keys(wanted) as Field[]) {
    const { names, required } = wanted[field];
    const accepted = names.map(plainName);
    const matching = columns.filter(({ name }) => accepted.includes(plainName(name)));
    const [column] = matching;
    const [usual, ...others] = names;
    if (matching.length > 1)
      problems.push(
        `${label}: the columns ${listed(matching)} could each be the ${usual}; leave one of them`,
      );
    else if (column !== undefined) picked[field] = column;
    else if (required) missing.push(others.length > 0 ? `${usual} (or ${others.join(', ')})` : usual);
  }
  if (missing.length > 0)
    problems.push(
      `${label}: there is no column ${missing.join(', no ')}; the columns are ${listed(columns)}`,
    );
  if (problems.length > 0) throw new InputError(problems);
  return picked;
}

export function plainName(name: string): string {
  return name.toLowerCase().replace(/[\s_]/g, '');
}

function listed(columns: readonly TableColumn[]): string {
  return columns.map(({ name }) => name).join(', ');
}
