/**
 * The walk of a signal between processes, over Pub/Sub: from the call that publishes it, as ingest does, until its order
 * (or the first cancel of a close) is handed to the exchange's client. All order-generators are one process, all
 * oco-managers another, all execution-gateways a third, each composed as `bowline run` does it, with journals on the
 * disk, leases and signed commands; ingest is the bench's own process, and they share the machine with the emulator. The
 * exchange answers at once, so a signal leads to 15 records and what those tell, and not to the three on its way alone.
 * Times of different processes are compared by the machine's one monotonic clock.
 *
 * The floor is three processes that pass a message of the same length on at the same pace, through Google's own clients:
 * streaming pull, a write of as many bytes with fdatasync, publish, acknowledge. The emulator delivers a stream's messages
 * every 50 ms, which is what a hop takes, whatever one does. How long a message waits for that depends on when its stream
 * was opened: so the floor has as many ways through it as the desk has, of as many topics and subscriptions.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PubSubEmulator, PUBSUB_EMULATOR, pubsubEmulator } from '../../libs/testkit/dist/pubsub-emulator.js';
import { Children } from './bus-path/children.mjs';
import { openDeskPath } from './bus-path/desk-path.mjs';
import { makeTopics } from './bus-path/desk-topics.mjs';
import { makeFloorTopics, openPubSub, publishOne, STAGES, topicOf } from './bus-path/floor-topics.mjs';
import { measurePath, paceRows } from './bus-path/measure-path.mjs';
import { isMain } from './measure.mjs';
import { deskOf, SYMBOLS } from './signal-path/desk-of.mjs';
import { nowMs, Walks } from './signal-path/walks.mjs';
import { printRows } from './table.mjs';

const FULL = {
  clients: 8,
  rates: [20, 50],
  floor: { warmUpMs: 1_500, pacedMs: 4_000, saturatedMs: 3_000 },
  desk: { warmUpMs: 4_000, pacedMs: 8_000, saturatedMs: 4_000 },
};
const QUICK = {
  clients: 1,
  rates: [20],
  floor: { warmUpMs: 500, pacedMs: 500, saturatedMs: 1_000 },
  desk: { warmUpMs: 500, pacedMs: 1_000, saturatedMs: 1_000 },
};
const IN_FLIGHT = 100;
const ATTRIBUTES = 'x'.repeat(250);
const DATA = Buffer.alloc(250, 'x');

/** @returns {Promise<import('./measure.mjs').Row[]>} */
export async function run({ quick = false, log = () => undefined } = {}) {
  const place = pubsubEmulator();
  if (place === null) {
    log(`skipped: this machine has not ${PUBSUB_EMULATOR}`);
    return [];
  }
  const { clients, desk, floor, rates } = quick ? QUICK : FULL;
  const terms = { rates, inFlight: IN_FLIGHT };
  const folder = await mkdtemp(join(tmpdir(), 'bowline-pubsub-path-'));
  const emulator = await PubSubEmulator.start(place);
  const pubsub = { endpoint: emulator.host, projectId: emulator.projectId };
  try {
    log('the floor ...');
    const least = await measured(await openFloor(pubsub, folder, clients), { ...floor, ...terms });
    log('three roles, three processes ...');
    const where = { pubsub };
    await makeTopics(where, deskOf(clients).layout);
    const path = await openDeskPath({ clients, folder, where });
    return rowsOf(await measured(path, { ...desk, ...terms }), least);
  } finally {
    await emulator.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measured(path, how) {
  try {
    return await measurePath(path, how);
  } finally {
    await path.close();
  }
}

async function openFloor(where, folder, clients) {
  const { publisher, pubsub } = await openPubSub(where);
  await makeFloorTopics(pubsub, clients);
  const children = new Children();
  const begun = new Map();
  let number = 0;
  const walks = new Walks(() => {
    number += 1;
    const client = number % clients;
    const symbol = SYMBOLS[Math.floor(number / clients) % SYMBOLS.length];
    begun.set(number, nowMs());
    const attributes = { number: String(number), attributes: ATTRIBUTES };
    const message = { attributes, data: DATA, orderingKey: `client-${client}/${symbol}` };
    void publishOne(publisher, where, topicOf(0, client), message);
    return true;
  });
  const arrived = ({ at, number: which }) => {
    // Delivered at least once.
    if (!begun.has(which)) return;
    walks.arrived(at - begun.get(which));
    begun.delete(which);
    walks.finished();
  };
  const start = (stage) =>
    children.start('./floor-pubsub.mjs', { clients, folder, stage, stages: STAGES, where }, {}, arrived);
  await Promise.all(STAGES.map((_, stage) => start(stage)));
  return {
    walks,
    failed: children.failed,
    close: async () => {
      await children.kill();
      await publisher.close();
      await pubsub.close();
    },
  };
}

function rowsOf(ours, floor) {
  const name = 'Pub/Sub emulator, a process a role: signal to exchange';
  const reference = 'three raw hops and commits';
  return [
    ...ours.paces.flatMap((pace, at) => paceRows(name, pace, floor.paces[at], reference, 1.2)),
    {
      name: 'Pub/Sub emulator, a process a role: signals, each with its trade or its close',
      ours: ours.perSecond,
      unit: 'signals/s',
      reference: { name: `${reference}, 100 in flight`, value: floor.perSecond },
      target: null,
    },
  ];
}

if (isMain(import.meta.url))
  printRows(await run({ quick: process.argv.includes('--quick'), log: console.error }));
