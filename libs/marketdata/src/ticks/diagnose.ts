import { InputError } from '@bowline/contracts';
import type { TradeColumns } from '@bowline/ports';
import { timeText } from '../bars/columns.js';
import { fieldTexts, noNumber, noTime } from '../table/field-texts.js';
import type { TableColumn } from '../table/sql.js';
import type { Table } from '../table/table.js';

export type TickField = 'time' | 'price' | 'quantity';

/** Columns of the file that the fields of a trade come from. */
export type TickSourceColumns = Partial<Record<TickField, TableColumn>>;

const LISTED_PROBLEMS = 10;
const REMEDY = 'correct or remove the row';
const FIELDS = ['time', 'price', 'quantity'] as const;

/** The first trade from `from` on that is not sound, or earlier than the one before it; the length where all are. */
export function firstUnsound({ length, price, quantity, time }: TradeColumns, from: number): number {
  let previous = from === 0 ? -Infinity : time[from - 1];
  for (let row = from; row < length; row += 1) {
    const sound =
      Number.isFinite(time[row]) &&
      !(time[row] < previous) &&
      price[row] > 0 &&
      price[row] < Infinity &&
      (quantity === null || (quantity[row] > 0 && quantity[row] < Infinity));
    if (!sound) return row;
    previous = time[row];
  }
  return length;
}

/** Everything that is wrong with trades of which at least one is unsound, the first ten rows with their places in the file. */
export async function diagnoseTicks(
  table: Table,
  columns: TickSourceColumns,
  trades: TradeColumns,
): Promise<InputError> {
  const rows: number[] = [];
  let total = 0;
  for (let row = firstUnsound(trades, 0); row < trades.length; row = firstUnsound(trades, row + 1)) {
    total += 1;
    if (rows.length < LISTED_PROBLEMS) rows.push(row);
  }
  const places = await table.placesOf(rows);
  const texts = await fieldTexts(table, FIELDS, columns, rows);
  const problems = rows.map(
    (row, at) => `${table.label}, ${places[at]}: ${flawOf(trades, row, texts.get(row) ?? {})}`,
  );
  if (total > rows.length) problems.push(`${table.label}: and ${total - rows.length} more rows like these`);
  return new InputError(problems);
}

function flawOf(
  { price, quantity, time }: TradeColumns,
  row: number,
  texts: Partial<Record<TickField, string | null>>,
): string {
  if (!Number.isFinite(time[row])) return `${noTime(texts.time)}; ${REMEDY}`;
  if (Number.isNaN(price[row])) return `${noNumber('price', texts.price)}; ${REMEDY}`;
  if (!(price[row] > 0 && price[row] < Infinity))
    return `price is ${price[row]}; it must be a number above 0; ${REMEDY}`;
  if (quantity !== null && Number.isNaN(quantity[row]))
    return `${noNumber('quantity', texts.quantity)}; ${REMEDY}`;
  if (quantity !== null && !(quantity[row] > 0 && quantity[row] < Infinity))
    return `quantity is ${quantity[row]}; it must be a number above 0; ${REMEDY}`;
  return `time ${timeText(time[row])} is before that of the row above, ${timeText(time[row - 1])}; sort the rows by time`;
}
