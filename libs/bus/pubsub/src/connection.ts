import { PubSub, v1 } from '@google-cloud/pubsub';
import type { PubSubConnection } from './options.js';

type ClientOptions = NonNullable<ConstructorParameters<typeof v1.PublisherClient>[0]>;

/** Google's client for what goes out, and for what is made. */
export interface Connection {
  readonly pubsub: PubSub;
  readonly publisher: v1.PublisherClient;
  close(): Promise<void>;
}

/** Connects nothing yet: the clients do with their first request. */
export async function connect(options: PubSubConnection): Promise<Connection> {
  const pubsub = clientOf(options);
  const publisher = new v1.PublisherClient(await clientOptions(pubsub));
  return {
    pubsub,
    publisher,
    close: async () => {
      await Promise.all([publisher.close(), pubsub.close()]);
    },
  };
}

/** For the clients that `PubSub` does not make: where it connects to, and how. */
export async function clientOptions(pubsub: PubSub): Promise<ClientOptions> {
  const { port, ...config } = await pubsub.getClientConfig();
  return port === undefined ? config : { ...config, port: Number(port) };
}

/**
 * A client with a connection that it shares with nobody. Google's servers take a hundred streams over one connection:
 * with more readers than fit there, acknowledgements would wait behind streams that never end.
 */
export function clientOf({ endpoint, projectId }: PubSubConnection): PubSub {
  const options = {
    projectId,
    'grpc.use_local_subchannel_pool': 1,
    // By default a client that has lost its server tries again after up to two minutes.
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 1000,
    ...(endpoint === undefined ? {} : { apiEndpoint: endpoint }),
  };
  const pubsub = new PubSub(options);
  if (!pubsub.isEmulator) return pubsub;
  // An emulator asks for no credentials. Without any, though, the client looks for Google's metadata server first.
  return new PubSub({ ...options, credentials: { client_email: 'none', private_key: 'none' } });
}

/** Resolves after so many milliseconds, or at once when `signal` aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
