import { symlink } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { InputError } from '@bowline/contracts';
import { readHead } from '../files/check-file.js';
import { withScratchFolder } from '../files/scratch-folder.js';
import { unpack } from '../files/unpack.js';
import { openCsv, straightenCsv, type CsvOptions } from './open-csv.js';
import { withoutMark } from './csv-lines.js';
import { explainJson, JSON_SHAPE, openJson } from './open-json.js';
import { openParquet, unreadableParquet } from './open-parquet.js';
import { openStream } from './open-stream.js';
import { withDuckDb } from './sql.js';
import { UnreadableTable, type Table } from './table.js';

export interface TableOptions extends CsvOptions {
  /** Whether arrays of candles in JSON are a format of these rows. */
  readonly json: boolean;
  /** Whether the recorded messages of an exchange's streams are. */
  readonly stream?: boolean;
  /** Whether lines that cannot be parsed become rows without values instead of an error. */
  readonly repair: boolean;
}

type Format = 'csv' | 'json' | 'parquet' | 'stream';

/**
 * Opens a file of rows (CSV, JSON arrays, Parquet; plain, .gz, or .zip) and gives it to `work`, which may be
 * called a second time where the file had to be put in order first. Throws an InputError where it cannot be read.
 */
export async function withTable<T>(
  label: string,
  options: TableOptions,
  work: (table: Table) => Promise<T>,
): Promise<T> {
  return withScratchFolder(async (folder) => {
    const { path, name } = await unpack(label, folder);
    const format = await recognize(path, name, label, options);
    // DuckDB would read `candles[1].csv` as a pattern and `year=2021/` in a path as a column: it gets a plain path.
    const plain = join(folder, 'input');
    await symlink(resolve(path), plain);
    return withDuckDb((connection) =>
      READERS[format]({ connection, path: plain, label, folder, options }, work),
    );
  });
}

interface Opening {
  readonly connection: DuckDBConnection;
  readonly path: string;
  readonly label: string;
  readonly folder: string;
  readonly options: TableOptions;
}

const READERS: Record<Format, <T>(opening: Opening, work: (table: Table) => Promise<T>) => Promise<T>> = {
  csv: async ({ connection, path, label, folder, options }, work) => {
    const { table, shape } = await openCsv(connection, path, label, options);
    return onUnreadable(
      () => work(table),
      async () => {
        const straight = await straightenCsv(
          table,
          shape,
          path,
          join(folder, 'straightened'),
          options.repair,
        );
        return onUnreadable(
          () => work(straight),
          (reason) => {
            throw new InputError([`${label}: cannot be read as CSV: ${reason}`]);
          },
        );
      },
    );
  },
  json: async ({ connection, path, label }, work) => {
    const table = await openJson(connection, path, label);
    return onUnreadable(
      () => work(table),
      (reason) => explainJson(path, label, reason),
    );
  },
  parquet: async ({ connection, path, label }, work) => {
    const table = await openParquet(connection, path, label);
    return onUnreadable(
      () => work(table),
      (reason) => {
        throw unreadableParquet(label, reason);
      },
    );
  },
  stream: async ({ connection, path, label }, work) => {
    const table = await openStream(connection, path, label);
    return onUnreadable(
      () => work(table),
      (reason) => {
        throw new InputError([`${label}: the recorded messages cannot be read: ${reason}`]);
      },
    );
  },
};

async function onUnreadable<T>(
  work: () => Promise<T>,
  otherwise: (reason: string) => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof UnreadableTable) return otherwise(cause.message);
    throw cause;
  }
}

/** Content decides. The name only tells what the content was meant to be where it is something else. */
async function recognize(
  path: string,
  name: string,
  label: string,
  { json, stream = false }: TableOptions,
): Promise<Format> {
  const head = await readHead(path, 4096);
  const text = new TextDecoder().decode(head);
  const extension = extname(name).toLowerCase();
  const refuse = (what: string): never => {
    throw new InputError([`${label}: ${what}`]);
  };
  if (text.startsWith('PAR1')) return 'parquet';
  if (extension === '.parquet')
    return refuse('is named .parquet but its content is not; copy or write it again');
  if (isUtf16(head)) return refuse('is UTF-16 text; save it as UTF-8');
  if (head.includes(0)) {
    const formats = json ? 'CSV with a header, JSON arrays, or Parquet' : 'CSV with a header, or Parquet';
    return refuse(`the format is not recognized; expected ${formats}, each also as .gz or .zip`);
  }
  if (stream && STAMPED_MESSAGE.test(text)) return 'stream';
  const [bracket] = /^\s*[[{]/.exec(withoutMark(text)) ?? [];
  if (bracket === undefined)
    return extension === '.json' ? refuse('is named .json but its content is not') : 'csv';
  if (!json) return refuse('is JSON; expected CSV with a header, or Parquet');
  if (bracket.endsWith('{')) return refuse(`the JSON is an object; ${JSON_SHAPE}`);
  return 'json';
}

/** `1723161255088176367 {"stream":`: when it came, and the message as it was. */
const STAMPED_MESSAGE = /^\d{10,19} \{"/;

function isUtf16(head: Uint8Array): boolean {
  return (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
}
