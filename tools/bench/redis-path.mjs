/**
 * The walk of a signal between processes, over Redis Streams: from the call that publishes it, as ingest does, until its
 * order (or the first cancel of a close) is handed to the exchange's client. All order-generators are one process, all
 * oco-managers another, all execution-gateways a third, each composed as `bowline run` does it, with journals on the
 * disk, leases and signed commands; ingest is the bench's own process, and they share the machine with the server. The
 * exchange answers at once, so a signal leads to 15 records and what those tell, and not to the three on its way alone.
 * Times of different processes are compared by the machine's one monotonic clock.
 *
 * The floor is three processes that pass a message of the same length on at the same pace: a blocked XREADGROUP on one
 * connection, a write of as many bytes with fdatasync, XADD and XACK on another. Full, both read up to 256 at a time, and
 * commit them together.
 *
 * The server is one of the bench's own, with an append-only file: flushed every second, and at the end at each write.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { findProgram } from '../../libs/testkit/dist/programs.js';
import { RedisServer } from '../../libs/testkit/dist/redis-server.js';
import { Children } from './bus-path/children.mjs';
import { openDeskPath } from './bus-path/desk-path.mjs';
import { measurePath, pacedAt, paceRows } from './bus-path/measure-path.mjs';
import { isMain } from './measure.mjs';
import { nowMs, Walks } from './signal-path/walks.mjs';
import { printRows } from './table.mjs';

const FULL = {
  rates: [200, 1_000],
  floor: { warmUpMs: 1_000, pacedMs: 3_000, saturatedMs: 3_000 },
  desk: { warmUpMs: 5_000, pacedMs: 5_000, saturatedMs: 5_000 },
};
const QUICK = {
  rates: [200],
  floor: { warmUpMs: 500, pacedMs: 500, saturatedMs: 500 },
  desk: { warmUpMs: 500, pacedMs: 1_000, saturatedMs: 1_000 },
};
const CLIENTS = 8;
const IN_FLIGHT = 200;
const STREAMS = ['signals', 'order-intents', 'orders'].map((topic) => `floor:${topic}`);
/** What a signal has beside its body, and its body. */
const FIELDS = ['attributes', 'x'.repeat(250), 'data', 'x'.repeat(250)];
const TARGET = 10_000;

/** @returns {Promise<import('./measure.mjs').Row[]>} */
export async function run({ quick = false, log = () => undefined } = {}) {
  const program = findProgram('redis-server');
  if (program === null) {
    log('skipped: there is no redis-server on this machine (Debian: apt-get install redis-server)');
    return [];
  }
  const { desk, floor, rates } = quick ? QUICK : FULL;
  const folder = await mkdtemp(join(tmpdir(), 'bowline-redis-path-'));
  const server = await RedisServer.start(program);
  try {
    log('the floor ...');
    const least = await measured(await openFloor(server.url, folder), { ...floor, rates }, server.url);
    log('three roles, three processes ...');
    const path = await openDeskPath({ clients: CLIENTS, folder, where: { redis: server.url } });
    return rowsOf(await measured(path, { ...desk, rates }, server.url), least);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measured(path, how, url) {
  const admin = new Redis(url);
  try {
    const figures = await measurePath(path, { ...how, inFlight: IN_FLIGHT });
    await admin.config('SET', 'appendfsync', 'always');
    const flushed = await Promise.race([pacedAt(path.walks, how.rates[0], how.pacedMs), path.failed]);
    await admin.config('SET', 'appendfsync', 'everysec');
    return { ...figures, flushed };
  } finally {
    await path.close();
    admin.disconnect();
  }
}

async function openFloor(url, folder) {
  const writer = new Redis(url);
  const children = new Children();
  const begun = new Map();
  let number = 0;
  const walks = new Walks(() => {
    number += 1;
    begun.set(number, nowMs());
    void writer.xadd(STREAMS[0], '*', 'number', number, ...FIELDS);
    return true;
  });
  const arrived = ({ at, number: which }) => {
    walks.arrived(at - begun.get(which));
    begun.delete(which);
    walks.finished();
  };
  const start = (stage) =>
    children.start('./floor-redis.mjs', { url, folder, stage, streams: STREAMS }, {}, arrived);
  await Promise.all(STREAMS.map((_, stage) => start(stage)));
  return {
    walks,
    failed: children.failed,
    close: async () => {
      await children.kill();
      writer.disconnect();
    },
  };
}

function rowsOf(ours, floor) {
  const name = `Redis Streams, a process a role: signal to exchange`;
  const reference = 'three raw hops and commits';
  return [
    ...ours.paces.flatMap((pace, at) => paceRows(name, pace, floor.paces[at], reference, 1.5)),
    ...paceRows(`${name}, each write flushed`, ours.flushed, floor.flushed, reference, 1.5),
    {
      name: 'Redis Streams, a process a role: signals, each with its trade or its close',
      ours: ours.perSecond,
      unit: 'signals/s',
      reference: { name: `${reference}, up to 256 at a time`, value: floor.perSecond },
      target: `>= ${TARGET.toLocaleString('en-US')}/s`,
      met: ours.perSecond >= TARGET,
    },
  ];
}

if (isMain(import.meta.url))
  printRows(await run({ quick: process.argv.includes('--quick'), log: console.error }));
