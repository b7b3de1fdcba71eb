import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

type Fields = Readonly<Record<string, unknown>>;

export interface OkxCall {
  readonly method: string;
  readonly path: string;
  readonly query: Fields;
  readonly body: Fields;
  readonly headers: IncomingMessage['headers'];
}

/** BTC-USDT-SWAP, and a spot market, as OKX's documentation has them. */
const INSTRUMENTS: readonly Fields[] = [
  {
    ...{ instType: 'SWAP', instId: 'BTC-USDT-SWAP', uly: 'BTC-USDT', instFamily: 'BTC-USDT', category: '1' },
    ...{
      baseCcy: '',
      quoteCcy: '',
      settleCcy: 'USDT',
      ctVal: '0.01',
      ctMult: '1',
      ctValCcy: 'BTC',
      optType: '',
    },
    ...{ stk: '', listTime: '1606468572000', expTime: '', lever: '125', tickSz: '0.1', lotSz: '0.01' },
    ...{ minSz: '0.01', ctType: 'linear', state: 'live', maxLmtSz: '100000000', maxMktSz: '10000' },
  },
  {
    ...{ instType: 'SPOT', instId: 'BTC-USDT', uly: '', instFamily: '', category: '1', baseCcy: 'BTC' },
    ...{ quoteCcy: 'USDT', settleCcy: '', ctVal: '', ctMult: '', ctValCcy: '', listTime: '1606468572000' },
    ...{ expTime: '', lever: '10', tickSz: '0.1', lotSz: '0.00000001', minSz: '0.00001', ctType: '' },
    ...{ state: 'live', maxLmtSz: '9999999999', maxMktSz: '1000000' },
  },
];

const ok = (data: readonly unknown[]): Fields => ({ code: '0', msg: '', data });

/** As much of OKX's API as an account needs, scripted by whoever tests: what it hears, and what it says. */
export class OkxServer {
  /** What the account has asked for, public data left out. */
  readonly calls: OkxCall[] = [];
  /** By `POST /trade/cancel-order`: what is answered in place of what is usual. */
  readonly answers = new Map<string, (call: OkxCall) => Fields | 'hang_up' | { readonly status: number }>();
  private readonly sockets = new WebSocketServer({ noServer: true });
  private readonly server = createServer((request, response) => void this.onRequest(request, response));
  private readonly subscribed: { readonly socket: WebSocket; readonly arg: Fields }[] = [];

  private constructor() {
    this.server.on('upgrade', (request, socket, head) =>
      this.sockets.handleUpgrade(request, socket, head, (each) => {
        each.on('message', (data: Buffer) => this.onMessage(each, data.toString('utf8')));
      }),
    );
  }

  static async start(): Promise<OkxServer> {
    const made = new OkxServer();
    await new Promise<void>((resolve) => {
      made.server.listen(0, '127.0.0.1', resolve);
    });
    return made;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Says something in a channel, such as `orders`, which is subscribed. */
  push(channel: string, data: readonly Fields[]): void {
    if (!this.subscribed.some(({ arg }) => arg['channel'] === channel))
      throw new Error(`nobody listens to ${channel}`);
    for (const { arg, socket } of this.subscribed)
      if (arg['channel'] === channel) socket.send(JSON.stringify({ arg, data }));
  }

  hangUp(): void {
    this.subscribed.length = 0;
    for (const socket of this.sockets.clients) socket.terminate();
  }

  callsTo(path: string): readonly OkxCall[] {
    return this.calls.filter((call) => `${call.method} ${call.path}` === path);
  }

  async close(): Promise<void> {
    this.hangUp();
    this.server.closeAllConnections();
    await new Promise((resolve) => {
      this.server.close(resolve);
    });
  }

  private async onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const part of request.setEncoding('utf8')) text += String(part);
    const url = new URL(request.url ?? '/', 'http://okx');
    const parsed: unknown = text === '' ? {} : JSON.parse(text);
    const [first] = Array.isArray(parsed) ? (parsed as Fields[]) : [parsed as Fields];
    const call: OkxCall = {
      method: request.method ?? '',
      path: url.pathname.replace('/api/v5', ''),
      query: Object.fromEntries(url.searchParams),
      body: first ?? {},
      headers: request.headers,
    };
    if (!call.path.startsWith('/public')) this.calls.push(call);
    const answer = this.answers.get(`${call.method} ${call.path}`)?.(call) ?? usual(call);
    if (answer === 'hang_up') return void request.socket.destroy();
    const status = typeof answer['status'] === 'number' ? answer['status'] : 200;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }

  private onMessage(socket: WebSocket, text: string): void {
    if (text === 'ping') return socket.send('pong');
    const { args, op } = JSON.parse(text) as { readonly op: string; readonly args: readonly Fields[] };
    if (op === 'login') return socket.send(JSON.stringify({ event: 'login', code: '0', msg: '' }));
    for (const arg of args) {
      this.subscribed.push({ socket, arg });
      socket.send(JSON.stringify({ event: 'subscribe', arg }));
    }
  }
}

function usual({ method, path, query }: OkxCall): Fields {
  switch (`${method} ${path}`) {
    case 'GET /public/time':
      return ok([{ ts: String(Date.now()) }]);
    case 'GET /public/instruments':
      return ok(INSTRUMENTS.filter(({ instType }) => instType === query['instType']));
    case 'GET /account/config':
      return ok([{ uid: '1', posMode: 'net_mode', acctLv: '2', mainUid: '1', type: '0', label: 'l' }]);
    case 'GET /account/balance':
      return ok([
        {
          uTime: '1700000000000',
          details: [{ ccy: 'USDT', eq: '1000.25', cashBal: '1000.25', availBal: '900' }],
        },
      ]);
    case 'GET /trade/order':
    case 'GET /trade/order-algo':
      return { code: '51603', msg: 'Order does not exist', data: [] };
    default:
      return ok([]);
  }
}
