import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  /** What the client said first. */
  opening: string;
  abandoned: boolean;
  holdsRequests: boolean;
  holdsReplies: boolean;
}

/** Stands between a client and a server of a suite, and does to their connections what networks do. */
export class TcpProxy {
  private readonly pairs = new Set<Pair>();
  private refusing = false;

  private constructor(
    private readonly listener: Server,
    private readonly targetPort: number,
  ) {
    listener.on('connection', (client) => this.join(client));
  }

  /** @param targetPort of the server, on this machine */
  static async start(targetPort: number): Promise<TcpProxy> {
    const listener = createServer({ allowHalfOpen: false });
    const proxy = new TcpProxy(listener, targetPort);
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return proxy;
  }

  get port(): number {
    const address = this.listener.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy is closed');
    return address.port;
  }

  /** Connections that are there now. */
  get connections(): number {
    return this.pairs.size;
  }

  /**
   * Ends the connections of now, with whatever is on its way. New ones are let through.
   *
   * @param saying only those whose client began with something that has this text in it
   */
  cut(saying = ''): void {
    for (const { client, opening, server } of this.pairs) {
      if (!opening.includes(saying)) continue;
      client.destroy();
      server.destroy();
    }
  }

  /** Ends all connections, and every new one at once, until `accept`. */
  refuse(): void {
    this.refusing = true;
    this.cut();
  }

  accept(): void {
    this.refusing = false;
  }

  /** Keeps back what comes through the connections of now; neither side learns of it. With `cut` it is lost. */
  hold({
    replies = false,
    requests = false,
  }: {
    readonly replies?: boolean;
    readonly requests?: boolean;
  }): void {
    for (const pair of this.pairs) {
      pair.holdsReplies ||= replies;
      pair.holdsRequests ||= requests;
      holdOrGo(pair);
    }
  }

  /** Lets through what was kept back, in order. */
  release(): void {
    for (const pair of this.pairs) {
      pair.holdsReplies = false;
      pair.holdsRequests = false;
      holdOrGo(pair);
    }
  }

  /** Ends the client's side of all connections; the server does not learn of it. */
  abandon(): void {
    for (const pair of this.pairs) {
      pair.abandoned = true;
      pair.client.destroy();
    }
  }

  async close(): Promise<void> {
    this.cut();
    this.listener.close();
    await once(this.listener, 'close');
  }

  private join(client: Socket): void {
    // A connection that breaks is what this is about.
    client.on('error', () => client.destroy());
    if (this.refusing) {
      client.destroy();
      return;
    }
    const server = connect(this.targetPort, '127.0.0.1');
    const pair = {
      client,
      server,
      opening: '',
      abandoned: false,
      holdsRequests: false,
      holdsReplies: false,
    };
    client.once('data', (chunk: Buffer) => {
      pair.opening = chunk.toString();
    });
    server.on('error', () => server.destroy());
    client.on('close', () => {
      if (!pair.abandoned) server.destroy();
    });
    server.on('close', () => {
      client.destroy();
      this.pairs.delete(pair);
    });
    this.pairs.add(pair);
    holdOrGo(pair);
  }
}

function holdOrGo({ abandoned, client, holdsReplies, holdsRequests, server }: Pair): void {
  if (abandoned) return;
  client.unpipe(server);
  server.unpipe(client);
  if (!holdsRequests) client.pipe(server);
  if (!holdsReplies) server.pipe(client);
}
