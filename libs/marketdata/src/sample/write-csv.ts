import { formatUnits, parseDecimal } from '@bowline/domain';
import type { BarColumns, SignalRow } from '@bowline/ports';
import { writeFileAtomically } from '../files/atomic-file.js';
import { csvField } from '../table/csv-lines.js';

const ROWS_PER_PIECE = 1000;

/**
 * Writes bars as `time,open,high,low,close,volume`, time in milliseconds since the epoch. The file is there whole
 * or not at all.
 * @param onProgress rows written so far and rows in all
 */
export async function writeBarsCsv(
  path: string,
  columns: BarColumns,
  onProgress?: (done: number, total: number) => void,
): Promise<void> {
  await writeFileAtomically(path, barPieces(columns, onProgress));
}

function* barPieces(
  columns: BarColumns,
  onProgress?: (done: number, total: number) => void,
): Generator<string> {
  const { length, openTime, open, high, low, close, volume } = columns;
  yield 'time,open,high,low,close,volume\n';
  for (let start = 0; start < length; start += ROWS_PER_PIECE) {
    const end = Math.min(start + ROWS_PER_PIECE, length);
    let piece = '';
    for (let at = start; at < end; at++) {
      const prices = `${plain(open[at])},${plain(high[at])},${plain(low[at])},${plain(close[at])}`;
      piece += `${openTime[at]},${prices},${plain(volume[at])}\n`;
    }
    yield piece;
    onProgress?.(end, length);
  }
}

const SIGNAL_COLUMNS = [
  'time',
  'strategyId',
  'symbol',
  'signal',
  'price',
  'takeProfit',
  'stopLoss',
  'volatility',
  'quantity',
] as const;
const ALWAYS = 4;

/**
 * Writes signals with ISO times (UTC); optional columns only where a signal has them. The file is there whole or
 * not at all.
 */
export async function writeSignalsCsv(path: string, signals: readonly SignalRow[]): Promise<void> {
  await writeFileAtomically(path, signalPieces(signals));
}

function* signalPieces(signals: readonly SignalRow[]): Generator<string> {
  const columns = SIGNAL_COLUMNS.filter(
    (name, at) => at < ALWAYS || signals.some((signal) => signal[name] !== undefined),
  );
  yield `${columns.join(',')}\n`;
  for (const signal of signals) {
    const { time, ...rest } = signal;
    const fields = columns.map((name) => (name === 'time' ? new Date(time).toISOString() : cell(rest[name])));
    yield `${fields.join(',')}\n`;
  }
}

function cell(value: string | number | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'number' ? plain(value) : csvField(value);
}

/** The shortest digits that give the same double again, without an exponent: 1e-7 is 0.0000001. */
function plain(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  const exact = parseDecimal(text);
  return exact === null ? text : formatUnits(exact.units, exact.scale);
}
