import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { InputError } from '@bowline/contracts';
import { plainTable, type Column } from '@bowline/report';
import type { CommandContext } from '../cli/context.js';
import { UsageError } from '../cli/exit.js';
import { withProgress } from '../cli/progress.js';
import { writeWhole } from '../cli/write-file.js';
import { readConfig } from '../desk/read-config.js';
import { refuseSmartRouting } from '../desk/refuse-books.js';
import type { DeskInput, DeskSources } from '../desk/read-desk.js';
import { runPool } from '../historical/worker-pool.js';
import { METRICS, type RunFigures } from '../sweep/metrics.js';
import { parseParams, type SweepParam } from '../sweep/params.js';
import { sortRows, sweepCsv, sweepJson, type SweepRow } from '../sweep/sweep-files.js';
import type { SweepShared, SweepTask } from '../sweep/sweep-worker.js';
import { variantsOf, type Variant } from '../sweep/variants.js';
import { DEFAULT_SWEEP_OUT, type SweepOptions } from './sweep.command.js';

export async function runSweep(options: SweepOptions, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const json = options.json === true;
  const outDir = options.out ?? (json ? null : DEFAULT_SWEEP_OUT);
  checkSort(options.sort);
  const params = parseParams(options.param);
  if (outDir !== null) await checkDirectory(outDir);
  const base = await readConfig(options.config);
  refuseSmartRouting(base.config, base.path);
  const variants = variantsOf(params, base, options.signals === undefined ? (options.strategy ?? []) : null);
  // Loaded only for parameters that can be used: what is wrong with one is said at once.
  const { readDesk } = await import('../desk/read-desk.js');
  const input = await readDesk(base.config, sourcesFor(options, variants), context, true);
  for (const warning of input.warnings) terminal.warn(warning);
  const rows = await runVariants(variants, input, options, context);
  const sorted = sortRows(rows, options.sort);
  const path = outDir === null ? null : join(outDir, 'sweep.csv');
  if (path !== null) await writeWhole(path, sweepCsv(params, rows));
  if (json) {
    const files = path === null ? [] : ['sweep.csv'];
    terminal.out(`${JSON.stringify(sweepJson(params, sorted, options.sort, files), null, 2)}\n`);
    return;
  }
  terminal.out(`${tableOf(params, sorted.slice(0, options.top))}\n`);
  const rest =
    sorted.length > options.top
      ? `, the best ${options.top} by ${options.sort} above`
      : `, by ${options.sort}`;
  terminal.out(
    `\n${sorted.length} ${sorted.length === 1 ? 'run' : 'runs'}${rest}; all figures in ${path ?? ''}\n`,
  );
}

function sourcesFor(
  { bars, funding = [], repair = false, signals }: SweepOptions,
  variants: readonly Variant[],
): DeskSources {
  const strategies = variants[0]?.strategies ?? [];
  if (signals === undefined && strategies.length === 0) {
    throw new UsageError(
      'there are no signals: give --signals FILE, --strategy NAME:ARGS, or --param strategy.NAME=ARGS',
    );
  }
  return { bars, funding, repair, signals: signals === undefined ? { strategies } : { file: signals } };
}

async function runVariants(
  variants: readonly Variant[],
  input: DeskInput,
  options: SweepOptions,
  { signal, terminal }: CommandContext,
): Promise<SweepRow[]> {
  const shared: SweepShared = {
    signals: variants[0]?.strategies ? [] : input.signals,
    funding: input.funding,
    convention: options.convention,
    daysPerYear: options.daysPerYear === '252' ? 252 : 365,
  };
  const tasks = variants.map(({ config, strategies }): SweepTask => ({
    config,
    markets: input.maker.marketsOf(config),
    strategies,
  }));
  const figures = await withProgress(terminal, `${tasks.length} runs`, (onProgress) =>
    runPool<SweepTask, RunFigures>({
      module: new URL('../sweep/sweep-worker.js', import.meta.url),
      shared,
      tasks,
      workers: options.workers ?? availableParallelism(),
      onProgress,
      signal,
    }),
  );
  return variants.map(({ values }, at) => ({ run: at + 1, values, figures: figures[at] }));
}

function tableOf(params: readonly SweepParam[], rows: readonly SweepRow[]): string {
  const shown = METRICS.flatMap(({ name, shown: form }) => (form ? [{ name, ...form }] : []));
  const columns: Column[] = [
    ...params.map(({ name }): Column => ({ head: name, align: 'left', max: 40 })),
    ...shown.map(({ head }): Column => ({ head, align: 'right' })),
  ];
  const cells = rows.map(({ figures, values }) => [
    ...values,
    ...shown.map(({ name, text }) => text(figures[name] ?? null)),
  ]);
  return plainTable(columns, cells, (text) => text);
}

function checkSort(name: string): void {
  if (METRICS.some((metric) => metric.name === name)) return;
  throw new UsageError(
    `--sort ${name}: there is no such figure; there are ${METRICS.map((each) => each.name).join(', ')}`,
  );
}

async function checkDirectory(outDir: string): Promise<void> {
  const found = await stat(outDir).catch(() => null);
  if (found && !found.isDirectory()) throw new InputError([`--out ${outDir}: is a file; name a directory`]);
}
