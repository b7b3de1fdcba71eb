import { join } from 'node:path';
import { REPORT_TABLES, type ReportTableName } from '@bowline/contracts';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { asDiskFailure } from './disk-failure.js';
import { createTable, describeTable, insertFromCsv } from './table-sql.js';

const ALL_TABLES = Object.keys(REPORT_TABLES) as ReportTableName[];

/**
 * Makes a DuckDB database at `dbPath` with a table for each of `REPORT_TABLES`, filled from the CSV files of those
 * names in `csvDir`. Types are stated, never guessed, and every column carries its meaning as a comment. Times are UTC.
 *
 * @param written names the tables as their files are written; a table is loaded on DuckDB's own threads while the
 *   next file is on its way. By default all files are there already.
 * @throws an error that names the file where one is missing, or a field does not fit its column; with code ENOSPC
 *   where the disk is full
 */
export async function fillDatabase(
  dbPath: string,
  csvDir: string,
  written: AsyncIterable<ReportTableName> | Iterable<ReportTableName> = ALL_TABLES,
): Promise<void> {
  const instance = await DuckDBInstance.create(dbPath);
  const work = new WorkInOrder();
  try {
    const connection = await instance.connect();
    try {
      // One transaction: half a database is none.
      await connection.run('BEGIN');
      for await (const name of written) {
        work.add(() => loadTable(connection, name, csvDir));
        work.throwIfFailed();
      }
      await work.finished();
      // The checkpoint writes the log into the file itself, so that no second file stays beside it.
      await connection.run('COMMIT; CHECKPOINT');
    } finally {
      await work.settled();
      connection.closeSync();
    }
  } catch (error) {
    throw asDiskFailure(error, dbPath);
  } finally {
    instance.closeSync();
  }
}

async function loadTable(connection: DuckDBConnection, name: ReportTableName, csvDir: string): Promise<void> {
  const table = REPORT_TABLES[name];
  const statements = [
    createTable(table),
    insertFromCsv(table, join(csvDir, table.file)),
    ...describeTable(table),
  ];
  try {
    // In one call: between two calls DuckDB would wait until this thread, busy with the next file, is free again.
    await connection.run(statements.join(';\n'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${table.file} does not fit its table: ${reason}`, { cause: error });
  }
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
