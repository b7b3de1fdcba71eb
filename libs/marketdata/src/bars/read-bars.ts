import { InputError } from '@bowline/contracts';
import type { BarColumns } from '@bowline/ports';
import { isNumber } from '../table/open-csv.js';
import { withTable } from '../table/open-table.js';
import { readDoubles } from '../table/read-columns.js';
import { doubleSql, timeSql, type TableColumn } from '../table/sql.js';
import { pickColumns, type Table, type Wanted } from '../table/table.js';
import { BAR_FIELDS, emptyBars, toBarColumns, type BarField, type RawBars } from './columns.js';
import { diagnoseBars, type BarSourceColumns } from './diagnose.js';
import { rhythmWarnings } from './gaps.js';
import { repairBars } from './repair.js';
import { BarScanner, intervalOf, type BarScan } from './scan.js';

export interface ReadBarsOptions {
  /** Puts in order what can be put in order, and says so in `notes`, where it would otherwise be an error. */
  readonly repair?: boolean;
  /** Rows read so far and rows in all. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface BarsRead {
  readonly columns: BarColumns;
  /** What `repair` did, one sentence each. */
  readonly notes: readonly string[];
  /** Gaps in time and what else is worth a look, one sentence each. */
  readonly warnings: readonly string[];
  /** Decimal places of the finest open, high, low, or close, at most 12. */
  readonly priceScale: number;
}

const WANTED: Wanted<BarField> = {
  openTime: { names: ['time', 'timestamp', 'date', 'datetime', 'openTime'], required: true },
  open: { names: ['open'], required: true },
  high: { names: ['high'], required: true },
  low: { names: ['low'], required: true },
  close: { names: ['close'], required: true },
  volume: { names: ['volume'], required: false },
};

/**
 * Reads candles: JSON arrays `[openTimeMs, open, high, low, close, volume]`, the exchange's kline CSV (12 columns,
 * with or without header), CSV with a header, or Parquet; plain, .gz, or .zip. Times are epochs in s, ms, us or
 * ns, or ISO 8601 (UTC where no zone is given).
 *
 * Throws an InputError that names file, row, field, and remedy for anything that is not a series of sound bars:
 * ascending distinct times, prices above 0, low <= open, close <= high, volume from 0 on.
 */
export async function readBars(path: string, options: ReadBarsOptions = {}): Promise<BarsRead> {
  const repair = options.repair ?? false;
  return withTable(
    path,
    { repair, json: true, exampleHeader: 'time,open,high,low,close,volume', headerless: klineColumns },
    async (table) => {
      const columns = pickColumns(table, WANTED);
      const { bars, scan } = await load(table, columns, options.onProgress);
      const missingVolume =
        columns.volume === undefined ? [`${path}: there is no column volume; it is 0 in every bar`] : [];
      if (scan.firstUnsound >= 0 && !repair) throw await diagnoseBars(table, columns, bars);
      if (scan.firstUnsound < 0) return finish(table, bars, scan, (bar) => bar, [], missingVolume);
      const repaired = repairBars(bars, path);
      const { sourceRows, notes } = repaired;
      return finish(
        table,
        repaired.bars,
        scanWhole(repaired.bars),
        (bar) => sourceRows[bar],
        notes,
        missingVolume,
      );
    },
  );
}

/** Columns of the exchange's kline archive, whose older files have no header. */
const BINANCE_KLINE = [
  'open_time',
  'open',
  'high',
  'low',
  'close',
  'volume',
  'close_time',
  'quote_volume',
  'count',
  'taker_buy_volume',
  'taker_buy_quote_volume',
  'ignore',
];

function klineColumns(fields: readonly string[]): readonly string[] | null {
  return fields.length === BINANCE_KLINE.length && isNumber(fields[0]) ? BINANCE_KLINE : null;
}

async function finish(
  table: Table,
  bars: RawBars,
  { steps, priceScale }: BarScan,
  rowOf: (bar: number) => number,
  notes: readonly string[],
  warnings: readonly string[],
): Promise<BarsRead> {
  const { length } = bars.openTime;
  if (length < 2) {
    const usable = notes.length > 0 ? ' usable' : '';
    throw new InputError([
      `${table.label}: there ${length === 0 ? `are no${usable} bars` : `is one${usable} bar`}; at least two are needed to tell the interval`,
    ]);
  }
  const intervalMs = intervalOf(steps);
  const rhythm = await rhythmWarnings(table, bars, steps, intervalMs, rowOf);
  return { columns: toBarColumns(bars, intervalMs), notes, warnings: [...warnings, ...rhythm], priceScale };
}

async function load(
  table: Table,
  columns: BarSourceColumns,
  onProgress: ReadBarsOptions['onProgress'],
): Promise<{ bars: RawBars; scan: BarScan }> {
  const fields = BAR_FIELDS.filter((field) => columns[field] !== undefined);
  const expressions = fields.map((field) => expressionFor(table, field, columns[field] as TableColumn));
  const scanner = new BarScanner();
  let bars = emptyBars(0);
  let done = 0;
  await readDoubles(table, expressions, {
    begin: (rows) => {
      bars = emptyBars(rows);
    },
    accept: (chunk, length) => {
      // A column that is absent stays 0, which is a sound volume.
      fields.forEach((field, at) => bars[field].set(chunk[at], done));
      const volume = columns.volume === undefined ? [bars.volume.subarray(done, done + length)] : [];
      scanner.accept([...chunk, ...volume], length);
      done += length;
      onProgress?.(done, bars.openTime.length);
    },
  });
  return { bars, scan: scanner.finish() };
}

function expressionFor({ label, epochUnit }: Table, field: BarField, column: TableColumn): string {
  const sql = field === 'openTime' ? timeSql(column, epochUnit) : doubleSql(column);
  if (sql !== null) return sql;
  const expected = field === 'openTime' ? 'times' : 'numbers';
  throw new InputError([
    `${label}: the column ${column.name} is of type ${column.type}, which holds no ${expected}`,
  ]);
}

function scanWhole(bars: RawBars): BarScan {
  const scanner = new BarScanner();
  scanner.accept(
    BAR_FIELDS.map((field) => bars[field]),
    bars.openTime.length,
  );
  return scanner.finish();
}
