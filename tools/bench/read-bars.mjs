/**
 * Reading bars: 5,000,000 one-minute bars from Parquet into typed arrays.
 * Floor: DuckDB's stream copied into typed arrays, nothing looked at. Ours: readBars, which also checks every
 * bar, finds the interval, the gaps, and the decimal places of the prices. In turns.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBars, toTickBars } from '../../libs/marketdata/dist/index.js';
import { readIntoArrays, writeBarsParquet } from './bars-parquet.mjs';
import { instrument } from './historical/scene.mjs';
import { isMain } from './measure.mjs';
import { printRows } from './table.mjs';

const FULL = { length: 5_000_000, warmUps: 2, rounds: 5 };
const QUICK = { length: 500_000, warmUps: 1, rounds: 2 };

async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** @returns {Promise<import('./measure.mjs').Row[]>} */
export async function run({ quick = false } = {}) {
  const { length, rounds, warmUps } = quick ? QUICK : FULL;
  const folder = await mkdtemp(join(tmpdir(), 'bowline-bench-'));
  try {
    const path = join(folder, 'bars.parquet');
    await writeBarsParquet(path, length);
    const { columns } = await readBars(path);
    const best = { floor: Infinity, ours: Infinity, ticks: Infinity };
    for (let round = -warmUps; round < rounds; round += 1) {
      const floor = await timed(() => readIntoArrays(path, length));
      const ours = await timed(() => readBars(path));
      const ticks = await timed(() => toTickBars(columns, instrument));
      if (round < 0) continue;
      best.floor = Math.min(best.floor, floor);
      best.ours = Math.min(best.ours, ours);
      best.ticks = Math.min(best.ticks, ticks);
    }
    const reference = { name: 'DuckDB into typed arrays', value: best.floor };
    const common = { unit: 'ms', reference, target: null };
    return [
      {
        name: `read bars: ${length.toLocaleString('en-US')} from Parquet, checked`,
        ours: best.ours,
        ...common,
      },
      { name: 'read bars: the same in ticks, on top', ours: best.ticks, ...common },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (isMain(import.meta.url)) printRows(await run({ quick: process.argv.includes('--quick') }));
