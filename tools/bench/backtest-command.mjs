/**
 * The backtest command as a user starts it: one-minute bars from Parquet, ten strategies, ten thousand trades, to a
 * written report with daily equity. Floor: the same bars by DuckDB into typed arrays, nothing looked at. Both are
 * processes of their own and measured from start to exit, in turns.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { backtestInputs } from './backtest/inputs.mjs';
import { instrument } from './historical/scene.mjs';
import { isMain } from './measure.mjs';
import { printRows } from './table.mjs';

const FULL = { length: 5_000_000, trades: 10_000, warmUps: 1, rounds: 5 };
const QUICK = { length: 500_000, trades: 10_000, warmUps: 1, rounds: 2 };
const TIMES = 2;
const TABLES = ['trades.csv', 'orders.csv', 'fills.csv', 'denials.csv', 'equity.csv'];

const COMMAND = pathOf('../../services/bowline/dist/main.js');
const FLOOR = pathOf('./backtest/read-floor.mjs');

/** @returns {Promise<import('./measure.mjs').Row[]>} */
export async function run({ quick = false, log = () => undefined } = {}) {
  const how = quick ? QUICK : FULL;
  const inputs = await backtestInputs(how);
  const folder = await mkdtemp(join(tmpdir(), 'bowline-bench-out-'));
  let floor = null;
  let ours = null;
  try {
    for (let round = 0; round < how.warmUps + how.rounds; round += 1) {
      const read = await measureFloor(inputs.bars, how.length);
      const written = await measureCommand(inputs, join(folder, `report-${round}`), how);
      log(`round ${round + 1}: reading ${Math.round(read.ms)} ms, command ${Math.round(written.ms)} ms`);
      if (round < how.warmUps) continue;
      if (floor === null || read.ms < floor.ms) floor = read;
      if (ours === null || written.ms < ours.ms) ours = written;
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const ratio = ours.ms / floor.ms;
  return [
    {
      name: `backtest command: ${how.length.toLocaleString('en-US')} bars, 10 strategies, ${ours.trades.toLocaleString('en-US')} trades, to a written report`,
      ours: ours.ms,
      unit: 'ms',
      reference: { name: 'DuckDB into typed arrays', value: floor.ms },
      target: quick ? null : `<= ${TIMES}x`,
      ...(!quick && { met: ratio <= TIMES }),
      note: `the fastest run: ${ours.phases.map(([name, ms]) => `${name} ${Math.round(ms)} ms`).join(', ')}; of the floor the reading itself took ${Math.round(floor.readingMs)} ms`,
    },
  ];
}

async function measureFloor(bars, length) {
  const start = performance.now();
  const { stdout } = await promisify(execFile)(process.execPath, [FLOOR, bars, String(length)]);
  return { ms: performance.now() - start, readingMs: Number(stdout) };
}

async function measureCommand({ bars, config, signals }, out, { trades }) {
  const inputs = ['--config', config, '--bars', `${instrument.symbol}=${bars}`, '--signals', signals];
  const args = [COMMAND, 'backtest', ...inputs, '--out', out, '--json'];
  const startedAt = Date.now();
  const start = performance.now();
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 28 });
  const ms = performance.now() - start;
  const summary = JSON.parse(stdout);
  expectWork(summary, out, trades);
  const phases = await phasesOf(out, startedAt, ms, summary.elapsedMs);
  await rm(out, { recursive: true });
  return { ms, trades: summary.trades, phases };
}

/** When the report's files were begun and finished tells where the time went. */
async function phasesOf(out, startedAt, ms, runMs) {
  const tables = await Promise.all(TABLES.map((name) => stat(join(out, name))));
  const page = await stat(join(out, 'report.html'));
  const begun = Math.min(...tables.map(({ birthtimeMs }) => birthtimeMs));
  const written = Math.max(...tables.map(({ mtimeMs }) => mtimeMs));
  return [
    ['start and reading', begun - startedAt - runMs],
    ['running', runMs],
    ['tables', written - begun],
    ['summary and page', page.mtimeMs - written],
    ['rest of the database, and exit', startedAt + ms - page.mtimeMs],
  ];
}

/** A command that did less than it was asked for would look fast. */
function expectWork({ invariants, trades }, out, expected) {
  if (Math.abs(trades / expected - 1) > 0.01)
    throw new Error(`${trades} trades instead of about ${expected}`);
  if (invariants.violated > 0 || invariants.checked < 2 * trades) {
    throw new Error(`shares: ${invariants.checked} checks, ${invariants.violated} violated`);
  }
  for (const file of [...TABLES, 'report.html', 'bowline.duckdb', 'summary.json']) {
    if (!existsSync(join(out, file))) throw new Error(`${file} was not written`);
  }
}

function pathOf(relative) {
  return fileURLToPath(new URL(relative, import.meta.url));
}

if (isMain(import.meta.url)) {
  printRows(await run({ quick: process.argv.includes('--quick'), log: (line) => console.error(line) }));
}
