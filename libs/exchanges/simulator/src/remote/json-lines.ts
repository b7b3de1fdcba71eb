import type { Duplex } from 'node:stream';
import { decodeJson, encodeJson } from '@bowline/contracts';
import { LONGEST_LINE } from './protocol.js';

const NEWLINE = 0x0a;
/** How long the last word may take to leave. */
const FAREWELL_MS = 1_000;

export interface JsonLinesEvents {
  /** The next line. */
  onValue(value: unknown): void;
  /** Nothing comes or goes any more. Called once. */
  onClosed(reason: string): void;
}

/** One JSON value a line, both ways, over a socket. */
export class JsonLines {
  /** The beginning of a line that is not whole. */
  private parts: Buffer[] = [];
  private partBytes = 0;
  private reason: string | null = null;
  /** What is said, and leaves at the end of this turn. */
  private leaving = '';

  constructor(
    private readonly socket: Duplex,
    private readonly events: JsonLinesEvents,
  ) {
    socket.on('data', (chunk: Buffer) => this.take(chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => (this.reason ??= error.code ?? error.message));
    socket.on('end', () => this.destroy('the other side has ended it'));
    socket.on('close', () => events.onClosed(this.reason ?? 'it was closed'));
  }

  /** Bytes that the other side has not taken yet. */
  get unsent(): number {
    return this.socket.writableLength + this.leaving.length;
  }

  /** What has come already, with the head of the HTTP message. */
  take(chunk: Buffer): void {
    if (this.reason !== null) return;
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      const line = this.lineOf(chunk.subarray(from, end));
      from = end + 1;
      if (this.reason !== null) return;
      this.hear(line);
    }
    if (from === chunk.length) return;
    this.parts.push(chunk.subarray(from));
    this.partBytes += chunk.length - from;
    if (this.partBytes > LONGEST_LINE) this.refuse(`a line has more than ${LONGEST_LINE} bytes`);
  }

  /** Says a value. What is said in one turn of the event loop leaves together. */
  send(value: unknown): void {
    if (this.reason !== null) return;
    if (this.leaving === '') process.nextTick(() => this.flush());
    this.leaving += `${encodeJson(value)}\n`;
  }

  /** Ends it because of what the other side has said, and says so. */
  refuse(detail: string): void {
    if (this.reason !== null) return;
    this.send({ type: 'refused', detail });
    this.flush();
    this.reason = detail;
    this.socket.end(() => this.socket.destroy());
    // The other side may have stopped reading.
    setTimeout(() => this.socket.destroy(), FAREWELL_MS).unref();
  }

  /** Ends it at once; what has not left yet never will. */
  destroy(reason: string): void {
    this.reason ??= reason;
    this.socket.destroy();
  }

  private flush(): void {
    const { leaving, socket } = this;
    this.leaving = '';
    if (leaving !== '' && this.reason === null && !socket.destroyed) socket.write(leaving);
  }

  private lineOf(end: Buffer): string {
    if (this.partBytes === 0) return end.toString('utf8');
    const line = Buffer.concat([...this.parts, end]).toString('utf8');
    this.parts = [];
    this.partBytes = 0;
    return line;
  }

  private hear(line: string): void {
    let value: unknown;
    try {
      value = decodeJson(line);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return this.refuse(`a line is no JSON: ${JSON.stringify(line.slice(0, 80))}`);
    }
    this.events.onValue(value);
  }
}
