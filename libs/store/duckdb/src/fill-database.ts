import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { REPORT_TABLES, type ReportTableName } from '@bowline/contracts';
import type { DuckDBConnection } from '@duckdb/node-api';
import { asDiskFailure } from './disk-failure.js';
import { duckDb } from './duckdb.js';
import { createTable, describeTable, insertFromCsv } from './table-sql.js';

const ALL_TABLES = Object.keys(REPORT_TABLES) as ReportTableName[];

const SETTINGS = {
  // One core is left to whoever writes the files: sharing it would slow both down.
  threads: String(Math.max(1, availableParallelism() - 1)),
  // A commit larger than this goes into the file at once, and not first into a log: each table is then in its place
  // while the next file is on its way, and little is left to do at the end.
  checkpoint_threshold: '1KB',
};

/**
 * Makes a DuckDB database at `dbPath` with a table for each of `REPORT_TABLES`, filled from the CSV files of those
 * names in `csvDir`. Types are stated, never guessed, and every column carries its meaning as a comment. Times are UTC.
 *
 * @param written names the tables as their files are written; a table is loaded on DuckDB's own threads while the
 *   next file is on its way. By default all files are there already.
 * @throws an error that names the file where one is missing, or a field does not fit its column; with code ENOSPC
 *   where the disk is full. No database is left behind.
 */
export async function fillDatabase(
  dbPath: string,
  csvDir: string,
  written: AsyncIterable<ReportTableName> | Iterable<ReportTableName> = ALL_TABLES,
): Promise<void> {
  try {
    await fill(dbPath, csvDir, written);
  } catch (error) {
    await Promise.all([dbPath, `${dbPath}.wal`].map((path) => rm(path, { force: true })));
    throw asDiskFailure(error, dbPath);
  }
}

async function fill(
  dbPath: string,
  csvDir: string,
  written: AsyncIterable<ReportTableName> | Iterable<ReportTableName>,
): Promise<void> {
  const instance = await duckDb().DuckDBInstance.create(dbPath, SETTINGS);
  const work = new WorkInOrder();
  try {
    const connection = await instance.connect();
    try {
      for await (const name of written) {
        work.add(() => loadTable(connection, name, csvDir));
        work.throwIfFailed();
      }
      await work.finished();
      // Writes what is in the log into the file itself, so that no second file stays beside it.
      await connection.run('CHECKPOINT');
    } finally {
      await work.settled();
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}

async function loadTable(connection: DuckDBConnection, name: ReportTableName, csvDir: string): Promise<void> {
  const table = REPORT_TABLES[name];
  const statements = [
    'BEGIN',
    createTable(table),
    insertFromCsv(table, join(csvDir, table.file)),
    ...describeTable(table),
    'COMMIT',
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
