import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import {
  REPORT_TABLES,
  withPath,
  withPathIn,
  type BacktestSummary,
  type ReportTable,
  type ReportTableName,
} from '@bowline/contracts';
import type { HistoricalResult } from '@bowline/ports';
import { CsvFile } from './csv/csv-file.js';
import { writeDenials, writeEquity, writeFills, writeOrders } from './csv/order-rows.js';
import { writeTrades } from './csv/trade-rows.js';
import { reportPage } from './html/page.js';
import type { ReportMeta } from './meta.js';
import { OrderIds } from './order-ids.js';
import { openStaging, REPORT_FILES } from './out-dir.js';
import { summarize } from './summary/summary.js';

/**
 * Makes a database at `dbPath` that holds the report's tables, from the CSV files in `csvDir`: `fillDatabase` of
 * `@bowline/store-duckdb`. `written` names each table when its file is complete, and writes on when asked for the next.
 */
export type FillDatabase = (
  dbPath: string,
  csvDir: string,
  written: AsyncIterable<ReportTableName>,
) => Promise<void>;

export interface WrittenReport {
  readonly summary: BacktestSummary;
  /** Paths of the files, in the order of `summary.files`. */
  readonly files: readonly string[];
}

/**
 * Writes a report: the CSV tables, the database made from them, summary.json, and report.html. All files appear
 * together once all are written; until then, and after an error, `outDir` is as it was.
 *
 * @param outDir a directory that does not exist yet, is empty, or holds an earlier report, which is replaced
 * @param signal once aborted, its reason is thrown before the next file, as any other error
 * @throws InputError where `outDir` cannot be used
 */
export async function writeReport(
  result: HistoricalResult,
  meta: ReportMeta,
  outDir: string,
  fillDatabase: FillDatabase,
  signal?: AbortSignal,
): Promise<WrittenReport> {
  const staging = await openStaging(outDir);
  const tables = new TableWriter(staging.dir, result, meta, signal);
  const database = fillDatabase(join(staging.dir, 'bowline.duckdb'), staging.dir, tables.written());
  try {
    // The database is still loading its last tables then, on threads of its own: time for the rest.
    await Promise.race([tables.finished, database]);
    const summary = summarize(result, meta, REPORT_FILES);
    await writeText(join(staging.dir, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
    await writeText(join(staging.dir, 'report.html'), await reportPage(result, summary));
    await database;
    signal?.throwIfAborted();
    await staging.publish();
    return { summary, files: REPORT_FILES.map((name) => join(outDir, name)) };
  } catch (error) {
    await Promise.allSettled([database]);
    await staging.discard();
    throw withPathIn(error, staging.dir, outDir);
  }
}

async function writeText(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    throw withPath(error, path);
  }
}

/** What is written soonest comes first: the database begins with it, and is done the sooner. */
const WRITTEN_AS: Readonly<Record<ReportTableName, number>> = {
  denials: 0,
  equity: 1,
  trades: 2,
  orders: 3,
  fills: 4,
};

/** Writes the tables one by one, as they are asked for. */
class TableWriter {
  /** Once no more tables will be written. */
  readonly finished: Promise<void>;
  private finish: () => void = () => undefined;

  constructor(
    private readonly dir: string,
    private readonly result: HistoricalResult,
    private readonly meta: ReportMeta,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.finished = new Promise((resolve) => {
      this.finish = resolve;
    });
  }

  async *written(): AsyncGenerator<ReportTableName> {
    try {
      const ids = new OrderIds(this.result.channels, this.meta.strategyTags);
      const tables = Object.values(REPORT_TABLES).sort((a, b) => WRITTEN_AS[a.name] - WRITTEN_AS[b.name]);
      for (const table of tables) {
        this.write(table, ids);
        yield table.name;
        // Lets the database hear that one table is loaded, and start on the next.
        await setImmediate();
        this.signal?.throwIfAborted();
      }
    } finally {
      this.finish();
    }
  }

  private write(table: ReportTable, ids: OrderIds): void {
    const file = new CsvFile(join(this.dir, table.file), table);
    try {
      ROWS[table.name](file, this.result, ids);
    } finally {
      file.close();
    }
  }
}

const ROWS: Readonly<
  Record<ReportTableName, (file: CsvFile, result: HistoricalResult, ids: OrderIds) => void>
> = {
  trades: writeTrades,
  orders: writeOrders,
  fills: writeFills,
  denials: writeDenials,
  equity: writeEquity,
};
