import { stat, readFile } from 'node:fs/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { InputError } from '@bowline/contracts';
import { messageOf, readSlice } from '../files/check-file.js';
import { quoteText } from './sql.js';
import type { Table } from './table.js';

const FIELDS = ['openTime', 'open', 'high', 'low', 'close', 'volume'];
export const JSON_SHAPE = 'expected an array of arrays [openTimeMs, open, high, low, close, volume]';

/** Opens a JSON file of candles: an array of arrays. */
export async function openJson(connection: DuckDBConnection, path: string, label: string): Promise<Table> {
  // DuckDB takes `[[1, 2], [3, 4],` for whole: a file that was cut off after a comma.
  if ((await lastCharacter(path)) !== ']') {
    throw new InputError([
      `${label}: the JSON does not end with "]"; the file is cut off, or something follows; ${JSON_SHAPE}`,
    ]);
  }
  const list = FIELDS.map((name, at) => `json[${at + 1}] AS "${name}"`).join(', ');
  return {
    label,
    connection,
    columns: FIELDS.map((name) => ({ name, type: 'VARCHAR' })),
    // As text, so that one bad element is a bad row and not the end of the query.
    from: `(SELECT ${list} FROM read_json(${quoteText(path)}, format = 'array', records = false, columns = {json: 'VARCHAR[]'}))`,
    rows: null,
    epochUnit: 'milliseconds',
    placesOf: (rows) => Promise.resolve(rows.map((row) => `element ${row + 1}`)),
  };
}

/** Longest JSON that is parsed a second time to find the place of an error. */
const EXPLAINED_BYTES = 256 * 1024 * 1024;

/** Says where JSON that DuckDB refuses is wrong. Always throws; `reason` is what DuckDB said. */
export async function explainJson(path: string, label: string, reason: string): Promise<never> {
  if ((await stat(path)).size <= EXPLAINED_BYTES) {
    const elements = parse(await readFile(path, 'utf8'), label);
    if (!Array.isArray(elements))
      throw new InputError([`${label}: the JSON is ${kindOf(elements)}; ${JSON_SHAPE}`]);
    const wrong = elements.findIndex((element) => !Array.isArray(element));
    if (wrong >= 0)
      throw new InputError([`${label}, element ${wrong + 1}: is ${kindOf(elements[wrong])}; ${JSON_SHAPE}`]);
  }
  throw new InputError([`${label}: cannot be read as JSON: ${reason}`]);
}

function parse(text: string, label: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InputError([`${label}: is not valid JSON: ${messageOf(cause)}`]);
  }
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

async function lastCharacter(path: string): Promise<string> {
  const { size } = await stat(path);
  const length = Math.min(size, 4096);
  return new TextDecoder()
    .decode(await readSlice(path, size - length, length))
    .trimEnd()
    .slice(-1);
}
