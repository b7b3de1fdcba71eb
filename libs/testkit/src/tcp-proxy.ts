import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  abandoned: boolean;
}

/** Stands between a client and a server of a suite, and does to their connections what networks do. */
export class TcpProxy {
  private readonly pairs = new Set<Pair>();
  private refusing = false;
  private holdsRequests = false;
  private holdsReplies = false;

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

  /** Ends all connections, with whatever is on its way. New ones are let through. */
  cut(): void {
    for (const { client, server } of this.pairs) {
      client.destroy();
      server.destroy();
    }
    this.pairs.clear();
  }

  /** Ends all connections, and every new one at once, until `accept`. */
  refuse(): void {
    this.refusing = true;
    this.cut();
  }

  accept(): void {
    this.refusing = false;
  }

  /**
   * Keeps back what comes from the client, or from the server, on the connections of now and later; neither side learns
   * of it. With `cut` it is lost.
   */
  hold(what: { readonly requests?: boolean; readonly replies?: boolean }): void {
    this.holdsRequests ||= what.requests === true;
    this.holdsReplies ||= what.replies === true;
    for (const pair of this.pairs) this.holdOrGo(pair);
  }

  /** Lets through what was kept back, in order. */
  release(): void {
    this.holdsRequests = false;
    this.holdsReplies = false;
    for (const pair of this.pairs) this.holdOrGo(pair);
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
    const pair: Pair = { client, server, abandoned: false };
    server.on('error', () => server.destroy());
    client.on('close', () => {
      if (!pair.abandoned) server.destroy();
    });
    server.on('close', () => {
      client.destroy();
      this.pairs.delete(pair);
    });
    this.pairs.add(pair);
    this.holdOrGo(pair);
  }

  private holdOrGo({ abandoned, client, server }: Pair): void {
    if (abandoned) return;
    client.unpipe(server);
    server.unpipe(client);
    if (!this.holdsRequests) client.pipe(server);
    if (!this.holdsReplies) server.pipe(client);
  }
}
