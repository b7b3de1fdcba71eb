import { fieldErrorText, InputError, problemSchema, type Problem } from '@bowline/contracts';
import { commandText } from '../cli/command-text.js';
import { following } from '../cli/following.js';
import { jsonOrNull } from '../cli/json-or-null.js';
import { deskAddress, type DeskAddress } from './desk-address.js';

/** Query parameters; what is undefined is left out. */
export type Query = Readonly<Record<string, string | number | undefined>>;

/** Says what a value is, or that it is not: schemas of zod do. */
export interface Schema<T> {
  safeParse(value: unknown): { readonly success: true; readonly data: T } | { readonly success: false };
}

const TIMEOUT_MS = 15_000;

/** The HTTP interface of a running desk. Whatever it refuses is an InputError, in its words. */
export class DeskClient {
  private constructor(
    private readonly address: DeskAddress,
    private readonly signal: AbortSignal,
  ) {}

  /** @param url of the option `--url` */
  static async at(
    url: string | undefined,
    signal: AbortSignal,
    purpose: 'desk' | 'signals' = 'desk',
  ): Promise<DeskClient> {
    return new DeskClient(await deskAddress(url, process.env, purpose), signal);
  }

  get url(): string {
    return this.address.url;
  }

  get<T>(path: string, schema: Schema<T>, query: Query = {}): Promise<T> {
    const given = Object.entries(query).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, String(value)]],
    );
    const text = new URLSearchParams(given).toString();
    return this.ask(text === '' ? path : `${path}?${text}`, {}, schema);
  }

  /** @param headersOf more headers, for the body as it goes out: a signature */
  post<T>(
    path: string,
    body: unknown,
    schema: Schema<T>,
    headersOf: (text: string) => Readonly<Record<string, string>> = () => ({}),
  ): Promise<T> {
    const text = JSON.stringify(body);
    const headers = { 'content-type': 'application/json', ...headersOf(text) };
    return this.ask(path, { method: 'POST', headers, body: text }, schema);
  }

  private async ask<T>(path: string, init: RequestInit, schema: Schema<T>): Promise<T> {
    const { body, status } = await this.fetch(path, init);
    const problem = problemSchema.safeParse(body);
    if (problem.success) throw new InputError([...linesOf(problem.data), ...wayOut(status)]);
    const answer = schema.safeParse(body);
    if (answer.success) return answer.data;
    throw new InputError([
      `${this.url} answers ${path} with status ${status}, but not as a desk of this version does (${this.address.source})`,
    ]);
  }

  private async fetch(path: string, init: RequestInit): Promise<{ status: number; body: unknown }> {
    const { letGo, signal } = following(this.signal, TIMEOUT_MS);
    try {
      const { BOWLINE_TOKEN: token = '' } = process.env;
      const headers = new Headers(init.headers);
      if (token !== '') headers.set('authorization', `Bearer ${token}`);
      const response = await fetch(`${this.url}${path}`, { ...init, headers, signal });
      return { status: response.status, body: jsonOrNull(await response.text()) };
    } catch (error) {
      this.signal.throwIfAborted();
      throw this.unreachable(error);
    } finally {
      letGo();
    }
  }

  private unreachable(error: unknown): unknown {
    if (!(error instanceof Error)) return error;
    const { source, url } = this.address;
    if (error.name === 'TimeoutError') {
      return new InputError([`${url} has not answered within ${TIMEOUT_MS / 1000} s (${source})`]);
    }
    // Node's fetch hangs what the network said on its own error.
    const { code } = (error.cause ?? {}) as NodeJS.ErrnoException;
    if (code === undefined) return error;
    return new InputError([
      `no desk answers at ${url} (${source}; ${code})`,
      `start one with ${commandText(['start'])}, or say where it is with --url or BOWLINE_URL`,
    ]);
  }
}

/** Whoever is refused by a desk that has a token. */
function wayOut(status: number): readonly string[] {
  const { BOWLINE_TOKEN: token = '' } = process.env;
  return status === 401 && token === '' ? ['set BOWLINE_TOKEN to the token of the desk'] : [];
}

function linesOf({ detail, errors, title }: Problem): readonly string[] {
  return errors?.map(fieldErrorText) ?? [detail ?? title];
}
