import { join } from 'node:path';
import { REPORT_TABLES, type ReportTableName } from '@bowline/contracts';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { describeTable, insertFromCsv, createTable } from './table-sql.js';

const ALL_TABLES = Object.keys(REPORT_TABLES) as ReportTableName[];

/**
 * Makes a DuckDB database at `dbPath` with a table for each of `REPORT_TABLES`, filled from the CSV files of those
 * names in `csvDir`. Types are stated, never guessed, and every column carries its meaning as a comment. Times are UTC.
 *
 * @param written names the tables as their files are written; a table is loaded on DuckDB's own threads while the
 *   next file is on its way. By default all files are there already.
 * @throws an error that names the file where one is missing, or a field does not fit its column
 */
export async function fillDatabase(
  dbPath: string,
  csvDir: string,
  written: AsyncIterable<ReportTableName> | Iterable<ReportTableName> = ALL_TABLES,
): Promise<void> {
  const work = new WorkInOrder();
  const opened = openDatabase(dbPath);
  work.add(() => opened);
  try {
    for await (const name of written) {
      work.add(async () => loadTable((await opened).connection, name, csvDir));
      work.throwIfFailed();
    }
    await work.finished();
    const { connection } = await opened;
    await connection.run('COMMIT');
    // Writes the log into the file itself, so that no second file stays beside it.
    await connection.run('CHECKPOINT');
  } finally {
    await work.settled();
    await closeDatabase(opened);
  }
}

interface Database {
  readonly instance: DuckDBInstance;
  readonly connection: DuckDBConnection;
}

async function openDatabase(dbPath: string): Promise<Database> {
  const instance = await DuckDBInstance.create(dbPath);
  const connection = await instance.connect();
  // One transaction: half a database is none.
  await connection.run('BEGIN');
  return { instance, connection };
}

async function closeDatabase(opened: Promise<Database>): Promise<void> {
  const database = await opened.catch(() => null);
  database?.connection.closeSync();
  database?.instance.closeSync();
}

async function loadTable(connection: DuckDBConnection, name: ReportTableName, csvDir: string): Promise<void> {
  const table = REPORT_TABLES[name];
  await connection.run(createTable(table));
  try {
    await connection.run(insertFromCsv(table, join(csvDir, table.file)));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${table.file} does not fit its table: ${reason}`, { cause: error });
  }
  for (const statement of describeTable(table)) await connection.run(statement);
}

/** Runs tasks one after the other, while the caller goes on. After the first that fails, no other is started. */
class WorkInOrder {
  private last: Promise<unknown> = Promise.resolve();
  private failure: { readonly error: unknown } | null = null;
  private running = false;

  add(task: () => Promise<unknown>): void {
    const run = async (): Promise<void> => {
      if (this.failure !== null) return;
      this.running = true;
      try {
        await task();
      } catch (error) {
        this.failure = { error };
      } finally {
        this.running = false;
      }
    };
    // An idle queue starts at once: the caller may be about to keep this thread busy.
    this.last = this.running ? this.last.then(run) : run();
  }

  throwIfFailed(): void {
    if (this.failure !== null) throw this.failure.error;
  }

  async settled(): Promise<void> {
    await this.last;
  }

  async finished(): Promise<void> {
    await this.settled();
    this.throwIfFailed();
  }
}
