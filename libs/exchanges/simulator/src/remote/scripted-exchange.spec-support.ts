import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { LogFields, Logger } from '@bowline/ports';
import { JsonLines } from './json-lines.js';
import { PROTOCOL } from './protocol.js';

/** What comes one by one, whether somebody waits for it or not. */
export class Arrivals<T> {
  readonly items: T[] = [];
  private waiting: ((item: T) => void) | null = null;

  push(item: T): void {
    const { waiting } = this;
    this.waiting = null;
    if (waiting === null) this.items.push(item);
    else waiting(item);
  }

  /** The next one, that nobody has taken yet. */
  next(): Promise<T> {
    const [item] = this.items;
    if (item === undefined)
      return new Promise((resolve) => {
        this.waiting = resolve;
      });
    this.items.shift();
    return Promise.resolve(item);
  }
}

/** The exchange's end of a line. */
export interface ScriptedLine {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly heard: Arrivals<unknown>;
  readonly closed: Promise<string>;
  say(word: unknown): void;
  /** Bytes as they are. */
  write(text: string): void;
  cut(): void;
}

/** How a line is answered that is asked for: an HTTP answer in place of one, or a version. */
export interface Answer {
  readonly refusal?: string;
  readonly protocol?: string;
}

/** An exchange that does nothing by itself: the spec is at the other end of its lines. */
export class ScriptedExchange {
  readonly lines = new Arrivals<ScriptedLine>();
  readonly asked = new Arrivals<IncomingMessage>();
  /** Of the lines to come, in their order; then it lets in whoever asks. */
  readonly answers: Answer[] = [];
  private readonly sockets = new Set<Duplex>();

  private constructor(private readonly server: Server) {
    server.on('upgrade', (request, socket) => this.answer(request, socket));
  }

  static async open(): Promise<ScriptedExchange> {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return new ScriptedExchange(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => {
      this.server.close(resolve);
    });
  }

  private answer(request: IncomingMessage, socket: Duplex): void {
    this.sockets.add(socket);
    this.asked.push(request);
    const { protocol = PROTOCOL, refusal } = this.answers.shift() ?? {};
    if (refusal !== undefined) return void socket.end(refusal);
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`);
    const heard = new Arrivals<unknown>();
    const closed = new Promise<string>((resolve) => {
      const lines = new JsonLines(socket, { onValue: (value) => heard.push(value), onClosed: resolve });
      this.lines.push({
        path: request.url ?? '',
        headers: request.headers,
        heard,
        get closed() {
          return closed;
        },
        say: (word) => lines.send(word),
        write: (text) => void socket.write(text),
        cut: () => socket.destroy(),
      });
    });
  }
}

/** An HTTP answer with a problem in it. */
export function refusal(status: number, detail: string): string {
  const body = JSON.stringify({ title: 'No', status, detail });
  return `HTTP/1.1 ${status} No\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
}

/** Keeps what is warned of. */
export class KeptLog implements Logger {
  readonly warnings = new Arrivals<LogFields>();

  info(): void {}

  warn(fields: LogFields): void {
    this.warnings.push(fields);
  }

  error(fields: LogFields): void {
    this.warnings.push(fields);
  }
}
