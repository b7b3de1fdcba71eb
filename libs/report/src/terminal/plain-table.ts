import Table from 'cli-table3';

export interface Column {
  readonly head: string;
  readonly align: 'left' | 'right';
  /** Longer texts end in an ellipsis. */
  readonly max?: number;
}

/** A table without frames: a line under the head, two spaces between columns. `rule` draws that line. */
export function plainTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  rule: (text: string) => string,
): string {
  const table = new Table({
    chars: NO_FRAME,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2, compact: true },
    colAligns: columns.map((column) => column.align),
  });
  const fitted = rows.map((row) => row.map((cell, i) => shortened(cell, columns[i].max)));
  table.push(
    columns.map((column) => column.head),
    ...fitted,
  );
  const [head, ...body] = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  const width = [head, ...body].reduce((most, line) => Math.max(most, visibleLength(line)), 0);
  return [rule(head), rule('─'.repeat(width)), ...body].join('\n');
}

const NO_FRAME = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};

const ESCAPE = String.fromCharCode(27);

function code(number: number): (text: string) => string {
  return (text) => `${ESCAPE}[${number}m${text}${ESCAPE}[0m`;
}

export const bold = code(1);
export const dim = code(2);
export const bad = code(31);
export const good = code(32);

function shortened(cell: string, max: number | undefined): string {
  return max !== undefined && cell.length > max ? `${cell.slice(0, max - 1)}…` : cell;
}

function visibleLength(line: string): number {
  return line.replaceAll(new RegExp(`${ESCAPE}\\[\\d+m`, 'g'), '').length;
}
