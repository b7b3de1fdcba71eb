/**
 * The walk of a signal in one process: a message on the bus, as ingest publishes it, until its order (or the first
 * cancel of a close) is handed to the exchange's client. Three roles on the way (order-generator, oco-manager,
 * execution-gateway), each behind a handler of Nest, each with a durable record before it says anything. The desk is
 * composed as the program does it: 20 clients, 60 channels, ten strategies that enter, are protected by two legs, and
 * go flat, in turns. The exchange answers at once, so every signal leads to 15 records, and not to the three on its
 * way alone.
 *
 * The floor of the latency is three writes of as many bytes, each made durable, one after the other. The floor of a
 * start after kill -9 is reading the files.
 */
import { closeSync, cpSync, fdatasyncSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { openEmbeddedJournals } from '../../libs/journal/embedded/dist/index.js';
import { isMain } from './measure.mjs';
import { BenchDesk } from './signal-path/bench-desk.mjs';
import { printRows } from './table.mjs';

const FULL = { warmUpMs: 4_000, pacedMs: 10_000, saturatedMs: 5_000, floors: 400, events: 1_000_000, rounds: 3 };
const QUICK = { warmUpMs: 1_000, pacedMs: 1_000, saturatedMs: 1_000, floors: 50, events: 20_000, rounds: 1 };
const CLIENTS = 20;
const PER_SECOND = 1_000;
const IN_FLIGHT = 200;

/** @returns {Promise<import('./measure.mjs').Row[]>} */
export async function run({ quick = false, log = () => undefined } = {}) {
  const size = quick ? QUICK : FULL;
  const folder = await mkdtemp(join(tmpdir(), 'bowline-signal-path-'));
  try {
    return [...(await walked(folder, size, log)), ...(await ready(folder, size, log))];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function walked(folder, { floors, pacedMs, saturatedMs, warmUpMs }, log) {
  const journals = join(folder, 'walked');
  const desk = await BenchDesk.open(await openEmbeddedJournals(journals), CLIENTS);
  await desk.saturate(IN_FLIGHT, warmUpMs);
  const before = await threeCommits(folder, floors);
  desk.latencies = [];
  log(`${PER_SECOND} signals/s for ${pacedMs / 1000} s ...`);
  await desk.pace(PER_SECOND, pacedMs);
  const { latencies } = desk;
  const after = await threeCommits(folder, floors);
  log(`as many as there can be, for ${saturatedMs / 1000} s ...`);
  const perSecond = await desk.saturate(IN_FLIGHT, saturatedMs);
  await desk.close();
  const floor = quantile([...before, ...after], 0.5);
  const reference = { name: 'three writes + fdatasync', value: floor };
  const p50 = quantile(latencies, 0.5);
  const p99 = quantile(latencies, 0.99);
  const name = `signal to exchange, ${PER_SECOND.toLocaleString('en-US')}/s over 60 channels`;
  return [
    { name: `${name}, p50`, ours: p50, unit: 'ms', reference, target: '<= 1.5x', met: p50 <= 1.5 * floor },
    { name: `${name}, p99`, ours: p99, unit: 'ms', reference, target: '<= 5 ms', met: p99 <= 5 },
  ];
}
