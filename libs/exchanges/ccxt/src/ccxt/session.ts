import type { RejectReason, TimeMs } from '@bowline/domain';
import type { Clock, Logger } from '@bowline/ports';
import type { z } from 'zod';
import { PayloadError, read } from '../parse/fields.js';
import type { ExchangeProfile } from '../profiles.js';
import { errorOf, wordsOf, type ErrorMeaning, type KnownError } from './errors.js';
import { Lines } from './lines.js';
import { loadExchange } from './load.js';
import { CcxtPace } from './pace.js';
import { CcxtSetupError, type CcxtExchange } from './shape.js';
import { redirect } from './urls.js';
import { Wire, type Traffic } from './wire.js';

export interface CcxtKeys {
  readonly apiKey: string;
  readonly apiSecret: string;
  /** OKX, KuCoin and others want a passphrase besides. */
  readonly password?: string;
}

/**
 * What became of a call:
 * - `ok`: the exchange has answered as it should
 * - `refused`: it was definitely not executed
 * - `not_sent`: it never left
 * - `unknown`: nobody knows
 */
export type Answer<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | {
      readonly kind: 'refused';
      readonly meaning: Exclude<ErrorMeaning, 'unknown'>;
      readonly reason: RejectReason;
      /** The exchange's own words, for people. */
      readonly message: string;
    }
  | { readonly kind: 'not_sent'; readonly message: string }
  | { readonly kind: 'unknown'; readonly message: string };

export interface SessionOptions {
  readonly ccxtId: string;
  /** Null: for public data only. */
  readonly keys: CcxtKeys | null;
  /** Where the REST API is, in place of the exchange's own hosts: `http://127.0.0.1:9000`, with a path before theirs or without. */
  readonly restUrl?: string;
  readonly streamUrl?: string;
  /** The exchange's testnet. */
  readonly testnet?: boolean;
  readonly timeoutMs?: number;
  /** Options of the exchange in ccxt, as its manual has them. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface CallOptions {
  /** Nothing is sent after it, our time. Default null: it is always wanted. */
  readonly deadline?: TimeMs | null;
  /** Go with each of its requests. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Is told what it has weighed. */
  readonly weigh?: (weight: number) => void;
}

export const TIMEOUT_MS = 10_000;
const NO_CODES: ReadonlyMap<string, KnownError> = new Map();

/**
 * An exchange of ccxt, with what keeps it honest: each request is sent once, by a wire that knows what has left; nothing
 * is held back; and what ccxt answers or throws becomes an `Answer`. Keys and signatures are in nothing that it says.
 */
export class CcxtSession {
  readonly pace: CcxtPace;
  readonly lines: Lines;
  private readonly wire: Wire;
  private readonly delayed = new Set<() => void>();

  private constructor(
    readonly exchange: CcxtExchange,
    private readonly options: SessionOptions,
    private readonly profile: ExchangeProfile | null,
  ) {
    const { clock } = options;
    this.wire = new Wire(clock, (body) => {
      const code =
        typeof body === 'object' && body !== null ? profile?.codeOf(body as Record<string, unknown>) : null;
      return typeof code === 'string' || typeof code === 'number' ? String(code) : null;
    });
    this.pace = new CcxtPace(exchange, clock);
    exchange.fetchImplementation = this.wire.fetch;
    // ccxt's throttle would hold requests back without a word.
    exchange.enableRateLimit = false;
    weighRequests(exchange, this.wire);
    this.lines = new Lines(exchange, profile);
    // ccxt's own goes on after it was closed.
    exchange.delay = (ms, method, ...args) => this.delay(ms, () => method.apply(exchange, args));
  }

  /**
   * Loads the exchange and makes it ready; nothing is asked of it yet.
   *
   * @throws CcxtSetupError where ccxt has no such exchange, or it has no testnet
   */
  static async open(options: SessionOptions, profile: ExchangeProfile | null): Promise<CcxtSession> {
    const { ccxtId, keys, testnet = false, timeoutMs = TIMEOUT_MS } = options;
    const Exchange = await loadExchange(ccxtId);
    const exchange = new Exchange({
      ...(keys !== null && { apiKey: keys.apiKey, secret: keys.apiSecret }),
      ...(keys?.password !== undefined && { password: keys.password }),
      timeout: timeoutMs,
      // Wallets are none of our business, and need permissions that a trading key need not have.
      has: { fetchCurrencies: false },
      options: {
        adjustForTimeDifference: keys !== null,
        disableFuturesSandboxWarning: true,
        ...options.options,
      },
    });
    if (testnet) {
      if (!('test' in exchange.urls)) throw new CcxtSetupError(`${ccxtId} has no testnet: leave out testnet`);
      exchange.setSandboxMode(true);
    }
    redirect(exchange.urls, options);
    // A line to ws:// needs an agent of its own, which is to be loaded before.
    await exchange.loadHttpProxyAgent();
    return new CcxtSession(exchange, options, profile);
  }

  /** What the exchange's clock is ahead of ours, ms. */
  get clockOffsetMs(): number {
    const difference = this.exchange.options['timeDifference'];
    return typeof difference === 'number' ? -difference : 0;
  }

  /**
   * Calls a function of ccxt.
   *
   * @param what for people: `the orders of BTCUSDT`
   */
  async call<S extends z.ZodType>(
    what: string,
    schema: S,
    ask: (exchange: CcxtExchange) => Promise<unknown>,
    { deadline = null, headers = {}, weigh }: CallOptions = {},
  ): Promise<Answer<z.output<S>>> {
    const traffic: Traffic = { deadline, headers, outcomes: [], weight: 0, retryAfterMs: null };
    try {
      const value = await this.wire.run(traffic, () => ask(this.exchange));
      return { kind: 'ok', value: read(what, schema, value) };
    } catch (error) {
      const failure = this.understand(what, error, traffic);
      // What is sent next is not to fail for the same reason.
      if (failure.kind === 'refused' && failure.meaning === 'clock') await this.measureClock();
      return failure;
    } finally {
      weigh?.(traffic.weight);
    }
  }

  /** Measures what the exchange's clock is ahead of ours, where it can be asked. */
  async measureClock(): Promise<void> {
    if (this.exchange.has['fetchTime'] !== true) return;
    try {
      await this.exchange.loadTimeDifference();
    } catch (error) {
      this.options.logger.warn(
        { exchange: this.exchange.id, reason: wordsOf(error) },
        'the clock of the exchange could not be compared',
      );
    }
  }

  async close(): Promise<void> {
    for (const cancel of this.delayed) cancel();
    this.wire.close();
    await this.exchange.close();
  }

  private delay(ms: number, act: () => Promise<unknown>): void {
    const { clock, logger } = this.options;
    const cancel = clock.callAt(clock.now() + ms, () => {
      this.delayed.delete(cancel);
      this.wire.apart(act).catch((error: unknown) => {
        logger.warn({ exchange: this.exchange.id, reason: wordsOf(error) }, 'what was put off has failed');
      });
    });
    this.delayed.add(cancel);
  }

  private understand(what: string, error: unknown, traffic: Traffic): Exclude<Answer<never>, { kind: 'ok' }> {
    const { logger } = this.options;
    const message = wordsOf(error);
    const last = traffic.outcomes.at(-1);
    const known = errorOf(error, this.profile?.codes ?? NO_CODES, last);
    if (known === 'not_sent') {
      logger.warn({ what, reason: message }, 'nothing could be sent to the exchange');
      return { kind: 'not_sent', message };
    }
    const { meaning, reason } = known;
    if (meaning === 'rate') this.pace.refused(traffic);
    if (meaning !== 'unknown') return { kind: 'refused', meaning, reason, message };
    if (error instanceof PayloadError)
      logger.error({ what, reason: message }, 'an answer of the exchange cannot be read');
    else logger.warn({ what, reason: message }, 'no answer of the exchange');
    return { kind: 'unknown', message };
  }
}

/** Has what each call weighs counted, as ccxt counts it. */
function weighRequests(exchange: CcxtExchange, wire: Wire): void {
  const fetch2 = exchange.fetch2.bind(exchange);
  exchange.fetch2 = (path, api, method, params, ...rest) => {
    const config = typeof rest[2] === 'object' && rest[2] !== null ? rest[2] : {};
    wire.weigh(exchange.calculateRateLimiterCost(api, method, path, params, config));
    return fetch2(path, api, method, params, ...rest);
  };
}

/** What is no answer but an error, for people. */
export function explain(answer: Exclude<Answer<unknown>, { kind: 'ok' }>): string {
  return answer.kind === 'refused' ? `refused (${answer.meaning}): ${answer.message}` : answer.message;
}
