/**
 * A hop of the floor: takes messages, commits, publishes the next ones, acknowledges, over Google's own clients. As in the
 * desk, a client has its topics, and the hop in the middle a subscription for each symbol that takes its own of them.
 */
import { openCommits } from './floor-commits.mjs';
import { Notes } from './notes.mjs';
import { nowMs } from '../signal-path/walks.mjs';
import { openPubSub, publishOne, topicOf } from './floor-topics.mjs';

process.on('disconnect', () => process.exit(0));
const { clients, folder, stage, stages, where } = JSON.parse(process.argv[2]);
const { publisher, pubsub } = await openPubSub(where);
const commit = openCommits(folder, stage);
const notes = new Notes();
for (let client = 0; client < clients; client += 1) {
  for (const key of stages[stage]) {
    const name = `${topicOf(stage, client)}-${key}`;
    const subscription = pubsub.subscription(name, { streamingOptions: { maxStreams: 1 } });
    subscription.on('error', (error) => {
      throw error;
    });
    subscription.on('message', (message) => {
      if (key === 'all' || message.orderingKey.endsWith(`/${key}`)) take(message, client);
      message.ack();
    });
  }
}
process.send('ready');

function take({ attributes, data, orderingKey }, client) {
  commit(1);
  if (stage + 1 === stages.length) notes.add({ number: Number(attributes.number), at: nowMs() });
  else void publishOne(publisher, where, topicOf(stage + 1, client), { attributes, data, orderingKey });
}
