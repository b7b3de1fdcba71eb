import type { TimeMs } from '@bowline/domain';
import type { Clock, Logger } from '@bowline/ports';
import { WebSocket } from 'ws';
import { PayloadError } from '../parse/fields.js';
import { parseJson } from '../parse/json.js';

export interface StreamLineOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long it waits before it dials again; doubled each time. Default 250 ms, at most 30 s. */
  readonly firstPauseMs?: number;
  readonly longestPauseMs?: number;
  /** How often it asks whether anybody is there; after three times as long without a word the line counts as broken. Default 10 s. */
  readonly heartbeatMs?: number;
  /** From 0 to 1: spreads the pauses, so that not everybody comes back at once. Default `Math.random`. */
  readonly jitter?: () => number;
}

/** What is said first on a line that stands only once it has been answered. */
export interface Greeting {
  say(): string;
  /** Whether it is the answer. Throws LineRefused where the exchange will not let us in, and another Error where not now. */
  isAnswer(value: unknown): boolean;
}

export interface StreamLineEvents {
  readonly greeting?: Greeting;
  /** Where to dial; asked for each time. Rejecting counts as a line that did not come to stand. */
  address(): Promise<string>;
  /** The line stands. @param again it has stood before */
  onUp(again: boolean): void;
  /** May throw a PayloadError. */
  onMessage(value: unknown): void;
  /** A message was none that is known: whatever it said is lost. */
  onUnreadable(): void;
  onDown(): void;
}

/** Dialing makes no sense any more: the exchange will not let us in by itself. */
export class LineRefused extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LineRefused';
  }
}

const SILENT_HEARTBEATS = 3;
const LARGEST_MESSAGE = 16 * 1024 * 1024;

/** A WebSocket that is dialed again whenever it breaks, until it is closed. */
export class StreamLine {
  private socket: WebSocket | null = null;
  private standing = false;
  private hasStood = false;
  private closed = false;
  private heardAt: TimeMs = 0;
  private failures = 0;
  /** Why it does not stand, as was said last. */
  private complaint: string | null = null;
  private cancelWait: () => void = () => undefined;
  private settle: { resolve: () => void; reject: (error: Error) => void } | null = null;

  constructor(
    /** For the log. */
    private readonly name: string,
    private readonly options: StreamLineOptions,
    private readonly events: StreamLineEvents,
  ) {}

  get isUp(): boolean {
    return this.standing;
  }

  /** Dials until the line stands for the first time. Rejects with LineRefused, or with an Error where it is closed first. */
  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
      void this.dial();
    });
  }

  /** Breaks the line; it is dialed again. */
  restart(reason: string): void {
    if (this.socket !== null) this.lost(this.socket, reason);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.cancelWait();
    this.standing = false;
    this.settle?.reject(new Error(`the line of ${this.name} was closed`));
    this.settle = null;
    this.socket?.terminate();
    this.socket = null;
  }

  private async dial(): Promise<void> {
    let address: string;
    try {
      address = await this.events.address();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (this.closed) return;
      if (error instanceof LineRefused && this.settle !== null) return this.giveUp(error);
      return this.again(error.message);
    }
    if (this.closed) return;
    const { clock } = this.options;
    const socket = new WebSocket(address, { perMessageDeflate: false, maxPayload: LARGEST_MESSAGE });
    this.socket = socket;
    this.cancelWait = clock.callAt(clock.now() + this.silenceMs, () => this.lost(socket, 'no answer'));
    socket.on('open', () => {
      if (this.events.greeting === undefined) this.up(socket);
      else socket.send(this.events.greeting.say());
    });
    socket.on('message', (data: Buffer) => this.hear(socket, data));
    socket.on('ping', () => (this.heardAt = clock.now()));
    socket.on('pong', () => (this.heardAt = clock.now()));
    socket.on('error', (error: NodeJS.ErrnoException) => this.lost(socket, error.code ?? error.message));
    socket.on('close', (code) => this.lost(socket, `it was closed (${code})`));
  }

  private up(socket: WebSocket): void {
    if (this.socket !== socket) return;
    const again = this.hasStood;
    if (again || this.complaint !== null) this.options.logger.info({ line: this.name }, 'the line stands');
    this.complaint = null;
    this.standing = true;
    this.hasStood = true;
    this.heardAt = this.options.clock.now();
    this.beat(socket);
    this.events.onUp(again);
    this.settle?.resolve();
    this.settle = null;
  }

  /** Asks now and then whether anybody is there: a line may be dead without a word. */
  private beat(socket: WebSocket): void {
    const { clock, heartbeatMs = 10_000 } = this.options;
    this.cancelWait();
    this.cancelWait = clock.callAt(clock.now() + heartbeatMs, () => {
      if (clock.now() - this.heardAt >= this.silenceMs)
        return this.lost(socket, `no word for ${this.silenceMs} ms`);
      socket.ping();
      this.beat(socket);
    });
  }

  private hear(socket: WebSocket, data: Buffer): void {
    if (this.socket !== socket) return;
    this.heardAt = this.options.clock.now();
    try {
      const value = parseJson(data.toString('utf8'));
      if (!this.standing && this.isLetIn(socket, value)) return;
      this.events.onMessage(value);
      this.failures = 0;
    } catch (error) {
      if (!(error instanceof SyntaxError) && !(error instanceof PayloadError)) throw error;
      this.options.logger.error({ line: this.name, error }, 'a message of the exchange cannot be read');
      this.events.onUnreadable();
    }
  }

  /** Whether it was about the greeting. */
  private isLetIn(socket: WebSocket, value: unknown): boolean {
    try {
      if (this.events.greeting?.isAnswer(value) !== true) return false;
      this.up(socket);
    } catch (error) {
      if (!(error instanceof Error) || error instanceof PayloadError) throw error;
      this.lost(socket, error.message);
      if (error instanceof LineRefused && this.settle !== null) this.giveUp(error);
    }
    return true;
  }

  private lost(socket: WebSocket, reason: string): void {
    if (this.socket !== socket) return;
    this.socket = null;
    socket.terminate();
    const stood = this.standing;
    this.standing = false;
    if (stood) this.events.onDown();
    this.again(reason);
  }

  private again(reason: string): void {
    this.cancelWait();
    if (this.closed) return;
    const { clock, firstPauseMs = 250, jitter = Math.random, logger, longestPauseMs = 30_000 } = this.options;
    if (this.complaint !== reason) logger.warn({ line: this.name, reason }, 'no line to the exchange');
    this.complaint = reason;
    const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(this.failures, 20));
    this.failures += 1;
    this.cancelWait = clock.callAt(
      clock.now() + Math.round(pause * (0.5 + 0.5 * jitter())),
      () => void this.dial(),
    );
  }

  private giveUp(error: LineRefused): void {
    this.cancelWait();
    this.settle?.reject(error);
    this.settle = null;
    this.closed = true;
  }

  private get silenceMs(): number {
    return SILENT_HEARTBEATS * (this.options.heartbeatMs ?? 10_000);
  }
}
