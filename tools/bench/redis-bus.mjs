/**
 * One hop over the Redis bus: a message is published, confirmed, read by one group, handed over, and acknowledged.
 * Handlers do nothing, so that it is the bus that is measured; publisher, reader and the server share the machine.
 *
 * - alone: the next message is published when the one before it was handled; from the call of publish to the handler
 * - in flight: 1,000 messages of 100 keys at a time, each thousand published when the one before it was confirmed
 *
 * The floor is Redis itself through the same client: XADD of the same fields on one connection, a blocked XREADGROUP on
 * another, XACK. The server is one of the bench's own, with an append-only file that is flushed every second.
 */
import { Redis } from 'ioredis';
import { RedisBus } from '../../libs/bus/redis/dist/index.js';
import { findProgram } from '../../libs/testkit/dist/programs.js';
import { RedisServer } from '../../libs/testkit/dist/redis-server.js';
import { alone, GROUP, inFlight, TOPIC } from './bus-hops.mjs';
import { isMain, quantile } from './measure.mjs';
import { printRows } from './table.mjs';

const FULL = { alone: 10_000, turn: 500, inFlight: 100_000, rounds: 3 };
const QUICK = { alone: 1_000, turn: 500, inFlight: 20_000, rounds: 1 };

/** @returns {Promise<import('./measure.mjs').Row[]>} */
export async function run({ quick = false, log = () => undefined } = {}) {
  const program = findProgram('redis-server');
  if (program === null) {
    log('skipped: there is no redis-server on this machine (Debian: apt-get install redis-server)');
    return [];
  }
  const size = quick ? QUICK : FULL;
  const server = await RedisServer.start(program);
  try {
    const subjects = [openBus(server.url), await openFloor(server.url)];
    log('alone');
    const [ours, floor] = [[], []];
    await alone(subjects, size, [ours, floor]);
    log('in flight');
    const [oursPerSecond, floorPerSecond] = await inFlight(subjects, size);
    for (const { close } of subjects) await close();
    const reference = 'XADD, XREADGROUP';
    const latency = (share) => ({
      ours: quantile(ours, share),
      unit: 'us',
      reference: { name: reference, value: quantile(floor, share) },
    });
    const p50 = latency(0.5);
    return [
      {
        name: 'Redis bus: hop, alone, p50',
        ...p50,
        target: '<= 1.5x',
        met: p50.ours <= 1.5 * p50.reference.value,
      },
      { name: 'Redis bus: hop, alone, p99', ...latency(0.99), target: null },
      {
        name: 'Redis bus: hop, 1,000 in flight',
        ours: oursPerSecond,
        unit: 'messages/s',
        reference: { name: `${reference}, pipelined`, value: floorPerSecond },
        target: null,
      },
    ];
  } finally {
    await server.stop();
  }
}

/** A subject: publishes, and calls `handled` for each message that has arrived. */
function openBus(url) {
  const bus = new RedisBus({ url, prefix: 'ours:' });
  const subject = {
    handled: () => undefined,
    publish: (all) => Promise.all(all.map((message) => bus.publish(message))),
    close: () => bus.close(),
  };
  bus.subscribe({
    topic: TOPIC,
    group: GROUP,
    handle: async () => subject.handled(),
  });
  return subject;
}

async function openFloor(url) {
  const [writer, reader] = [new Redis(url), new Redis(url)];
  const stream = 'floor';
  await writer.xgroup('CREATE', stream, GROUP, '0', 'MKSTREAM');
  const closed = new AbortController();
  const subject = {
    handled: () => undefined,
    publish: (all) =>
      Promise.all(all.map((message) => writer.xadd(stream, '*', ...Object.entries(message).flat()))),
    close: async () => {
      closed.abort();
      reader.disconnect();
      writer.disconnect();
    },
  };
  const read = async () => {
    while (!closed.signal.aborted) {
      const reply = await reader.xreadgroup(
        'GROUP',
        GROUP,
        'c',
        'COUNT',
        256,
        'BLOCK',
        1000,
        'STREAMS',
        stream,
        '>',
      );
      const entries = reply?.[0][1] ?? [];
      if (entries.length === 0) continue;
      for (let at = 0; at < entries.length; at += 1) subject.handled();
      void writer.xack(stream, GROUP, ...entries.map(([id]) => id));
    }
  };
  read().catch((error) => {
    if (!closed.signal.aborted) throw error;
  });
  return subject;
}

if (isMain(import.meta.url)) {
  printRows(await run({ quick: process.argv.includes('--quick'), log: (line) => console.error(line) }));
}
