import { parseConfig } from '@bowline/contracts';
import type { BacktestSummary } from '@bowline/contracts';
import type { JournalStore } from '@bowline/ports';
import type { WorkFolder } from '@bowline/testkit';
import type { MockTerms } from '../live/mock-exchanges.js';
import { simulate } from './simulation.js';

export interface SimulationFiles {
  readonly desk: string;
  /** By symbol, or EXCHANGE:SYMBOL: a path. */
  readonly bars?: Readonly<Record<string, string>>;
  readonly ticks?: Readonly<Record<string, string>>;
  /** A path. */
  readonly signals: string;
  readonly funding?: Readonly<Record<string, string>>;
}

export type Row = Readonly<Record<string, string>>;

export interface Simulated {
  readonly summary: BacktestSummary;
  readonly warnings: readonly string[];
  readonly trades: readonly Row[];
  readonly orders: readonly Row[];
  readonly fills: readonly Row[];
  /** A file of the report as it is. */
  read(name: string): string;
}

const TERMS: Required<MockTerms> = {
  seed: 1,
  latencyMs: 50,
  latencySpreadMs: 0,
  fillRatio: 1,
  rejectProbability: 0,
  duplicateProbability: 0,
};

let runs = 0;

/** Simulates in this process, into a folder of its own. */
export async function simulated(
  folder: WorkFolder,
  { bars = {}, desk, funding = {}, signals, ticks = {} }: SimulationFiles,
  terms: Partial<MockTerms> = {},
  journals?: JournalStore,
): Promise<Simulated> {
  runs += 1;
  const out = `out-${runs}`;
  const warnings: string[] = [];
  const terminal = {
    out: () => undefined,
    note: () => undefined,
    warn: (sentence: string) => void warnings.push(sentence),
    color: false,
    watched: false,
  };
  const summary = await simulate(
    {
      config: parseConfig(desk, 'desk.yaml'),
      sources: {
        bars: symbolFiles(bars),
        ticks: symbolFiles(ticks),
        funding: symbolFiles(funding),
        repair: false,
        signals: { file: signals },
      },
      outDir: folder.at(out),
      exchange: { ...TERMS, ...terms },
      speed: null,
      http: null,
      equity: 'daily',
      convention: 'bowline',
      daysPerYear: 365,
      logger: SILENT,
      ...(journals === undefined ? {} : { journals }),
    },
    { terminal, signal: new AbortController().signal },
  );
  const read = (name: string): string => folder.read(out, name);
  return {
    summary,
    warnings,
    trades: rowsOf(read('trades.csv')),
    orders: rowsOf(read('orders.csv')),
    fills: rowsOf(read('fills.csv')),
    read,
  };
}

/** The named columns of each row. */
export function columnsOf(rows: readonly Row[], ...names: readonly string[]): string[] {
  return rows.map((row) => names.map((name) => row[name]).join(' '));
}

function symbolFiles(files: Readonly<Record<string, string>>) {
  return Object.entries(files).map(([name, path]) => {
    const [exchange, symbol] = name.includes(':') ? name.split(':') : [null, name];
    return { exchange, symbol, path };
  });
}

function rowsOf(csv: string): Row[] {
  const [header = '', ...lines] = csv.trim().split('\n');
  const names = header.split(',');
  return lines.map((line) => {
    const fields = line.split(',');
    return Object.fromEntries(names.map((name, at) => [name, fields[at] ?? '']));
  });
}

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
