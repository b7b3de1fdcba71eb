import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

/** A call that has come. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly apiKey: string | undefined;
  readonly isSigned: boolean;
}

/** What a call is answered with. `hang`: never; `drop`: the connection is broken. */
export type Reply =
  | { readonly status?: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }
  | 'hang'
  | 'drop';

type Handler = (call: Call) => Reply | Promise<Reply>;

/** A server of Binance's manners as a spec tells it to be: real HTTP and WebSocket, and nothing behind it. */
export class ScriptedServer {
  readonly calls: Call[] = [];
  readonly sockets: { readonly url: string; readonly socket: WebSocket }[] = [];
  private readonly handlers = new Map<string, Handler>();
  private readonly waiting: { when: () => boolean; resolve: () => void }[] = [];

  private readonly server: Server = createServer();
  private readonly webSockets = new WebSocketServer({ server: this.server });
  private onMessage: (text: string, socket: WebSocket) => void = () => undefined;

  /** @param secret what signed calls are signed with */
  constructor(private readonly secret: string) {
    const { server, webSockets } = this;
    server.on('request', (request, response) => void this.answer(request, response));
    webSockets.on('connection', (socket, request) => {
      this.sockets.push({ url: request.url ?? '', socket });
      socket.on('message', (data: Buffer) => this.onMessage(data.toString('utf8'), socket));
      this.changed();
    });
  }

  async listen(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get streamUrl(): string {
    return this.url.replace('http:', 'ws:');
  }

  /** @param call `GET /fapi/v1/order` */
  on(call: string, handler: Handler): void {
    this.handlers.set(call, handler);
  }

  /** Answers calls with these, one after the other, and the last one again. */
  replies(call: string, ...replies: readonly [Reply, ...Reply[]]): void {
    let next = 0;
    this.on(call, () => {
      const reply = replies[Math.min(next, replies.length - 1)]!;
      next += 1;
      return reply;
    });
  }

  callsOf(call: string): readonly Call[] {
    return this.calls.filter(({ method, path }) => `${method} ${path}` === call);
  }

  /** Says it on the newest line. */
  push(event: unknown): void {
    this.sockets.at(-1)?.socket.send(typeof event === 'string' ? event : JSON.stringify(event));
  }

  /** What is said to it on a line. */
  hears(listener: (text: string, socket: WebSocket) => void): void {
    this.onMessage = listener;
  }

  /** Resolves when a call has come or a line stands, and it is so. */
  until(when: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push({ when, resolve });
      this.changed();
    });
  }

  async close(): Promise<void> {
    for (const { socket } of this.sockets) socket.terminate();
    this.webSockets.close();
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const params = Object.fromEntries(url.searchParams);
    const { signature, ...rest } = params;
    const unsigned = url.search.slice(1).replace(/&?signature=[0-9a-f]+$/, '');
    const expected = createHmac('sha256', this.secret).update(unsigned).digest('hex');
    const [method, path] = [request.method ?? '', url.pathname];
    const apiKey = request.headers['x-mbx-apikey'] as string | undefined;
    const call = { method, path, params: rest, apiKey, isSigned: signature === expected };
    this.calls.push(call);
    this.changed();
    const handler = this.handlers.get(`${method} ${path}`);
    const reply = await (handler?.(call) ?? { status: 404, body: { code: -5000, msg: `no ${path}` } });
    if (reply === 'hang') return;
    if (reply === 'drop') return void request.socket.destroy();
    const { body, headers = {}, status = 200 } = reply;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  }

  private changed(): void {
    for (const each of [...this.waiting]) {
      if (!each.when()) continue;
      this.waiting.splice(this.waiting.indexOf(each), 1);
      each.resolve();
    }
  }
}
