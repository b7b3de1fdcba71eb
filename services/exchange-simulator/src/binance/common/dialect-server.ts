import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TimeMs } from '@bowline/domain';
import type { Clock, Logger } from '@bowline/ports';
import { WebSocketServer, type WebSocket } from 'ws';
import { BinanceError, errorBody } from './binance-error.js';
import type { Dialect, DialectFaults } from './dialect.js';
import { DialectDesk, type Reply } from './dialect-desk.js';
import { readRequest, type DialectRequest } from './dialect-request.js';
import { REQUEST_LINE, serveRequests } from './request-line.js';
import { serveUserLine } from './user-line.js';

const MOST_BYTES = 1 << 20;
/** How often whoever listens is asked whether he is still there. */
const PING_MS = 180_000;
/** After so long every line is hung up, as Binance does. */
const LONGEST_LINE_MS = 86_400_000;

/** What cannot be decoded. */
const UNREADABLE: Reply = { status: 400, headers: {}, body: errorBody(BinanceError.of(-1100, '')) };

/** How the server comes by the exchange's time. */
export interface DialectTime {
  readonly clock: Clock;
  /** Does something from outside, at its time. */
  do(act: (at: TimeMs) => void): void;
  /** Milliseconds that a message takes. */
  travelMs(message: string): number;
}

/** An exchange's own language at a port of its own: HTTP and WebSocket, as its public clients know it. */
export class DialectServer {
  private readonly server: Server;
  private readonly sockets = new WebSocketServer({ noServer: true });
  private readonly desk: DialectDesk;
  private readonly pings: NodeJS.Timeout;
  private lastRequest = 0;

  constructor(
    private readonly exchange: string,
    private readonly dialect: Dialect,
    private readonly faults: DialectFaults,
    private readonly time: DialectTime,
    private readonly logger: Logger,
  ) {
    this.desk = new DialectDesk(dialect, faults);
    this.server = createServer((request, response) => void this.onRequest(request, response));
    this.server.on('upgrade', (request, socket, head) => this.onUpgrade(request, socket, head));
    this.pings = setInterval(() => this.sockets.clients.forEach((socket) => socket.ping()), PING_MS);
    this.pings.unref();
  }

  /** Resolves with where it listens. Rejects where the address cannot be had. */
  listen(host: string, port: number): Promise<string> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => {
        const { address, family, port: bound } = this.server.address() as AddressInfo;
        resolve(`http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`);
      });
    });
  }

  async close(): Promise<void> {
    clearInterval(this.pings);
    this.sockets.clients.forEach((socket) => socket.terminate());
    if (!this.server.listening) return;
    const closed = new Promise((resolve) => {
      this.server.close(resolve);
    });
    this.server.closeAllConnections();
    await closed;
  }

  private async onRequest(message: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await bodyOf(message);
      if (body === null) return send(response, { status: 413, headers: {}, body: null });
      const request = requestOf(message, body);
      if (request === null) return send(response, UNREADABLE);
      // That is for lines.
      if (request.path.startsWith(REQUEST_LINE)) return void response.writeHead(404).end();
      this.attend(request, (reply) => send(response, reply));
    } catch (error) {
      this.fail(message.url, error, response);
    }
  }

  /** A request travels, is carried out, and its answer travels. */
  private attend(request: DialectRequest, onReply: (reply: Reply | null) => void): void {
    const { clock } = this.time;
    const attended = this.desk.attend(request);
    this.lastRequest += 1;
    const name = `${request.method} ${request.path} ${this.lastRequest}`;
    this.time.do((sentAt) => {
      clock.callAt(sentAt + this.time.travelMs(name) + attended.lateMs, () => {
        const reply = attended.carryOut(clock.now());
        const arrival = clock.now() + this.time.travelMs(`answer to ${name}`) + attended.delayMs;
        if (reply !== undefined) clock.callAt(arrival, () => onReply(reply));
      });
    });
  }

  private fail(url: string | undefined, error: unknown, response: ServerResponse): void {
    this.logger.error({ exchange: this.exchange, url, error }, 'a request has failed');
    response.destroy();
  }

  private onUpgrade(message: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', (error) => this.logger.info({ exchange: this.exchange, error }, 'a line has broken'));
    const { methods } = this.dialect;
    if (methods !== null && isRequestLine(message.url ?? ''))
      return this.onRequestLine(message, socket, head, methods);
    const asked = askedStreams(message.url ?? '');
    if (asked === null) return hangUp(socket, '404 Not Found');
    this.time.do((at) => {
      if (this.faults.isInMaintenance(at)) return hangUp(socket, '503 Service Unavailable');
      const accounts = asked.streams.flatMap((stream) => this.dialect.keys.accountOf(stream) ?? []);
      if (accounts.some((account) => this.faults.isAway(account, at))) return void socket.destroy();
      this.sockets.handleUpgrade(message, socket, head, (line) =>
        this.time.do((now) => this.open(line, asked, accounts.length > 0, now)),
      );
    });
  }

  private onRequestLine(
    message: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    methods: NonNullable<Dialect['methods']>,
  ): void {
    const { usage, users } = this.dialect;
    this.time.do((at) => {
      if (this.faults.isInMaintenance(at)) return hangUp(socket, '503 Service Unavailable');
      this.sockets.handleUpgrade(message, socket, head, (line) => {
        this.time.do((now) => this.keep(line, now));
        serveRequests(line, {
          ...{ ip: message.socket.remoteAddress ?? '', methods, limits: usage.limits },
          ask: (request, onReply) => this.attend(request, onReply),
          subscribe: (account, subscriptionId) => {
            if (this.faults.isAway(account, this.time.clock.now())) return line.terminate();
            users.subscribe(account, subscriptionId, line);
            this.logger.info({ exchange: this.exchange, account }, 'an account listens');
          },
          unsubscribe: (subscriptionId) => users.unsubscribe(subscriptionId, line),
        });
      });
    });
  }

  /** A line lives for a day at most. */
  private keep(socket: WebSocket, now: TimeMs): void {
    socket.on('error', (error) => this.logger.info({ exchange: this.exchange, error }, 'a line has broken'));
    const end = (): void => socket.close(1001, 'a day is over');
    socket.on('close', this.dialect.timers.at(now + LONGEST_LINE_MS, end));
  }

  private open(socket: WebSocket, asked: AskedStreams, hasKey: boolean, now: TimeMs): void {
    this.keep(socket, now);
    const { market } = this.dialect;
    const { isCombined, isPrivate, streams } = asked;
    if (market !== null && !hasKey && !isPrivate)
      return market.accept(socket, streams, isCombined, (act) => this.time.do(act));
    // A key that is none, or is none any more.
    if (!hasKey && streams.length > 0) return void socket.close(1008, 'This listenKey does not exist.');
    this.serveUsers(socket, streams, isCombined);
  }

  private serveUsers(socket: WebSocket, keys: readonly string[], isCombined: boolean): void {
    const { keys: known, users } = this.dialect;
    const join = (key: string): boolean => {
      const account = known.accountOf(key);
      if (account === null) return false;
      users.join(account, key, socket, isCombined);
      this.logger.info({ exchange: this.exchange, account }, 'an account listens');
      return true;
    };
    const heard = new Set(keys.filter(join));
    serveUserLine(socket, heard, { join, leave: (key) => users.leave(key, socket) });
  }
}

function hangUp(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
}

function isRequestLine(target: string): boolean {
  return target.split('?')[0] === REQUEST_LINE;
}

interface AskedStreams {
  readonly streams: readonly string[];
  readonly isCombined: boolean;
  /** Only a user stream can be meant. */
  readonly isPrivate: boolean;
}

/**
 * `/ws/NAME`, `/ws`, `/stream?streams=NAME/NAME`, each also behind `/public`, `/market` or `/private`, where the key can be a
 * parameter: `/private/ws?listenKey=KEY`. Null: nothing of it.
 */
export function askedStreams(target: string): AskedStreams | null {
  if (!URL.canParse(target, 'http://localhost')) return null;
  const url = new URL(target, 'http://localhost');
  const path = url.pathname.split('/').filter((part) => part !== '');
  const first = path[0] ?? '';
  const isScoped = first === 'public' || first === 'market' || first === 'private';
  const [kind, ...names] = isScoped ? path.slice(1) : path;
  if (kind !== 'ws' && kind !== 'stream') return null;
  const key = url.searchParams.get('listenKey');
  const listed = (url.searchParams.get('streams') ?? '').split('/').filter((name) => name !== '');
  const streams = [...names, ...listed, ...(key === null || key === '' ? [] : [key])];
  return { streams, isCombined: kind === 'stream', isPrivate: first === 'private' || key !== null };
}

function requestOf(message: IncomingMessage, body: string): DialectRequest | null {
  const key = message.headers['x-mbx-apikey'];
  const apiKey = typeof key === 'string' ? key : null;
  try {
    return readRequest(
      message.method ?? '',
      message.url ?? '',
      body,
      apiKey,
      message.socket.remoteAddress ?? '',
    );
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}

/** Null: it is too long. */
async function bodyOf(message: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of message as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MOST_BYTES) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function send(response: ServerResponse, reply: Reply | null): void {
  if (reply === null) return void response.destroy();
  const { body, headers, status } = reply;
  const text =
    body === null ? '<html><body><h1>Service Unavailable</h1></body></html>' : JSON.stringify(body);
  response.writeHead(status, {
    ...headers,
    'content-type': body === null ? 'text/html' : 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
