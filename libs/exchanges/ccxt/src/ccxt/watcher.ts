import type { Clock, Logger } from '@bowline/ports';
import { PayloadError } from '../parse/fields.js';
import { errorOfClass, wordsOf } from './errors.js';
import { pause } from './pause.js';
import type { CcxtSession } from './session.js';
import type { CcxtExchange } from './shape.js';

export interface WatcherOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long it waits before it asks again; doubled each time. Default 250 ms, at most 30 s. */
  readonly firstPauseMs?: number;
  readonly longestPauseMs?: number;
  /** From 0 to 1: spreads the pauses, so that not everybody comes back at once. Default `Math.random`. */
  readonly jitter?: () => number;
  /** How often it looks whether everything is subscribed: ccxt does not tell. Default 500 ms. */
  readonly subscribeMs?: number;
}

export interface WatcherEvents {
  /** All lines stand. @param again they have stood before: what was said meanwhile is lost */
  onUp(again: boolean): void;
  onDown(): void;
  /** Something was said that nobody here understands. */
  onUnreadable(): void;
}

/** One of ccxt's functions that wait for news. */
export interface Watched {
  /** For the log. */
  readonly name: string;
  readonly watch: (exchange: CcxtExchange) => Promise<unknown>;
  /** May throw a PayloadError. Must not wait: what comes meanwhile would be told only with the next. */
  readonly hear: (value: unknown) => void;
}

/** After so many it is believed that all is watched, though not everything is seen to be. */
const MOST_LOOKS = 20;

/** Watching makes no sense: the exchange will not let us in by itself. */
export class WatchRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WatchRefused';
  }
}

/**
 * Asks ccxt for news again and again. ccxt dials a line when it is asked and forgets it when it breaks; whether all
 * lines stand is told by the lines themselves.
 */
export class Watcher {
  private readonly failing = new Set<Watched>();
  private watched = 0;
  private looks = 0;
  private standing = false;
  private hasStood = false;
  private closed = false;
  private complaint: string | null = null;
  private cancelLooking: () => void = () => undefined;
  private settle: { resolve: () => void; reject: (error: Error) => void } | null = null;

  constructor(
    private readonly session: Pick<CcxtSession, 'exchange' | 'lines'>,
    private readonly options: WatcherOptions,
    private readonly events: WatcherEvents,
  ) {
    session.exchange.onConnected = () => this.lookLater();
  }

  /** Watches from now on. Resolves once all lines stand for the first time; rejects with WatchRefused. */
  open(all: readonly Watched[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
      this.watched = all.length;
      for (const each of all) void this.watch(each);
      this.lookLater();
    });
  }

  /** The lines are ccxt's, and it closes them. */
  close(): void {
    this.closed = true;
    this.cancelLooking();
    this.settle?.reject(new Error('it was closed'));
    this.settle = null;
  }

  private async watch(each: Watched): Promise<void> {
    for (let failures = 0; !this.closed;) {
      try {
        const value = await each.watch(this.session.exchange);
        if (this.closed) return;
        failures = 0;
        each.hear(value);
      } catch (error) {
        if (this.closed) return;
        if (error instanceof PayloadError) {
          this.options.logger.error({ stream: each.name, error }, 'news of the exchange cannot be read');
          this.events.onUnreadable();
          continue;
        }
        this.failed(each, error);
        failures += 1;
        await this.rest(failures);
        this.failing.delete(each);
        this.lookLater();
      }
    }
  }

  private failed(each: Watched, error: unknown): void {
    this.failing.add(each);
    const reason = wordsOf(error);
    const { meaning } = errorOfClass(error);
    if (this.settle !== null && (meaning === 'access' || meaning === 'rejected')) {
      this.settle.reject(new WatchRefused(`${each.name}: ${reason}`));
      this.settle = null;
    }
    if (this.complaint !== reason)
      this.options.logger.warn({ stream: each.name, reason }, 'no line to the exchange');
    this.complaint = reason;
    this.cancelLooking();
    if (!this.standing) return;
    this.standing = false;
    this.events.onDown();
  }

  private rest(failures: number): Promise<void> {
    const { clock, firstPauseMs = 250, jitter = Math.random, longestPauseMs = 30_000 } = this.options;
    const longest = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures - 1, 20));
    return pause(clock, Math.round(longest * (0.5 + 0.5 * jitter())));
  }

  private lookLater(): void {
    this.cancelLooking();
    if (this.closed || this.standing) return;
    const { clock, subscribeMs = 500 } = this.options;
    this.cancelLooking = clock.callAt(clock.now() + subscribeMs, () => this.look());
  }

  /** Looks whether everything is watched that is to be. */
  private look(): void {
    if (this.failing.size > 0) return;
    const { awaited, stand } = this.session.lines.state();
    this.looks += 1;
    // ccxt may wait for two of ours as one.
    const isAll = awaited >= this.watched || this.looks > MOST_LOOKS;
    if (!stand || !isAll) return this.lookLater();
    this.stand();
  }

  private stand(): void {
    const again = this.hasStood;
    if (again) this.options.logger.info({ exchange: this.session.exchange.id }, 'the lines stand');
    this.looks = 0;
    this.complaint = null;
    this.standing = true;
    this.hasStood = true;
    this.events.onUp(again);
    this.settle?.resolve();
    this.settle = null;
  }
}
