import { InputError } from '@bowline/contracts';
import type { TradeColumns } from '@bowline/ports';
import { finestScale } from '../bars/price-scale.js';
import { isNumber } from '../table/open-csv.js';
import { withTable } from '../table/open-table.js';
import { readDoubles } from '../table/read-columns.js';
import { doubleSql, timeSql, type TableColumn } from '../table/sql.js';
import { pickColumns, type Table, type Wanted } from '../table/table.js';
import { diagnoseTicks, firstUnsound, type TickField, type TickSourceColumns } from './diagnose.js';

export interface ReadTicksOptions {
  /** Rows read so far and rows in all. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface TicksRead {
  readonly columns: TradeColumns;
  /** What is worth a look, one sentence each. */
  readonly warnings: readonly string[];
  /** Decimal places of the finest price, at most 12. */
  readonly priceScale: number;
}

const WANTED: Wanted<TickField> = {
  time: { names: ['time', 'timestamp', 'date', 'datetime', 'transactTime', 'tradeTime'], required: true },
  price: { names: ['price'], required: true },
  quantity: { names: ['quantity', 'qty', 'size', 'amount'], required: false },
};

/**
 * Reads trades: CSV with a header that names time, price, and quantity (which may be missing); CSV without one as
 * `time,price,quantity` or as the exchange's archives of trades and aggregated trades have it; Parquet; or a recording
 * of the exchange's streams, whose trades are taken. Plain, .gz, or .zip. Times are epochs in s, ms, us or ns, or
 * ISO 8601 (UTC where no zone is given).
 *
 * Throws an InputError that names file, row, field, and remedy for anything that is not a series of sound trades: times
 * that never go back, prices and quantities above 0.
 */
export async function readTicks(path: string, options: ReadTicksOptions = {}): Promise<TicksRead> {
  const opening = {
    repair: false,
    json: false,
    stream: true,
    exampleHeader: 'time,price,quantity',
    headerless: tradeColumns,
  };
  return withTable(path, opening, async (table) => {
    const columns = pickColumns(table, WANTED);
    const trades = await load(table, columns, options.onProgress);
    if (trades.length === 0) throw new InputError([`${path}: there are no trades in it`]);
    if (firstUnsound(trades, 0) < trades.length) throw await diagnoseTicks(table, columns, trades);
    const warnings =
      trades.quantity === null
        ? [`${path}: there is no column quantity; each trade is as large as anybody wants`]
        : [];
    return { columns: trades, warnings, priceScale: scaleOf(trades.price) };
  });
}

async function load(
  table: Table,
  columns: TickSourceColumns,
  onProgress: ReadTicksOptions['onProgress'],
): Promise<TradeColumns> {
  const fields = (['time', 'price', 'quantity'] as const).filter((field) => columns[field] !== undefined);
  const read: Record<string, Float64Array> = {};
  let done = 0;
  let total = 0;
  await readDoubles(
    table,
    fields.map((field) => expressionFor(table, field, columns[field]!)),
    {
      begin: (rows) => {
        total = rows;
        for (const field of fields) read[field] = new Float64Array(rows);
      },
      accept: (chunk, length) => {
        fields.forEach((field, at) => read[field]?.set(chunk[at].subarray(0, length), done));
        done += length;
        onProgress?.(done, total);
      },
    },
  );
  const none = new Float64Array(0);
  return {
    length: total,
    time: read['time'] ?? none,
    price: read['price'] ?? none,
    quantity: columns.quantity === undefined ? null : (read['quantity'] ?? none),
  };
}

function expressionFor({ epochUnit, label }: Table, field: TickField, column: TableColumn): string {
  const sql = field === 'time' ? timeSql(column, epochUnit) : doubleSql(column);
  if (sql !== null) return sql;
  const expected = field === 'time' ? 'times' : 'numbers';
  throw new InputError([
    `${label}: the column ${column.name} is of type ${column.type}, which holds no ${expected}`,
  ]);
}

function scaleOf(prices: Float64Array): number {
  let scale = 0;
  // Trades that follow each other are mostly at one price.
  let before = 0;
  for (const price of prices) {
    if (price !== before) scale = finestScale([price], scale);
    before = price;
  }
  return scale;
}

const WORD = /^(true|false)$/i;

/** What the columns of a file without a header are: by their number, and by which of them say true or false. */
function tradeColumns(fields: readonly string[]): readonly string[] | null {
  const words = fields.flatMap((field, at) => (WORD.test(field) ? [at] : [])).join(' ');
  const found = LAYOUTS.find((layout) => layout.names.length === fields.length && layout.words === words);
  if (found === undefined || (found.words !== '' && !isNumber(fields[0]))) return null;
  return found.names;
}

const TRADE = ['id', 'price', 'quantity', 'quote_quantity', 'time', 'is_buyer_maker'];
const AGGREGATE = ['id', 'price', 'quantity', 'first_trade_id', 'last_trade_id', 'time', 'is_buyer_maker'];

/** The archives of Binance are numbered trades, without a header in the older files; spot has one column more. */
const LAYOUTS: readonly { readonly names: readonly string[]; readonly words: string }[] = [
  { names: ['time', 'price', 'quantity'], words: '' },
  { names: TRADE, words: '5' },
  { names: [...TRADE, 'is_best_match'], words: '5 6' },
  { names: AGGREGATE, words: '6' },
  { names: [...AGGREGATE, 'is_best_match'], words: '6 7' },
];
