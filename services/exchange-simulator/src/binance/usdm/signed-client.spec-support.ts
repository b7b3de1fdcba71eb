import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { WebSocket } from 'ws';
import type { ApiCredentials } from '../common/credentials.js';
import { Heard } from './heard.spec-support.js';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** As JSON; the text where it is none. */
  // The shapes are what the specs are about.
  readonly body: Record<string, never>;
}

type Params = Readonly<Record<string, string | number | boolean>>;

/** A client of the dialect without any manners of its own. */
export class SignedClient {
  constructor(
    readonly url: string,
    private readonly keys: ApiCredentials,
    /** Where it calls from. */
    private readonly localAddress = '127.0.0.1',
  ) {}

  get(path: string, params: Params = {}): Promise<Answer> {
    return this.call('GET', path, params);
  }

  post(path: string, params: Params = {}): Promise<Answer> {
    return this.call('POST', path, params);
  }

  put(path: string, params: Params = {}): Promise<Answer> {
    return this.call('PUT', path, params);
  }

  delete(path: string, params: Params = {}): Promise<Answer> {
    return this.call('DELETE', path, params);
  }

  private call(method: string, path: string, params: Params): Promise<Answer> {
    const query = encoded({ timestamp: Date.now(), ...params });
    const signature = createHmac('sha256', this.keys.apiSecret).update(query).digest('hex');
    return this.raw(method, `/fapi/${path}?${query}&signature=${signature}`);
  }

  /** A request as it stands, with the account's key unless said otherwise. */
  raw(
    method: string,
    target: string,
    { apiKey = this.keys.apiKey, body = '' }: { apiKey?: string | null; body?: string } = {},
  ): Promise<Answer> {
    const { hostname, port } = new URL(this.url);
    const headers = apiKey === null ? {} : { 'X-MBX-APIKEY': apiKey };
    const { localAddress } = this;
    return new Promise((resolve, reject) => {
      const options = { hostname, port, path: target, method, headers, localAddress, agent: false };
      const sent = request(options, (response) => {
        let text = '';
        response.on('data', (part: Buffer) => (text += part.toString()));
        response.on('error', reject);
        response.on('end', () => {
          const body = text.startsWith('<') ? text : (JSON.parse(text) as unknown);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body } as Answer);
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  /** An account's stream. Resolves once it stands. */
  async listen(path?: (listenKey: string) => string): Promise<UserStream> {
    const { body } = await this.raw('POST', '/fapi/v1/listenKey');
    const key = String(body['listenKey']);
    const target = path?.(key) ?? `/private/ws?listenKey=${key}`;
    return UserStream.open(`${this.url.replace('http', 'ws')}${target}`);
  }
}

/** An event, as it came over the line: what is in it, by name. */
export type StreamEvent = Record<string, Record<string, unknown> | undefined>;

/** `ORDER_TRADE_UPDATE`; empty where it has no kind. */
function kindOf(event: StreamEvent): string {
  const kind: unknown = event['e'];
  return typeof kind === 'string' ? kind : '';
}

export function isAccountUpdate(event: StreamEvent): boolean {
  return kindOf(event) === 'ACCOUNT_UPDATE';
}

/** What an account hears. */
export class UserStream extends Heard<StreamEvent> {
  readonly closed: Promise<number>;

  private constructor(readonly socket: WebSocket) {
    super();
    socket.on('message', (data: Buffer) => this.push(JSON.parse(data.toString()) as StreamEvent));
    this.closed = new Promise((resolve) => {
      socket.on('close', resolve);
    });
  }

  static open(url: string): Promise<UserStream> {
    const stream = new UserStream(new WebSocket(url));
    return new Promise((resolve, reject) => {
      stream.socket.on('open', () => resolve(stream));
      stream.socket.on('error', reject);
    });
  }

  /** The first event of a kind from `from` on, about an order in a state where that is said. */
  of(kind: string, order: { readonly c?: string; readonly X?: string } = {}, from = 0): Promise<StreamEvent> {
    return this.find((event) => {
      const { c, caid, X } = (event['o'] ?? {}) as Record<string, unknown>;
      const isOrder = order.c === undefined || order.c === c || order.c === caid;
      return kindOf(event) === kind && isOrder && (order.X === undefined || order.X === X);
    }, from);
  }

  /** `ORDER_TRADE_UPDATE NEW`: what came, in its order. */
  kinds(): readonly string[] {
    return this.all.map((event) => {
      const { X, x } = (event['o'] ?? {}) as Record<string, string | undefined>;
      return [kindOf(event), x, X].filter((part) => part !== undefined).join(' ');
    });
  }

  close(): void {
    this.socket.terminate();
  }
}

function encoded(params: Params): string {
  return Object.entries(params)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
    .join('&');
}
