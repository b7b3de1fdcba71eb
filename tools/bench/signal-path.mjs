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
import {
  closeSync,
  cpSync,
  fdatasyncSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { decodeRecord } from '../../libs/engine/dist/index.js';
import { openEmbeddedJournals } from '../../libs/journal/embedded/dist/index.js';
import { isMain } from './measure.mjs';
import { BenchDesk, openShards } from './signal-path/bench-desk.mjs';
import { printRows } from './table.mjs';

const FULL = {
  warmUpMs: 4_000,
  pacedMs: 10_000,
  saturatedMs: 5_000,
  floors: 400,
  events: 1_000_000,
  rounds: 3,
};
const QUICK = { warmUpMs: 1_000, pacedMs: 1_000, saturatedMs: 1_000, floors: 50, events: 20_000, rounds: 1 };
const CLIENTS = 20;
const PER_SECOND = 1_000;
const IN_FLIGHT = 200;

/** @returns {Promise<import('./measure.mjs').Row[]>} */
export async function run({ quick = false, log = () => undefined } = {}) {
  const size = quick ? QUICK : FULL;
  const folder = await mkdtemp(join(tmpdir(), 'bowline-signal-path-'));
  const journals = join(folder, 'journals');
  try {
    const store = withoutSnapshots(await openEmbeddedJournals(journals));
    const desk = await BenchDesk.open(store, CLIENTS);
    const walk = await walked(desk, folder, size, log);
    log(`up to ${size.events.toLocaleString('en-US')} events ...`);
    while ((await eventsIn(journals)) < size.events) await desk.saturate(IN_FLIGHT, size.saturatedMs);
    // As a killed process leaves it: its folder, copied while it is open.
    const whole = copyOf(journals);
    store.saves = true;
    await desk.close();
    const again = await BenchDesk.open(await openEmbeddedJournals(journals), CLIENTS, desk);
    await again.saturate(IN_FLIGHT, 1_000);
    const snapshots = copyOf(journals);
    await again.close();
    return [...walk, ...(await readyAgain(whole, snapshots, size))];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function walked(desk, folder, { floors, pacedMs, saturatedMs, warmUpMs }, log) {
  await desk.saturate(IN_FLIGHT, warmUpMs);
  const before = threeCommits(folder, floors);
  desk.latencies = [];
  log(`${PER_SECOND} signals/s for ${pacedMs / 1000} s ...`);
  await desk.pace(PER_SECOND, pacedMs);
  const { latencies } = desk;
  log(`as many as there can be, for ${saturatedMs / 1000} s ...`);
  const perSecond = await desk.saturate(IN_FLIGHT, saturatedMs);
  const floor = quantile([...before, ...threeCommits(folder, floors)], 0.5);
  const reference = { name: 'three times write + fdatasync', value: floor };
  const p50 = quantile(latencies, 0.5);
  const p99 = quantile(latencies, 0.99);
  const name = `signal to exchange, ${PER_SECOND.toLocaleString('en-US')}/s over 60 channels`;
  return [
    { name: `${name}, p50`, ours: p50, unit: 'ms', reference, target: '<= 1.5x', met: p50 <= 1.5 * floor },
    { name: `${name}, p99`, ours: p99, unit: 'ms', reference, target: '<= 5 ms', met: p99 <= 5 },
    {
      name: 'signals, each with its trade or its close, as many as there can be',
      ours: perSecond,
      unit: 'signals/s',
      reference: { name: 'one after the other', value: 1000 / floor },
      target: '>= 20,000/s',
      met: perSecond >= 20_000,
    },
  ];
}

/** Shards that are there again, without what Nest and the network need. */
async function readyAgain(whole, snapshots, { rounds }) {
  const events = await eventsIn(whole);
  const tail = await eventsIn(snapshots);
  const all = await readiness(whole, rounds);
  const some = await readiness(snapshots, rounds);
  const name = `ready after kill -9, ${events.toLocaleString('en-US')} events`;
  const perSecond = (events * 1000) / all.ours;
  const floorPerSecond = (events * 1000) / all.floor;
  return [
    {
      name: `${name}, no snapshots`,
      ours: perSecond,
      unit: 'events/s',
      reference: { name: 'reading the files', value: floorPerSecond },
      target: '>= 500,000/s',
      met: perSecond >= 500_000,
    },
    {
      name: `${name}, from snapshots`,
      ours: some.ours,
      unit: 'ms',
      reference: { name: 'reading the files', value: some.floor },
      target: '<= 2,000 ms',
      met: some.ours <= 2_000,
      note: `${tail.toLocaleString('en-US')} events are later than their snapshots`,
    },
  ];
}

async function readiness(image, rounds) {
  const best = { ours: Infinity, floor: Infinity };
  for (let round = 0; round < rounds; round += 1) {
    best.floor = Math.min(best.floor, await timed(async () => readFiles(image)));
    const place = copyOf(image);
    const store = { close: async () => undefined };
    best.ours = Math.min(
      best.ours,
      await timed(async () => {
        const journals = await openEmbeddedJournals(place, { onWarning: () => undefined });
        const close = await openShards(journals, CLIENTS);
        store.close = async () => {
          await close();
          await journals.close();
        };
      }),
    );
    await store.close();
    rmSync(place, { recursive: true });
  }
  return best;
}

/** A store that saves no snapshot until it is told to. */
function withoutSnapshots(store) {
  const journal = store.journal.bind(store);
  store.journal = (shard) => {
    const each = journal(shard);
    const save = each.saveSnapshot.bind(each);
    each.saveSnapshot = async (...snapshot) => (store.saves === true ? save(...snapshot) : undefined);
    return each;
  };
  return store;
}

/** Events in the records that are kept. */
async function eventsIn(folder) {
  const place = copyOf(folder);
  const journals = await openEmbeddedJournals(place, { onWarning: () => undefined });
  let count = 0;
  for (const shard of journals.shards()) {
    for await (const { record } of journals.journal(shard).readAfter(0))
      count += decodeRecord(record).events.length;
  }
  await journals.close();
  rmSync(place, { recursive: true });
  return count;
}

let copies = 0;

function copyOf(folder) {
  copies += 1;
  const copy = `${folder}-copy-${copies}`;
  cpSync(folder, copy, { recursive: true, filter: (path) => !basename(path).startsWith('lock.') });
  return copy;
}

function readFiles(folder) {
  return readdirSync(folder).reduce((bytes, name) => bytes + readFileSync(join(folder, name)).length, 0);
}

/** Milliseconds for three writes of about what the three roles write, each durable before the next one begins. */
function threeCommits(folder, times) {
  const file = openSync(join(folder, 'floor'), 'a');
  const records = [800, 2_400, 600].map((bytes) => Buffer.alloc(bytes, 'x'));
  const taken = Array.from({ length: times }, () => {
    const start = performance.now();
    for (const bytes of records) {
      writeSync(file, bytes);
      fdatasyncSync(file);
    }
    return performance.now() - start;
  });
  closeSync(file);
  return taken;
}

async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function quantile(values, share) {
  return Float64Array.from(values).sort()[Math.floor(values.length * share)];
}

if (isMain(import.meta.url))
  printRows(await run({ quick: process.argv.includes('--quick'), log: console.error }));
