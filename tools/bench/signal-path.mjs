/**
 * The walk of a signal in one process: a message on the bus, as ingest publishes it, until its order (or the first
 * cancel of a close) is handed to the exchange's client. Three roles on the way (order-generator, oco-manager,
 * execution-gateway), each behind a handler of Nest, each with a durable record before it says anything. The desk is
 * composed as the program does it: 20 clients, 60 channels, ten strategies that enter, are protected by two legs, and
 * go flat, in turns. The exchange answers at once, so every signal leads to 15 records, and not to the three on its
 * way alone. Shards leave their snapshots as they always do, and nothing is forgotten meanwhile.
 *
 * Then a store of a million events, made of the records that this desk has just written: see `store-process.mjs`. Each
 * of its writers and readers is a process of its own that ends by kill -9, and the time to be ready is that of a process
 * that has not done anything before: from the opening of the store until all shards have their state, without Node, Nest
 * and the network. Once with nothing but records, and once from snapshots with as many later records as a desk has at
 * worst.
 *
 * The floor of the latency is three writes of as many bytes, each made durable, one after the other. The floor of a
 * start is reading the files.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openEmbeddedJournals } from '../../libs/journal/embedded/dist/index.js';
import { isMain, quantile } from './measure.mjs';
import { openBenchDesk } from './signal-path/bench-desk.mjs';
import { threeCommits } from './signal-path/commits.mjs';
import { paceNote } from './signal-path/walks.mjs';
import { printRows } from './table.mjs';

const FULL = {
  warmUpMs: 4_000,
  pacedMs: 10_000,
  saturatedMs: 5_000,
  floors: 400,
  events: 1_000_000,
  later: 50_000,
  rounds: 2,
};
const QUICK = {
  warmUpMs: 1_000,
  pacedMs: 1_000,
  saturatedMs: 1_000,
  floors: 50,
  events: 20_000,
  later: 1_000,
  rounds: 1,
};
const CLIENTS = 20;
const PER_SECOND = 1_000;
const IN_FLIGHT = 200;
const STORE_PROCESS = fileURLToPath(new URL('./signal-path/store-process.mjs', import.meta.url));

/** @returns {Promise<import('./measure.mjs').Row[]>} */
export async function run({ quick = false, log = () => undefined } = {}) {
  const size = quick ? QUICK : FULL;
  const folder = await mkdtemp(join(tmpdir(), 'bowline-signal-path-'));
  try {
    const source = join(folder, 'journals');
    const desk = await openBenchDesk(keepingRecords(await openEmbeddedJournals(source)), CLIENTS);
    const walk = await walked(desk, folder, size, log);
    await desk.close();
    return [...walk, ...(await readyAgain(source, join(folder, 'image'), size, log))];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function walked({ walks }, folder, { floors, pacedMs, saturatedMs, warmUpMs }, log) {
  await walks.saturate(IN_FLIGHT, warmUpMs);
  const file = join(folder, 'floor');
  const before = threeCommits(file, floors);
  walks.latencies = [];
  log(`${PER_SECOND} signals/s for ${pacedMs / 1000} s ...`);
  const begun = await walks.pace(PER_SECOND, pacedMs);
  const { latencies } = walks;
  log(`as many as there can be, for ${saturatedMs / 1000} s ...`);
  const perSecond = await walks.saturate(IN_FLIGHT, saturatedMs);
  const floor = quantile([...before, ...threeCommits(file, floors)], 0.5);
  const reference = { name: 'three times write + fdatasync', value: floor };
  const p50 = quantile(latencies, 0.5);
  const p99 = quantile(latencies, 0.99);
  const name = `signal to exchange, ${PER_SECOND.toLocaleString('en-US')}/s over 60 channels`;
  const note = paceNote(begun, PER_SECOND);
  return [
    {
      name: `${name}, p50`,
      ours: p50,
      unit: 'ms',
      reference,
      target: '<= 1.5x',
      met: p50 <= 1.5 * floor,
      note,
    },
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
async function readyAgain(source, image, { events, later, rounds }, log) {
  log(`a store of ${events.toLocaleString('en-US')} events ...`);
  const planned = await inProcess('plan', { source, clients: CLIENTS, events, later });
  const terms = { source, image, clients: CLIENTS, copies: planned.copies };
  await inProcess('write', { ...terms, until: planned.until });
  log('ready again, from its records ...');
  const all = await readiness(terms, rounds);
  await inProcess('snapshot', terms);
  await inProcess('write', { ...terms, until: planned.end });
  log('ready again, from snapshots ...');
  const some = await readiness(terms, rounds);
  const inAll = `${planned.events.toLocaleString('en-US')} events`;
  return [
    {
      name: `ready after kill -9, ${inAll}, no snapshots`,
      ours: (planned.events * 1000) / all.ours,
      unit: 'events/s',
      reference: { name: 'reading the files', value: (planned.events * 1000) / all.files },
      target: '>= 500,000/s',
      met: (planned.events * 1000) / all.ours >= 500_000,
      note: `${all.records.toLocaleString('en-US')} records of ${planned.copies} clients, as a desk of ${CLIENTS} has written them`,
    },
    {
      name: `ready after kill -9, ${inAll}, from snapshots`,
      ours: some.ours,
      unit: 'ms',
      reference: { name: 'reading the files', value: some.files },
      target: '<= 2,000 ms',
      met: some.ours <= 2_000,
      note: `${planned.later.toLocaleString('en-US')} events are later than their snapshots`,
    },
  ];
}

/** The best of the rounds: nothing makes a process ready sooner than it can be. */
async function readiness(terms, rounds) {
  const best = { ours: Infinity, files: Infinity, records: 0 };
  for (let round = 0; round < rounds; round += 1) {
    const { files, ours, records } = await inProcess('open', terms);
    best.ours = Math.min(best.ours, ours);
    best.files = Math.min(best.files, files);
    best.records = records;
  }
  return best;
}

async function inProcess(step, terms) {
  const child = fork(STORE_PROCESS, [JSON.stringify({ step, ...terms })]);
  const ended = once(child, 'exit');
  let result = null;
  child.on('message', (message) => (result = message));
  // Once the channel is closed, everything in it was read.
  await once(child, 'disconnect');
  const [code] = await ended;
  if (result === null) throw new Error(`the process for ${step} has ended with exit code ${code}`);
  return result;
}

/** A store whose snapshots forget nothing: all that was written can be read afterwards. */
function keepingRecords(store) {
  const journal = store.journal.bind(store);
  store.journal = (shard) => {
    const each = journal(shard);
    const save = each.saveSnapshot.bind(each);
    each.saveSnapshot = (sequence, snapshot) => save(sequence, snapshot, 0);
    return each;
  };
  return store;
}

if (isMain(import.meta.url))
  printRows(await run({ quick: process.argv.includes('--quick'), log: console.error }));
