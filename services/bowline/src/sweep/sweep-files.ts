import { METRICS, numberOf, type RunFigures } from './metrics.js';
import type { SweepParam } from './params.js';

/** A run of a sweep with its figures. */
export interface SweepRow {
  /** From 1, in the order of the grid. */
  readonly run: number;
  readonly values: readonly string[];
  readonly figures: RunFigures;
}

/** sweep.csv: one row a run, in the order of the grid. */
export function sweepCsv(params: readonly SweepParam[], rows: readonly SweepRow[]): string {
  const head = ['run', ...params.map(({ name }) => name), ...METRICS.map(({ name }) => name)];
  const lines = rows.map(({ figures, run, values }) => [
    String(run),
    ...values,
    ...METRICS.map(({ name }) => String(figures[name] ?? '')),
  ]);
  return [head, ...lines].map((fields) => `${fields.map(csvField).join(',')}\n`).join('');
}

function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The best runs first; runs without the figure last, equal ones in the order of the grid. */
export function sortRows(rows: readonly SweepRow[], metricName: string): SweepRow[] {
  const lower = METRICS.find(({ name }) => name === metricName)?.better === 'lower';
  const rank = ({ figures }: SweepRow): number => {
    const value = numberOf(figures[metricName] ?? null);
    if (value === null) return Infinity;
    return lower ? value : -value;
  };
  return [...rows].sort((a, b) => {
    const [x, y] = [rank(a), rank(b)];
    // Infinity - Infinity is no number.
    return x === y ? a.run - b.run : x - y;
  });
}

/** What `sweep --json` prints: the runs in the order of the table. */
export function sweepJson(
  params: readonly SweepParam[],
  sorted: readonly SweepRow[],
  sort: string,
  files: readonly string[],
): Record<string, unknown> {
  return {
    mode: 'sweep',
    sort,
    runs: sorted.map(({ figures, run, values }) => ({
      run,
      params: Object.fromEntries(params.map(({ name }, at) => [name, values[at]])),
      ...figures,
    })),
    files,
  };
}
