import { AsyncLocalStorage } from 'node:async_hooks';
import type { TimeMs } from '@bowline/domain';
import type { Clock } from '@bowline/ports';
import type { RequestOutcome } from './errors.js';

/** What one call of a function of ccxt has sent. */
export interface Traffic {
  /** Nothing is sent after this; null: it is always wanted. */
  readonly deadline: TimeMs | null;
  /** Go with each request. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of its requests over HTTP, in their order. */
  readonly outcomes: RequestOutcome[];
  /** What they weigh, as ccxt counts it. */
  weight: number;
  /** How long the exchange wants us to wait, ms; null: it does not say. */
  retryAfterMs: number | null;
}

/** What ccxt hands over to be sent. */
interface Outgoing {
  readonly method: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/** Before these the request cannot have been written: there was no connection to write it to. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** It was too late to send it. */
class TooLate extends Error {}

/**
 * What ccxt sends with. Sends once, and keeps of each call what became of its requests: ccxt's own errors do not tell
 * what never left from what was lost on the way.
 */
export class Wire {
  private readonly calls = new AsyncLocalStorage<Traffic>();
  private readonly open = new Set<AbortController>();

  constructor(
    private readonly clock: Clock,
    /** The exchange's own code of an error, in the body of an answer. */
    private readonly codeOf: (body: unknown) => string | null,
  ) {}

  /** Carries out a call whose requests are put down in `traffic`. */
  run<T>(traffic: Traffic, call: () => Promise<T>): Promise<T> {
    return this.calls.run(traffic, call);
  }

  /** Carries out what belongs to no call, though one has brought it about. */
  apart<T>(call: () => T): T {
    return this.calls.exit(call);
  }

  /** Something of this weight is asked for by the call that is being carried out. */
  weigh(cost: number): void {
    const traffic = this.calls.getStore();
    if (traffic !== undefined) traffic.weight += cost;
  }

  /** In place of ccxt's fetch. */
  readonly fetch = async (url: string, outgoing: Outgoing): Promise<Response> => {
    const traffic = this.calls.getStore();
    const deadline = traffic?.deadline ?? null;
    if (deadline !== null && this.clock.now() > deadline) {
      traffic?.outcomes.push('not_sent');
      throw new TooLate(`${outgoing.method}: its time was over before it could be sent`);
    }
    const controller = new AbortController();
    const stop = (): void => controller.abort();
    outgoing.signal.addEventListener('abort', stop, { once: true });
    this.open.add(controller);
    try {
      const { body, headers, method } = outgoing;
      const response = await fetch(url, {
        ...{ method, redirect: 'error', signal: controller.signal },
        headers: { ...headers, ...traffic?.headers },
        ...(body !== undefined && { body }),
      });
      // Read here: ccxt looks at its own time limit only until the headers have come.
      const text = await response.text();
      traffic?.outcomes.push({ status: response.status, code: this.codeOf(jsonOf(text)) });
      if (traffic !== undefined) traffic.retryAfterMs = retryAfter(response.headers.get('retry-after'));
      return response.status === 204 ? response : new Response(text, response);
    } catch (error) {
      traffic?.outcomes.push(wasConnected(error) ? 'lost' : 'not_sent');
      throw error;
    } finally {
      this.open.delete(controller);
      outgoing.signal.removeEventListener('abort', stop);
    }
  };

  /** Whoever waits for an answer is told that it is lost. */
  close(): void {
    for (const controller of this.open) controller.abort();
  }
}

function wasConnected(error: unknown): boolean {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const codes = cause instanceof AggregateError ? cause.errors.map(codeOf) : [codeOf(cause)];
  return !codes.every((code) => code !== null && NOT_CONNECTED.has(code));
}

function codeOf(error: unknown): string | null {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' ? code : null;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Seconds, or a date, which nobody sends here. */
function retryAfter(text: string | null): number | null {
  const seconds = text === null ? Number.NaN : Number(text);
  return seconds >= 0 ? seconds * 1_000 : null;
}
