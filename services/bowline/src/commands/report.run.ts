import { InputError } from '@bowline/contracts';
import { checkOutDir, renderTables, summarize, writeReport } from '@bowline/report';
import { fillDatabase, LiveReader } from '@bowline/store-duckdb';
import type { CommandContext } from '../cli/context.js';
import { UsageError } from '../cli/exit.js';
import { endOf, startOf } from '../cli/instants.js';
import { readContent, type LiveContent, type ReportSelection } from '../report/live-content.js';
import { liveMeta, liveResult } from '../report/live-result.js';
import { withStore } from '../report/with-store.js';
import type { ReportOptions } from './report.command.js';

export async function runReport(options: ReportOptions, context: CommandContext): Promise<void> {
  const { signal, terminal } = context;
  const { equity, json = false, out } = options;
  const selection = selectionOf(options);
  if (out !== undefined) await checkOutDir(out);
  const content = await withStore(options, context, (path, where) => read(path, where, selection));
  const result = liveResult(content, selection, equity);
  if (result.channels.every(({ bars }) => bars.length === 0)) throw nothingThen(content);
  const meta = liveMeta(content);
  signal.throwIfAborted();
  const summary =
    out === undefined
      ? summarize(result, meta)
      : (await writeReport(result, meta, out, fillDatabase, signal)).summary;
  if (json) terminal.out(`${JSON.stringify(summary, null, 2)}\n`);
  else
    terminal.out(
      renderTables(summary, { color: terminal.color, ...(out === undefined ? {} : { outDir: out }) }),
    );
}

function selectionOf({ client, from, to }: ReportOptions): ReportSelection {
  const first = from === undefined ? null : startOf('--from', from);
  const end = to === undefined ? null : endOf('--to', to);
  if (first !== null && end !== null && first >= end) {
    throw new UsageError(`--from ${from} must be before --to ${to}`);
  }
  return { from: first, to: end, clientId: client ?? null };
}

async function read(path: string, where: string, selection: ReportSelection): Promise<LiveContent> {
  const reader = await LiveReader.open(path);
  try {
    return await readContent(reader, selection, where);
  } finally {
    reader.close();
  }
}

function nothingThen({ channels }: LiveContent): InputError {
  const held = channels.filter(({ bars }) => bars.length > 0);
  const first = Math.min(...held.map(({ bars }) => bars.openTime[0]));
  const last = Math.max(...held.map(({ bars }) => bars.openTime[bars.length - 1] + bars.intervalMs));
  const [from, to] = [first, last].map((time) => new Date(time).toISOString());
  return new InputError([`--from, --to: the store has nothing of that time; it goes from ${from} to ${to}`]);
}
