import type { DuckDBConnection } from '@duckdb/node-api';
import { InputError } from '@bowline/contracts';
import { readHead } from '../files/check-file.js';
import { writeFileAtomically } from '../files/atomic-file.js';
import { delimiterOf, numberedLines, splitCsvLine, withoutMark } from './csv-lines.js';
import { quoteText } from './sql.js';
import type { Table } from './table.js';

/** Far longer than any header. */
const HEAD_BYTES = 1 << 16;
const LISTED_PROBLEMS = 10;

/** 2025-10-24T10:00Z, 2025/10/24, or a date that begins with the day or the month. */
const DATE = /^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})(?!\d)/;

export interface CsvOptions {
  /** A header to show where one is missing. */
  readonly exampleHeader: string;
  /** Names of the columns of a file without a header, told by its first line; null where it has to have one. */
  readonly headerless?: (fields: readonly string[]) => readonly string[] | null;
}

export interface CsvShape {
  readonly delimiter: string;
  /** Lines up to and with the header; 0 where there is none. */
  readonly skip: number;
  readonly names: readonly string[];
}

/** Opens a CSV file; the shape is taken from its first line. */
export async function openCsv(
  connection: DuckDBConnection,
  path: string,
  label: string,
  options: CsvOptions,
): Promise<{ table: Table; shape: CsvShape }> {
  const shape = await sniff(path, label, options);
  const table: Table = {
    label,
    connection,
    columns: shape.names.map((name) => ({ name, type: 'VARCHAR' })),
    from: csvSql(path, shape),
    rows: null,
    epochUnit: 'seconds',
    placesOf: (rows) => linesOf(path, shape, rows),
  };
  return { table, shape };
}

/**
 * A second way for a file that DuckDB's reader refuses: mixed line endings and lines of blanks are put in order
 * in a copy, which is then read. A line with the wrong number of fields throws an InputError, or, where rows may
 * be dropped, becomes a row without values. Rows keep their places.
 */
export async function straightenCsv(
  table: Table,
  shape: CsvShape,
  path: string,
  copy: string,
  repair: boolean,
): Promise<Table> {
  const problems: string[] = [];
  let found = 0;
  async function* straightened(): AsyncGenerator<string> {
    for await (const { number, text } of numberedLines(path)) {
      const fields = splitCsvLine(text, shape.delimiter);
      const wrong =
        fields === null ? 'has a quote that is not closed' : countProblem(fields, shape.names.length);
      if (wrong === null) yield `${text}\n`;
      else {
        found += 1;
        if (found <= LISTED_PROBLEMS)
          problems.push(`${table.label}, line ${number}: ${wrong}; correct the line`);
        yield `${shape.delimiter.repeat(shape.names.length - 1)}\n`;
      }
    }
  }
  await writeFileAtomically(copy, straightened());
  if (found > LISTED_PROBLEMS)
    problems.push(`${table.label}: and ${found - LISTED_PROBLEMS} more lines like these`);
  if (found > 0 && !repair) throw new InputError(problems);
  return { ...table, from: csvSql(copy, { ...shape, skip: Math.min(shape.skip, 1) }) };
}

function countProblem(fields: readonly string[], expected: number): string | null {
  // One empty field too many is a delimiter at the end of the line, which some programs write.
  const surplus = fields.length === expected + 1 && fields[expected] === '';
  if (fields.length === expected || surplus) return null;
  return `has ${fields.length} ${fields.length === 1 ? 'field' : 'fields'} where ${expected} are expected`;
}

async function sniff(
  path: string,
  label: string,
  { exampleHeader, headerless }: CsvOptions,
): Promise<CsvShape> {
  const text = withoutMark(new TextDecoder().decode(await readHead(path, HEAD_BYTES)));
  const lines = text.split(/\r\n|\n|\r/);
  const at = lines.findIndex((candidate) => candidate.trim() !== '');
  const line = lines[at];
  if (line === undefined) throw new InputError([`${label}: the file is empty`]);
  const delimiter = delimiterOf(line);
  const fields = delimiter === null ? null : splitCsvLine(line, delimiter);
  if (delimiter === null || fields === null) {
    throw new InputError([
      `${label}: the first line is no header of a CSV file; expected one such as ${exampleHeader}`,
    ]);
  }
  const names = fields.map((field) => field.trim());
  if (!isData(names[0] ?? '')) return { delimiter, skip: at + 1, names: distinct(names, label) };
  const known = headerless?.(names) ?? null;
  if (known !== null) return { delimiter, skip: 0, names: known };
  throw new InputError([
    `${label}, line ${at + 1}: there is no header; put one above the data that names its ${names.length} columns, such as ${exampleHeader}`,
  ]);
}

/** Some programs end every line with a delimiter: a nameless last column. */
function distinct(names: readonly string[], label: string): readonly string[] {
  const kept = names.at(-1) === '' ? names.slice(0, -1) : names;
  const double = kept.find(
    (name, at) => kept.findIndex((other) => other.toLowerCase() === name.toLowerCase()) !== at,
  );
  if (double !== undefined) {
    const shown = double === '' ? 'two columns have no name' : `two columns are named ${double}`;
    throw new InputError([`${label}, line 1: ${shown}; give each column a name of its own`]);
  }
  return kept.map((name, at) => (name === '' ? `column ${at + 1}` : name));
}

function csvSql(path: string, { delimiter, skip, names }: CsvShape): string {
  const columns = names.map((name) => `${quoteText(name)}: 'VARCHAR'`).join(', ');
  return `read_csv(${quoteText(path)}, auto_detect = false, header = false, skip = ${skip}, delim = ${quoteText(delimiter)},
    quote = '"', escape = '"', columns = {${columns}})`;
}

async function linesOf(
  path: string,
  { skip }: CsvShape,
  rows: readonly number[],
): Promise<readonly string[]> {
  const wanted = new Set(rows);
  const last = Math.max(...rows);
  const places = new Map<number, string>();
  let row = skip > 0 ? -1 : 0;
  for await (const { number } of numberedLines(path)) {
    if (wanted.has(row)) places.set(row, `line ${number}`);
    if (row >= last) break;
    row += 1;
  }
  return rows.map((wantedRow) => places.get(wantedRow) ?? `row ${wantedRow + 1}`);
}

/** Whether a first field is a value, mostly a time, rather than the name of a column. */
function isData(text: string): boolean {
  return isNumber(text) || DATE.test(text);
}

export function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text));
}
