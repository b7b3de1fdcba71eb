import { Agent } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { createServer, type Server } from 'node:tls';

const PSK = { psk: Buffer.from('a key that both sides know'), identity: 'spec' };
const OPTIONS = { ciphers: 'PSK', maxVersion: 'TLSv1.2' } as const;

/** Speaks TLS before a server that does not, for clients that insist on it. The key is shared, so that nobody needs a certificate. */
export class TlsFront {
  /** For the client. */
  readonly agent = new Agent({
    ...OPTIONS,
    pskCallback: () => PSK,
    checkServerIdentity: () => undefined,
    rejectUnauthorized: false,
  });
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async open(url: string): Promise<TlsFront> {
    const behind = Number(new URL(url).port);
    const server = createServer({ ...OPTIONS, pskCallback: () => PSK.psk }, (socket) => {
      const plain = connect(behind, '127.0.0.1');
      for (const each of [socket, plain]) {
        front.sockets.add(each);
        each.on('close', () => front.sockets.delete(each));
        // Whoever hangs up ends both.
        each.on('error', () => each.destroy());
      }
      socket.pipe(plain).pipe(socket);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const front = new TlsFront(server, (server.address() as AddressInfo).port);
    return front;
  }

  async close(): Promise<void> {
    this.agent.destroy();
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => {
      this.server.close(resolve);
    });
  }
}
