import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** From the exchange to its client, or the other way. */
export type Direction = 'down' | 'up';

/** Stands between clients and a server, and breaks one connection after a number of bytes. */
export class CuttingProxy {
  /** Bytes that went by, of all connections. */
  readonly passed: Record<Direction, number> = { down: 0, up: 0 };
  private cut: { readonly direction: Direction; left: number } | null = null;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly target: number,
  ) {
    server.on('connection', (client) => this.join(client));
  }

  static async open(targetUrl: string): Promise<CuttingProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return new CuttingProxy(server, Number(new URL(targetUrl).port));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Lets `bytes` more go by in a direction, and then breaks the connection that has brought them. */
  cutAfter(direction: Direction, bytes: number): void {
    this.cut = { direction, left: bytes };
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => {
      this.server.close(resolve);
    });
  }

  private join(client: Socket): void {
    const server = connect(this.target, '127.0.0.1');
    this.pass(client, server, 'up');
    this.pass(server, client, 'down');
  }

  private pass(from: Socket, to: Socket, direction: Direction): void {
    this.sockets.add(from);
    from.setNoDelay(true);
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.sockets.delete(from);
      to.destroy();
    });
    from.on('data', (chunk) => {
      const { cut } = this;
      const through = cut?.direction === direction ? chunk.subarray(0, cut.left) : chunk;
      this.passed[direction] += through.length;
      if (cut?.direction !== direction || chunk.length < cut.left) {
        if (cut?.direction === direction) cut.left -= chunk.length;
        return void to.write(through);
      }
      this.cut = null;
      to.write(through, () => {
        from.destroy();
        to.destroy();
      });
    });
  }
}
