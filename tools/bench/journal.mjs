/**
 * The embedded journal: what a lone durable record waits, what group commit takes, and how fast a million records are
 * there again after a crash. Floors, in the same run and on the same disk: write + fdatasync of the same bytes by the
 * blocking calls, and plainly reading the same files.
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
import { openEmbeddedJournals } from '../../libs/journal/embedded/dist/index.js';
import { isMain, quantile } from './measure.mjs';
import { printRows } from './table.mjs';

const FULL = { lone: 4_000, records: 1_000_000, rounds: 3 };
const QUICK = { lone: 400, records: 100_000, rounds: 1 };
const GROUP = 100;
/** About what an event of a signal's way takes as JSON. */
const RECORD = JSON.stringify({ messageId: 'm'.repeat(32), events: ['e'.repeat(210)], messages: [] });
/** Its bytes and those around it in the log. */
const BYTES = Buffer.alloc(RECORD.length + 56, 'x');

/** @returns {Promise<import('./measure.mjs').Row[]>} */
export async function run({ quick = false, log = () => undefined } = {}) {
  const size = quick ? QUICK : FULL;
  const folder = await mkdtemp(join(tmpdir(), 'bowline-bench-'));
  try {
    const rows = [];
    for (const part of [lone, grouped, recovered]) {
      log(part.name);
      rows.push(...(await part(folder, size)));
    }
    return rows;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** One record, awaited, then the next; ours and the floor in turns of 100. */
async function lone(folder, { lone: count }) {
  const store = await openEmbeddedJournals(join(folder, 'lone'));
  const journal = store.journal('shard');
  const raw = openSync(join(folder, 'lone.raw'), 'w');
  const took = { ours: [], floor: [] };
  while (took.ours.length < count) {
    for (let at = 0; at < 100; at += 1) {
      const start = performance.now();
      await journal.append(journal.sequence + 1, RECORD);
      took.ours.push(performance.now() - start);
    }
    for (let at = 0; at < 100; at += 1) {
      const start = performance.now();
      writeDurably(raw, BYTES);
      took.floor.push(performance.now() - start);
    }
  }
  closeSync(raw);
  await store.close();
  const row = (share) => ({
    ours: 1000 * quantile(took.ours, share),
    unit: 'us',
    reference: { name: 'write + fdatasync', value: 1000 * quantile(took.floor, share) },
  });
  const [p50, p99] = [row(0.5), row(0.99)];
  return [
    {
      name: 'journal: a lone durable record, p50',
      ...p50,
      target: '<= 1.5x',
      met: p50.ours <= 1.5 * p50.reference.value,
    },
    { name: 'journal: a lone durable record, p99', ...p99, target: null },
  ];
}

/** Groups of 100 over ten shards, each group awaited: as much as a busy desk has under way at once. */
async function grouped(folder, { records, rounds }) {
  const best = { ours: 0, floor: 0 };
  for (let round = 0; round < rounds; round += 1) {
    const place = join(folder, `grouped-${round}`);
    const ours = await perSecond(records, () => fill(place, 10, records));
    const floor = await perSecond(records, () => {
      const raw = openSync(join(folder, 'grouped.raw'), 'w');
      const group = Buffer.concat(Array.from({ length: GROUP }, () => BYTES));
      for (let at = 0; at < records; at += GROUP) writeDurably(raw, group);
      closeSync(raw);
    });
    best.ours = Math.max(best.ours, ours);
    best.floor = Math.max(best.floor, floor);
    rmSync(place, { recursive: true });
    rmSync(join(folder, 'grouped.raw'));
  }
  return [
    {
      name: `journal: durable records in groups of ${GROUP}, 10 shards`,
      ours: best.ours,
      unit: 'records/s',
      reference: { name: 'write + fdatasync of as many', value: best.floor },
      target: '>= 200,000/s',
      met: best.ours >= 200_000,
    },
  ];
}

async function recovered(folder, { records, rounds }) {
  const few = await withoutSnapshot(folder, records, rounds, 10);
  const many = await withoutSnapshot(folder, records, rounds, 100);
  const snapshot = await fromSnapshot(folder, records, rounds);
  const name = `journal: ${records.toLocaleString('en-US')} records after a crash`;
  return [
    {
      name: `${name}, read again, 10 shards`,
      ...few,
      target: '>= 500,000/s',
      met: few.ours >= 500_000,
    },
    { name: `${name}, read again, 100 shards`, ...many, target: null },
    { name: `${name}, from snapshots`, ...snapshot, target: '<= 2,000 ms', met: snapshot.ours <= 2_000 },
  ];
}

async function withoutSnapshot(folder, records, rounds, shards) {
  const store = await crashed(folder, shards, records);
  const best = { ours: 0, floor: 0 };
  for (let round = 0; round < rounds; round += 1) {
    best.floor = Math.max(best.floor, await perSecond(records, () => readFiles(store)));
    const place = copyOf(store);
    let read = 0;
    const ours = await perSecond(records, async () => {
      const journals = await openEmbeddedJournals(place);
      for (const shard of journals.shards()) {
        for await (const { record } of journals.journal(shard).readAfter(0))
          read += record === RECORD ? 1 : 0;
      }
      await journals.close();
    });
    if (read !== records) throw new Error(`${read} of ${records} records were read`);
    best.ours = Math.max(best.ours, ours);
    rmSync(place, { recursive: true });
  }
  rmSync(store, { recursive: true });
  return { ours: best.ours, unit: 'records/s', reference: { name: 'reading the files', value: best.floor } };
}

async function fromSnapshot(folder, records, rounds) {
  const state = 'state '.repeat(10_000);
  // Nothing is forgotten: the whole log is checked, as where one quiet shard keeps it all from being deleted.
  const store = await crashed(folder, 10, records, (journal) =>
    journal.saveSnapshot(journal.sequence - 100, state, 0),
  );
  const best = { ours: Infinity, floor: Infinity };
  for (let round = 0; round < rounds; round += 1) {
    best.floor = Math.min(best.floor, await timed(() => readFiles(store)));
    const place = copyOf(store);
    let read = 0;
    const ours = await timed(async () => {
      const journals = await openEmbeddedJournals(place);
      for (const shard of journals.shards()) {
        const journal = journals.journal(shard);
        const { sequence } = await journal.loadSnapshot();
        for await (const { record } of journal.readAfter(sequence)) read += record === RECORD ? 1 : 0;
      }
      await journals.close();
    });
    if (read !== 1_000) throw new Error(`${read} records were read after the snapshots, not 1,000`);
    best.ours = Math.min(best.ours, ours);
    rmSync(place, { recursive: true });
  }
  rmSync(store, { recursive: true });
  return { ours: best.ours, unit: 'ms', reference: { name: 'reading the files', value: best.floor } };
}

/** A store as a killed process leaves it: its folder, copied while it is open. */
async function crashed(folder, shards, records, before = () => undefined) {
  const place = join(folder, `crashed-${shards}`);
  let image;
  await fill(place, shards, records, async (journals) => {
    await Promise.all(journals.map(before));
    image = copyOf(place);
  });
  rmSync(place, { recursive: true });
  return image;
}

let copies = 0;

function copyOf(folder) {
  copies += 1;
  const copy = `${folder}-copy-${copies}`;
  cpSync(folder, copy, { recursive: true, filter: (path) => !basename(path).startsWith('lock.') });
  return copy;
}

async function fill(folder, shards, records, whileOpen = () => undefined) {
  const store = await openEmbeddedJournals(folder);
  const journals = Array.from({ length: shards }, (_, at) => store.journal(`shard-${at}`));
  let last = Promise.resolve();
  for (let at = 0; at < records; at += 1) {
    const journal = journals[at % shards];
    last = journal.append(journal.sequence + 1, RECORD);
    if (at % GROUP === GROUP - 1) await last;
  }
  await last;
  await whileOpen(journals);
  await store.close();
}

function readFiles(folder) {
  return readdirSync(folder).reduce((bytes, name) => bytes + readFileSync(join(folder, name)).length, 0);
}

function writeDurably(file, bytes) {
  writeSync(file, bytes);
  fdatasyncSync(file);
}

async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function perSecond(count, work) {
  return Math.round((count * 1000) / (await timed(work)));
}

if (isMain(import.meta.url)) printRows(await run({ quick: process.argv.includes('--quick') }));
