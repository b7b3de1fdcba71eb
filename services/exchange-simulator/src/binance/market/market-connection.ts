import type { TimeMs } from '@bowline/domain';
import type { RawData, WebSocket } from 'ws';
import { z } from 'zod';

export interface ConnectionEvents {
  /** Does something at its time. */
  enter(act: () => void): void;
  /** False: there is no such stream. */
  subscribe(name: string): boolean;
  unsubscribe(name: string): void;
  onClosed(): void;
}

/** Bytes of events that somebody may leave unread, before the line is broken off. */
const MOST_UNREAD = 16 << 20;
const MOST_STREAMS = 1_024;
/** Messages in a second, pings and pongs too. */
const MOST_MESSAGES = 10;
/** Of a close frame: whoever is on the line has broken its rules. */
const POLICY_VIOLATION = 1_008;

const id = z.union([z.number(), z.string(), z.null()]).optional();
const streamNames = z.array(z.string().max(256)).max(MOST_STREAMS);
const word = z.discriminatedUnion('method', [
  z.object({ method: z.literal('SUBSCRIBE'), params: streamNames, id }),
  z.object({ method: z.literal('UNSUBSCRIBE'), params: streamNames, id }),
  z.object({ method: z.literal('LIST_SUBSCRIPTIONS'), id }),
  z.object({ method: z.literal('SET_PROPERTY'), params: z.tuple([z.literal('combined'), z.boolean()]), id }),
  z.object({ method: z.literal('GET_PROPERTY'), params: z.tuple([z.literal('combined')]), id }),
]);
type Word = z.output<typeof word>;

/** One line about markets: what it hears, and what it asks for. */
export class MarketConnection {
  private readonly heard = new Set<string>();
  private second: TimeMs = 0;
  private messages = 0;

  constructor(
    private readonly socket: WebSocket,
    private isCombined: boolean,
    private readonly now: () => TimeMs,
    private readonly events: ConnectionEvents,
  ) {
    socket.on('message', (data, isBinary) => events.enter(() => this.onMessage(data, isBinary)));
    socket.on('ping', () => events.enter(() => void this.count()));
    socket.on('pong', () => events.enter(() => void this.count()));
    socket.on('close', () => events.enter(() => events.onClosed()));
  }

  get names(): readonly string[] {
    return [...this.heard];
  }

  add(name: string): boolean {
    if (this.heard.has(name)) return true;
    if (!this.events.subscribe(name)) return false;
    this.heard.add(name);
    return true;
  }

  /** @param text the event as JSON */
  tell(name: string, text: string): void {
    this.socket.send(this.isCombined ? `{"stream":${JSON.stringify(name)},"data":${text}}` : text);
    if (this.socket.bufferedAmount > MOST_UNREAD) this.cut();
  }

  cut(): void {
    this.socket.terminate();
  }

  /** False: there were too many in this second, and the line is closed. */
  private count(): boolean {
    const second = Math.floor(this.now() / 1_000);
    this.messages = second === this.second ? this.messages + 1 : 1;
    this.second = second;
    if (this.messages <= MOST_MESSAGES) return true;
    this.socket.close(POLICY_VIOLATION, 'Too many requests');
    return false;
  }

  private onMessage(data: RawData, isBinary: boolean): void {
    if (!this.count()) return;
    const text = isBinary ? '' : textOf(data);
    const read = word.safeParse(jsonOrNull(text));
    if (!read.success) return this.refuse(jsonOrNull(text), `Invalid request: ${problemOf(read.error)}`);
    this.onWord(read.data);
  }

  private onWord(said: Word): void {
    switch (said.method) {
      case 'SUBSCRIBE': {
        if (new Set([...this.heard, ...said.params]).size > MOST_STREAMS)
          return this.refuse(said, `Invalid request: a connection has ${MOST_STREAMS} streams at most`);
        const added = said.params.filter((name) => !this.heard.has(name));
        const unknown = said.params.find((name) => !this.add(name));
        if (unknown === undefined) return this.answer(said, null);
        for (const name of added) this.remove(name);
        return this.refuse(said, `Invalid request: there is no stream ${JSON.stringify(unknown)}`);
      }
      case 'UNSUBSCRIBE':
        for (const name of said.params) this.remove(name);
        return this.answer(said, null);
      case 'LIST_SUBSCRIPTIONS':
        return this.answer(said, this.names);
      case 'SET_PROPERTY':
        this.isCombined = said.params[1];
        return this.answer(said, null);
      case 'GET_PROPERTY':
        return this.answer(said, this.isCombined);
    }
  }

  private remove(name: string): void {
    if (this.heard.delete(name)) this.events.unsubscribe(name);
  }

  private answer({ id: number = null }: Word, result: unknown): void {
    this.socket.send(JSON.stringify({ result, id: number }));
  }

  private refuse(said: unknown, msg: string): void {
    const { id: number = null } = (said ?? {}) as { id?: unknown };
    this.socket.send(JSON.stringify({ error: { code: 2, msg }, id: number }));
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return (Buffer.isBuffer(data) ? data : Buffer.from(data)).toString('utf8');
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function problemOf(error: z.ZodError): string {
  return error.issues
    .map(({ message, path }) => [path.join('.'), message].filter(Boolean).join(': '))
    .join('; ');
}
