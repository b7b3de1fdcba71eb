/**
 * One hop over the Pub/Sub bus: a message is published, confirmed, delivered to one group, handed over, and
 * acknowledged. Handlers do nothing, so that it is the bus that is measured; publisher, reader and the emulator share
 * the machine. The emulator delivers at most a hundred messages of a stream at a time, 50 ms apart, which is what a hop
 * takes, whatever one does; both subjects are opened several times, since it depends on when their streams were.
 *
 * - alone: the next message is published when the one before it was handled; from the call of publish to the handler
 * - in flight: 1,000 messages of 100 keys at a time, each thousand published when the one before it was confirmed
 *
 * The floor is Pub/Sub itself through Google's own clients: a request for each key with all of its messages, and a
 * subscription of one stream, as ours has, whose listener acknowledges at once.
 */
import { PubSub, v1 } from '@google-cloud/pubsub';
import { initPubSub, PubSubBus } from '../../libs/bus/pubsub/dist/index.js';
import { PubSubEmulator, PUBSUB_EMULATOR, pubsubEmulator } from '../../libs/testkit/dist/pubsub-emulator.js';
import { alone, GROUP, inFlight, TOPIC } from './bus-hops.mjs';
import { isMain, quantile } from './measure.mjs';
import { printRows } from './table.mjs';

const FULL = { openings: 8, alone: 40, turn: 20, inFlight: 20_000, rounds: 3 };
const QUICK = { openings: 2, alone: 20, turn: 20, inFlight: 4_000, rounds: 1 };

/** @returns {Promise<import('./measure.mjs').Row[]>} */
export async function run({ quick = false, log = () => undefined } = {}) {
  const place = pubsubEmulator();
  if (place === null) {
    log(`skipped: this machine has not ${PUBSUB_EMULATOR}`);
    return [];
  }
  const size = quick ? QUICK : FULL;
  const emulator = await PubSubEmulator.start(place);
  try {
    const where = { endpoint: emulator.host, projectId: emulator.projectId };
    const [ours, floor] = [[], []];
    let subjects = [];
    log('alone');
    for (let opening = 0; opening < size.openings; opening += 1) {
      for (const { close } of subjects) await close();
      subjects = [
        await openBus({ ...where, prefix: `ours-${opening}.` }),
        await openFloor(where, `floor-${opening}`),
      ];
      await alone(subjects, size, [ours, floor]);
    }
    log('in flight');
    const [oursPerSecond, floorPerSecond] = await inFlight(subjects, size);
    log(`${Math.round(process.memoryUsage.rss() / 1e6)} MB resident, both subjects connected`);
    for (const { close } of subjects) await close();
    const latency = (share) => ({
      ours: quantile(ours, share),
      unit: 'us',
      reference: { name: "Google's clients", value: quantile(floor, share) },
    });
    const p50 = latency(0.5);
    return [
      {
        name: 'Pub/Sub bus, emulator: hop, alone, p50',
        ...p50,
        target: '<= 1.2x',
        met: p50.ours <= 1.2 * p50.reference.value,
      },
      { name: 'Pub/Sub bus, emulator: hop, alone, p99', ...latency(0.99), target: null },
      {
        name: 'Pub/Sub bus, emulator: hop, 1,000 in flight',
        ours: oursPerSecond,
        unit: 'messages/s',
        reference: { name: "Google's clients, a request a key", value: floorPerSecond },
        target: null,
      },
    ];
  } finally {
    await emulator.stop();
  }
}

/** A subject: publishes, and calls `handled` for each message that has arrived. */
async function openBus(where) {
  await initPubSub([{ topic: TOPIC, groups: [GROUP] }], where);
  const bus = new PubSubBus(where);
  const subject = {
    handled: () => undefined,
    publish: (all) => Promise.all(all.map((message) => bus.publish(message))),
    close: () => bus.close(),
  };
  bus.subscribe({ topic: TOPIC, group: GROUP, handle: async () => subject.handled() });
  return subject;
}

async function openFloor({ endpoint, projectId }, name) {
  // The emulator asks for no credentials, and without any the client would look for some.
  const credentials = { client_email: 'none', private_key: 'none' };
  const pubsub = new PubSub({ projectId, apiEndpoint: endpoint, credentials });
  const publisher = new v1.PublisherClient(await pubsub.getClientConfig());
  const topic = `projects/${projectId}/topics/${name}`;
  await pubsub.createTopic(topic);
  await pubsub.topic(topic).createSubscription(name, { enableMessageOrdering: true });
  const subscription = pubsub.subscription(name, { streamingOptions: { maxStreams: 1 } });
  const subject = {
    handled: () => undefined,
    publish: (all) =>
      Promise.all(
        byKey(all).map((ofKey) =>
          publisher.publish({ topic, messages: ofKey.map(wireOf) }, { isBundling: false }),
        ),
      ),
    close: async () => {
      await subscription.close();
      await publisher.close();
      await pubsub.close();
    },
  };
  subscription.on('message', (message) => {
    message.ack();
    subject.handled();
  });
  return subject;
}

function wireOf({ data, key, epoch, time, ...attributes }) {
  return {
    orderingKey: key,
    attributes: { ...attributes, epoch: String(epoch), time: String(time) },
    data: Buffer.from(data),
  };
}

function byKey(all) {
  const keys = new Map();
  for (const message of all) keys.set(message.key, [...(keys.get(message.key) ?? []), message]);
  return [...keys.values()];
}

if (isMain(import.meta.url)) {
  printRows(await run({ quick: process.argv.includes('--quick'), log: (line) => console.error(line) }));
}
