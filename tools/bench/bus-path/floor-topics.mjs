/** The topics of the floor over Pub/Sub, and Google's own clients. */
import { PubSub, v1 } from '@google-cloud/pubsub';
import { SYMBOLS } from '../signal-path/desk-of.mjs';

/** Who subscribes at each hop, by the key that they take: order-generators, oco-managers, execution-gateways. */
export const STAGES = [['all'], SYMBOLS, ['all']];

export function topicOf(stage, client) {
  return `floor-${stage}-${client}`;
}

export async function openPubSub({ endpoint, projectId }) {
  // The emulator asks for no credentials, and without any the client would look for some.
  const credentials = { client_email: 'none', private_key: 'none' };
  const pubsub = new PubSub({ projectId, apiEndpoint: endpoint, credentials });
  return { pubsub, publisher: new v1.PublisherClient(await pubsub.getClientConfig()) };
}

export async function makeFloorTopics(pubsub, clients) {
  for (const [stage, keys] of STAGES.entries()) {
    for (let client = 0; client < clients; client += 1) {
      const [topic] = await pubsub.createTopic(topicOf(stage, client));
      for (const key of keys)
        await topic.createSubscription(`${topic.name.split('/').at(-1)}-${key}`, {
          enableMessageOrdering: true,
        });
    }
  }
}

/** A request of its own, as it is sent where nothing else waits. */
export function publishOne(publisher, { projectId }, topic, message) {
  const request = { topic: `projects/${projectId}/topics/${topic}`, messages: [message] };
  return publisher.publish(request, { isBundling: false });
}
