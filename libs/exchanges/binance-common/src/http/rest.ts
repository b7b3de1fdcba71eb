import { createHmac } from 'node:crypto';
import type { RejectReason, TimeMs } from '@bowline/domain';
import type { Clock, Logger } from '@bowline/ports';
import type { z } from 'zod';
import { PayloadError, read } from '../parse/fields.js';
import { parseJson } from '../parse/json.js';
import { refusal, serverTime } from '../parse/public.js';
import type { BinanceProduct } from '../product.js';
import { errorOf, type ErrorMeaning } from './errors.js';
import { BinancePace } from './pace.js';
import { HttpTransport, type HttpCall, type HttpOutcome } from './transport.js';

export interface BinanceKeys {
  readonly apiKey: string;
  readonly apiSecret: string;
}

/** Parameters of a call; what is undefined is left out. */
export type Params = Readonly<Record<string, string | number | undefined>>;

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
      readonly status: number;
      readonly code: number | null;
      /** The exchange's own words, for people. */
      readonly message: string;
    }
  | { readonly kind: 'not_sent'; readonly message: string }
  | { readonly kind: 'unknown'; readonly message: string };

export interface BinanceRestOptions {
  readonly product: BinanceProduct;
  /** `https://fapi.binance.com`, without a path. Default: the product's own. */
  readonly url?: string;
  /** Null: for public data only. */
  readonly keys: BinanceKeys | null;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly pace: BinancePace;
  /** How old a signed request may be when it arrives. */
  readonly recvWindowMs: number;
  readonly timeoutMs: number;
}

/** The REST API: signs, sends once, reads, and says what became of it. Keys and signatures are in nothing that it says. */
export class BinanceRest {
  private readonly transport: HttpTransport;
  private readonly base: URL;
  private offset = 0;
  private measuring: Promise<Answer<number>> | null = null;

  /** Throws a RangeError on a URL that is none. */
  constructor(private readonly options: BinanceRestOptions) {
    this.base = baseUrl(options.url ?? options.product.restUrl);
    this.transport = new HttpTransport(options.clock, options.timeoutMs);
  }

  /** What the exchange's clock is ahead of ours, ms. */
  get clockOffsetMs(): number {
    return this.offset;
  }

  /** Public data, below the product's own root: `klines`. */
  async publicData<S extends z.ZodType>(
    path: string,
    schema: S,
    params: Params = {},
  ): Promise<Answer<z.output<S>>> {
    return this.get(`${this.options.product.root}/${path}`, schema, params);
  }

  /** Public data. */
  async get<S extends z.ZodType>(path: string, schema: S, params: Params = {}): Promise<Answer<z.output<S>>> {
    return this.call('GET', path, schema, query(params), {});
  }

  /** What the key alone admits: listen keys. */
  async keyed<S extends z.ZodType>(
    method: HttpCall['method'],
    path: string,
    schema: S,
  ): Promise<Answer<z.output<S>>> {
    return this.call(method, path, schema, new URLSearchParams(), this.keyHeader());
  }

  /**
   * Signed, and refused by the exchange once it is older than the receive window. Where the clocks were apart the
   * offset is measured again, and it is sent once more: the exchange has looked at nothing but its age.
   *
   * @param at what its age counts from, our time; default: now
   */
  async signed<S extends z.ZodType>(
    method: HttpCall['method'],
    path: string,
    schema: S,
    params: Params,
    at: TimeMs | null = null,
  ): Promise<Answer<z.output<S>>> {
    const first = await this.callSigned(method, path, schema, params, at);
    if (first.kind !== 'refused' || first.meaning !== 'clock') return first;
    const before = this.offset;
    const measured = await this.measureClock();
    if (measured.kind !== 'ok') return first;
    const { clock, logger, recvWindowMs } = this.options;
    logger.warn(
      { before, offset: this.offset },
      'the clocks were apart: the offset to the exchange was measured again',
    );
    if (at !== null && clock.now() - at > recvWindowMs) return first;
    return this.callSigned(method, path, schema, params, at);
  }

  /**
   * The same for a line of requests: the parameters with key, window, time, and a signature over all of them by name.
   *
   * @throws Error without keys
   */
  signedWords(params: Readonly<Record<string, string | number>>): Readonly<Record<string, string | number>> {
    const { clock, keys, recvWindowMs } = this.options;
    if (keys === null) throw new Error('a signed request needs an API key');
    const timestamp = Math.round(clock.now() + this.offset);
    const words = { ...params, apiKey: keys.apiKey, recvWindow: recvWindowMs, timestamp };
    const sorted = Object.entries(words).sort(([a], [b]) => (a < b ? -1 : 1));
    const payload = sorted.map(([name, value]) => `${name}=${value}`).join('&');
    return { ...words, signature: createHmac('sha256', keys.apiSecret).update(payload).digest('hex') };
  }

  /** Takes over what another client of the same exchange has measured. */
  useClockOf({ clockOffsetMs }: BinanceRest): void {
    this.offset = clockOffsetMs;
  }

  /** Measures what the exchange's clock is ahead of ours, half of the way there and back. */
  measureClock(): Promise<Answer<number>> {
    this.measuring ??= this.measure().finally(() => (this.measuring = null));
    return this.measuring;
  }

  close(): void {
    this.transport.close();
  }

  private async measure(): Promise<Answer<number>> {
    const { clock } = this.options;
    const sent = clock.now();
    const answer = await this.publicData('time', serverTime);
    if (answer.kind !== 'ok') return answer;
    this.offset = Math.round(answer.value.serverTime - (sent + clock.now()) / 2);
    return { kind: 'ok', value: this.offset };
  }

  private callSigned<S extends z.ZodType>(
    method: HttpCall['method'],
    path: string,
    schema: S,
    params: Params,
    at: TimeMs | null,
  ): Promise<Answer<z.output<S>>> {
    const { clock, keys, recvWindowMs } = this.options;
    if (keys === null) throw new Error(`${method} ${path} needs an API key`);
    const timestamp = Math.round((at ?? clock.now()) + this.offset);
    const signed = query({ ...params, recvWindow: recvWindowMs, timestamp });
    signed.append('signature', createHmac('sha256', keys.apiSecret).update(signed.toString()).digest('hex'));
    return this.call(method, path, schema, signed, this.keyHeader());
  }

  private async call<S extends z.ZodType>(
    method: HttpCall['method'],
    path: string,
    schema: S,
    params: URLSearchParams,
    headers: Readonly<Record<string, string>>,
  ): Promise<Answer<z.output<S>>> {
    const url = new URL(`${this.base.origin}${path}`);
    url.search = params.toString();
    const outcome = await this.transport.send({ method, url, headers });
    const answer = this.understand(`the answer to ${method} ${path}`, schema, outcome);
    if (answer.kind === 'unknown' || answer.kind === 'not_sent') {
      this.options.logger.warn(
        { call: `${method} ${path}`, reason: answer.message },
        'no answer of the exchange',
      );
    }
    return answer;
  }

  private understand<S extends z.ZodType>(
    what: string,
    schema: S,
    outcome: HttpOutcome,
  ): Answer<z.output<S>> {
    if (outcome.kind === 'not_sent') return { kind: 'not_sent', message: outcome.reason };
    if (outcome.kind === 'lost') return { kind: 'unknown', message: outcome.reason };
    const { headers, status, text } = outcome;
    const body = jsonOf(text);
    if (status >= 200 && status < 300) {
      this.options.pace.hear(headers, null, null);
      try {
        return { kind: 'ok', value: read(what, schema, body) };
      } catch (error) {
        if (!(error instanceof PayloadError)) throw error;
        this.options.logger.error({ error }, 'an answer of the exchange cannot be read');
        return { kind: 'unknown', message: error.message };
      }
    }
    const told = refusal.safeParse(body);
    const code = told.success ? told.data.code : null;
    const message = told.success ? told.data.msg : `HTTP ${status}`;
    const { meaning, reason } = errorOf(this.options.product.errors, status, code, message);
    this.options.pace.hear(headers, meaning, code);
    return meaning === 'unknown'
      ? { kind: 'unknown', message }
      : { kind: 'refused', meaning, reason, status, code, message };
  }

  private keyHeader(): Readonly<Record<string, string>> {
    const { keys } = this.options;
    return keys === null ? {} : { 'X-MBX-APIKEY': keys.apiKey };
  }
}

export interface PublicRestOptions {
  readonly restUrl?: string;
  readonly timeoutMs?: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** For public data only, without keys. Throws a RangeError on a URL that is none. */
export function publicRest(
  product: BinanceProduct,
  { clock, logger, restUrl, timeoutMs = 10_000 }: PublicRestOptions,
): BinanceRest {
  const url = restUrl === undefined ? {} : { url: restUrl };
  const pace = new BinancePace(clock, product.costs);
  return new BinanceRest({ product, ...url, keys: null, clock, logger, pace, recvWindowMs: 0, timeoutMs });
}

/** What is no answer but an error, for people: `-2015: Invalid API-key`. */
export function explain(answer: Exclude<Answer<unknown>, { kind: 'ok' }>): string {
  if (answer.kind === 'refused') return `${answer.code ?? answer.status}: ${answer.message}`;
  return answer.kind === 'not_sent' ? `nothing was sent: ${answer.message}` : `no answer: ${answer.message}`;
}

function query(params: Params): URLSearchParams {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params))
    if (value !== undefined) search.append(name, String(value));
  return search;
}

/** Undefined where it is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function baseUrl(text: string): URL {
  if (URL.canParse(text)) {
    const url = new URL(text);
    if ((url.protocol === 'https:' || url.protocol === 'http:') && url.pathname === '/') return url;
  }
  throw new RangeError(
    `Binance's address must look like https://fapi.binance.com, got ${JSON.stringify(text)}`,
  );
}
