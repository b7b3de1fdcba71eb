import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { REPORT_TABLES, type BacktestSummary, type ReportTableName } from '@bowline/contracts';
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
  try {
    const rest: { summary?: BacktestSummary } = {};
    const written = async function* (): AsyncGenerator<ReportTableName> {
      yield* writeTables(staging.dir, result, meta, signal);
      // The database still has its last tables to load, on threads of its own: time for the rest.
      rest.summary = summarize(result, meta, REPORT_FILES);
      await writeFile(join(staging.dir, 'summary.json'), `${JSON.stringify(rest.summary, null, 2)}\n`);
      await writeFile(join(staging.dir, 'report.html'), await reportPage(result, rest.summary));
    };
    await fillDatabase(join(staging.dir, 'bowline.duckdb'), staging.dir, written());
    if (rest.summary === undefined) throw new Error('the database was made before all files were written');
    signal?.throwIfAborted();
    await staging.publish();
    return { summary: rest.summary, files: REPORT_FILES.map((name) => join(outDir, name)) };
  } catch (error) {
    await staging.discard();
    throw error;
  }
}

async function* writeTables(
  dir: string,
  result: HistoricalResult,
  meta: ReportMeta,
  signal: AbortSignal | undefined,
): AsyncGenerator<ReportTableName> {
  const ids = new OrderIds(result.channels, meta.strategyTags);
  const rows: Readonly<Record<ReportTableName, (file: CsvFile) => void>> = {
    trades: (file) => writeTrades(file, result, ids),
    orders: (file) => writeOrders(file, result, ids),
    fills: (file) => writeFills(file, result, ids),
    denials: (file) => writeDenials(file, result),
    equity: (file) => writeEquity(file, result),
  };
  for (const table of Object.values(REPORT_TABLES)) {
    const file = new CsvFile(join(dir, table.file), table);
    try {
      rows[table.name](file);
    } finally {
      file.close();
    }
    yield table.name;
    // Lets the database hear that one table is loaded, and start on the next.
    await setImmediate();
    signal?.throwIfAborted();
  }
}
