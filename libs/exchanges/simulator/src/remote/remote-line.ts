import type { TimeMs } from '@bowline/domain';
import type { Clock, Logger } from '@bowline/ports';
import { dial, LineRefused, type Dialed, type DialTarget } from './dial.js';
import { JsonLines } from './json-lines.js';
import type { LineWord } from './protocol.js';

/**
 * - `refused`: the exchange does not let us in; the message says why
 * - `closed`: it was closed before the line stood
 */
export type RemoteExchangeErrorKind = 'refused' | 'closed';

/** A line that did not come to stand. */
export class RemoteExchangeError extends Error {
  constructor(
    readonly kind: RemoteExchangeErrorKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'RemoteExchangeError';
  }
}

export interface RemoteLineOptions {
  /** Where the exchange is: `http://127.0.0.1:8430`. */
  readonly url: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long it waits before it dials again; doubled each time. Default 50 ms, at most 5 s. */
  readonly firstPauseMs?: number;
  readonly longestPauseMs?: number;
  /** So often it is dialed in vain, where it has never stood, before that is worth a warning. Default 0. */
  readonly patientDials?: number;
  /** How often it asks whether anybody is there; after three times as long without a word the line counts as broken. Default 2 s. */
  readonly heartbeatMs?: number;
}

/** Any word of the other side. */
type Word = { readonly type: string };

export interface RemoteLineEvents {
  /** The line stands. @param again it has stood before */
  onUp(welcome: Word, again: boolean): void;
  /** What is neither about the line nor its `welcome`. False: it should not have been said, and ends the line. */
  onWord(word: Word): boolean;
  /** The line is broken. */
  onDown(): void;
}

const SILENT_HEARTBEATS = 3;

/** A line to the exchange that is dialed again whenever it breaks, until it is closed. */
export class RemoteLine {
  private readonly target: DialTarget;
  private lines: JsonLines | null = null;
  private standing = false;
  private hasStood = false;
  private heardAt: TimeMs = 0;
  private failures = 0;
  /** Why it does not stand, as was said last. */
  private complaint: string | null = null;
  private readonly closing = new AbortController();
  private cancelWait: () => void = () => undefined;
  private settle: { resolve: () => void; reject: (error: Error) => void } | null = null;

  /**
   * Throws a RangeError on a URL that is none.
   *
   * @param name for the log: `ikenna at binance-usdm`
   */
  constructor(
    private readonly name: string,
    target: Omit<DialTarget, 'url'>,
    private readonly options: RemoteLineOptions,
    private readonly events: RemoteLineEvents,
  ) {
    this.target = { ...target, url: httpUrl(options.url) };
  }

  get isUp(): boolean {
    return this.standing;
  }

  /**
   * Dials until the line stands for the first time; whoever is merely away is waited for.
   *
   * @throws RemoteExchangeError where the exchange refuses us, or it is closed first
   */
  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
      void this.dial();
    });
  }

  /** Only while it is up. */
  send(word: unknown): void {
    this.lines?.send(word);
  }

  /** Breaks the line because of what was said on it; it is dialed again. */
  refuse(detail: string): void {
    this.lines?.refuse(detail);
  }

  close(): Promise<void> {
    if (this.closing.signal.aborted) return Promise.resolve();
    this.closing.abort();
    this.cancelWait();
    this.settle?.reject(new RemoteExchangeError('closed', `the line of ${this.name} was closed`));
    this.settle = null;
    this.standing = false;
    this.lines?.destroy('we have closed it');
    return Promise.resolve();
  }

  private async dial(): Promise<void> {
    const { clock } = this.options;
    const giveUp = new AbortController();
    this.cancelWait = clock.callAt(clock.now() + this.silenceMs, () => giveUp.abort());
    try {
      this.begin(await dial(this.target, AbortSignal.any([giveUp.signal, this.closing.signal])));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (this.closing.signal.aborted) return;
      this.cancelWait();
      if (error instanceof LineRefused && this.settle !== null) return this.giveUp(error);
      this.lost(giveUp.signal.aborted ? `no answer within ${this.silenceMs} ms` : messageOf(error));
    }
  }

  private begin({ head, socket }: Dialed): void {
    if (this.closing.signal.aborted) return void socket.destroy();
    const lines = new JsonLines(socket, {
      onValue: (value) => this.hear(value),
      onClosed: (reason) => {
        if (this.lines !== lines) return;
        this.lines = null;
        this.lost(reason);
      },
    });
    this.lines = lines;
    this.cancelWait();
    this.heardAt = this.options.clock.now();
    this.beat();
    lines.take(head);
  }

  /** Asks now and then whether anybody is there: a line may be dead without a word. */
  private beat(): void {
    const { clock } = this.options;
    this.cancelWait = clock.callAt(clock.now() + this.heartbeatMs, () => {
      if (clock.now() - this.heardAt >= this.silenceMs)
        return this.lines?.destroy(`no word for ${this.silenceMs} ms`);
      this.lines?.send({ type: 'ping' } satisfies LineWord);
      this.beat();
    });
  }

  private hear(value: unknown): void {
    if (this.closing.signal.aborted) return;
    this.heardAt = this.options.clock.now();
    if (!isWord(value)) return this.refuse('every line is an object with a type');
    switch (value.type) {
      case 'pong':
        return;
      case 'refused':
        return this.lines?.destroy((value as Extract<LineWord, { type: 'refused' }>).detail);
      case 'welcome':
        return this.welcome(value);
      default:
        if (!this.standing || !this.events.onWord(value))
          this.refuse(`${JSON.stringify(value.type)} is out of place here`);
    }
  }

  private welcome(word: Word): void {
    const again = this.hasStood;
    if (this.standing) return this.refuse('"welcome" is out of place here');
    if (again || this.complaint !== null) this.options.logger.info({ line: this.name }, 'the line stands');
    this.complaint = null;
    this.failures = 0;
    this.standing = true;
    this.hasStood = true;
    this.events.onUp(word, again);
    this.settle?.resolve();
    this.settle = null;
  }

  private lost(reason: string): void {
    this.cancelWait();
    if (this.closing.signal.aborted) return;
    const { clock, firstPauseMs = 50, logger, longestPauseMs = 5_000, patientDials = 0 } = this.options;
    const said = { line: this.name, url: this.target.url.href, reason };
    // Who starts beside others may be there before them.
    if (!this.hasStood && this.failures < patientDials) logger.info(said, 'no line to the exchange yet');
    else if (this.complaint !== reason) {
      logger.warn(said, 'no line to the exchange');
      this.complaint = reason;
    }
    const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(this.failures, 20));
    this.failures += 1;
    this.cancelWait = clock.callAt(clock.now() + pause, () => void this.dial());
    if (!this.standing) return;
    this.standing = false;
    this.events.onDown();
  }

  private giveUp(cause: LineRefused): void {
    const message = `${this.target.url.origin} refuses ${this.name}: ${cause.message}`;
    this.settle?.reject(new RemoteExchangeError('refused', message, { cause }));
    this.settle = null;
    this.closing.abort();
  }

  private get heartbeatMs(): number {
    return this.options.heartbeatMs ?? 2_000;
  }

  private get silenceMs(): number {
    return SILENT_HEARTBEATS * this.heartbeatMs;
  }
}

function isWord(value: unknown): value is Word {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function httpUrl(text: string): URL {
  if (URL.canParse(text)) {
    const url = new URL(text);
    if (url.protocol === 'http:' && url.pathname === '/') return url;
  }
  throw new RangeError(
    `the exchange simulator's address must look like http://127.0.0.1:8430, got ${JSON.stringify(text)}`,
  );
}

/** `ECONNREFUSED` says more than the sentence around it. */
function messageOf(error: NodeJS.ErrnoException): string {
  return error.code ?? error.message;
}
