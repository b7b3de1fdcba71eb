import { InputError } from '@bowline/contracts';
import { fieldTexts, noNumber, noTime } from '../table/field-texts.js';
import type { TableColumn } from '../table/sql.js';
import type { Table } from '../table/table.js';
import { BAR_FIELDS, timeText, type BarField, type RawBars } from './columns.js';

const LISTED_PROBLEMS = 10;
const PRICE_FIELDS = ['open', 'high', 'low', 'close'] as const;

/** Columns of the file that the fields of a bar come from. */
export type BarSourceColumns = Partial<Record<BarField, TableColumn>>;

/** What is wrong with a row. */
interface Flaw {
  readonly field: BarField;
  /** Null where only the file itself can tell: the value is no number, or is not there. */
  readonly text: string | null;
  readonly fix: string;
}

const FIX = {
  drop: 'correct the row, or use --repair, which drops it',
  widen: 'correct the row, or use --repair, which widens high and low',
  sort: 'sort the rows by time, or use --repair, which does',
  deduplicate: 'remove one of the two, or use --repair, which keeps the first',
};

interface FlawedRow {
  readonly row: number;
  readonly flaw: Flaw;
}

/** Everything that is wrong with bars of which at least one is unsound, the first ten rows with their places in the file. */
export async function diagnoseBars(
  table: Table,
  columns: BarSourceColumns,
  bars: RawBars,
): Promise<InputError> {
  const flawed: FlawedRow[] = [];
  let total = 0;
  for (let row = 0; row < bars.openTime.length; row++) {
    const flaw = flawOf(bars, row);
    if (flaw === null) continue;
    total += 1;
    if (flawed.length < LISTED_PROBLEMS) flawed.push({ row, flaw });
  }
  const rows = flawed.map(({ row }) => row);
  const places = await table.placesOf(rows);
  const texts = await fieldTexts(table, BAR_FIELDS, columns, rows);
  const problems = flawed.map(({ row, flaw }, at) => {
    const said = flaw.text ?? unreadable(flaw.field, texts.get(row)?.[flaw.field]);
    return `${table.label}, ${places[at]}: ${said}; ${flaw.fix}`;
  });
  if (total > flawed.length)
    problems.push(`${table.label}: and ${total - flawed.length} more rows like these`);
  return new InputError(problems);
}

/** The first thing that is wrong with a row; null where it is a sound bar after the one before it. */
function flawOf(bars: RawBars, row: number): Flaw | null {
  const time = bars.openTime[row];
  if (!Number.isFinite(time)) return { field: 'openTime', text: null, fix: FIX.drop };
  const previous = row === 0 ? -Infinity : bars.openTime[row - 1];
  if (time === previous) {
    return {
      field: 'openTime',
      text: `time ${timeText(time)} is the same as in the row before`,
      fix: FIX.deduplicate,
    };
  }
  if (time < previous) {
    return {
      field: 'openTime',
      text: `time ${timeText(time)} is out of order, the row before has ${timeText(previous)}`,
      fix: FIX.sort,
    };
  }
  return priceFlaw(bars, row) ?? rangeFlaw(bars, row) ?? volumeFlaw(bars.volume[row]);
}

function priceFlaw(bars: RawBars, row: number): Flaw | null {
  for (const field of PRICE_FIELDS) {
    const value = bars[field][row];
    if (Number.isNaN(value)) return { field, text: null, fix: FIX.drop };
    if (!(value > 0 && value < Infinity))
      return { field, text: `${field} is ${value}; a price must be a number above 0`, fix: FIX.drop };
  }
  return null;
}

function rangeFlaw(bars: RawBars, row: number): Flaw | null {
  const high = bars.high[row];
  const low = bars.low[row];
  if (high < low) return { field: 'high', text: `high ${high} is below low ${low}`, fix: FIX.drop };
  for (const field of ['open', 'close'] as const) {
    const value = bars[field][row];
    if (value >= low && value <= high) continue;
    return { field, text: `${field} ${value} is outside [low, high] = [${low}, ${high}]`, fix: FIX.widen };
  }
  return null;
}

function volumeFlaw(volume: number): Flaw | null {
  if (Number.isNaN(volume)) return { field: 'volume', text: null, fix: FIX.drop };
  if (volume >= 0 && volume < Infinity) return null;
  return { field: 'volume', text: `volume is ${volume}; it must be a number from 0 on`, fix: FIX.drop };
}

function unreadable(field: BarField, text: string | null | undefined): string {
  return field === 'openTime' ? noTime(text) : noNumber(field, text);
}
