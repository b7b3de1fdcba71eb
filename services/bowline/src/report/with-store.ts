import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ANALYTICS_ROUTE, fieldErrorText, InputError, problemSchema } from '@bowline/contracts';
import { LiveStoreError } from '@bowline/store-duckdb';
import { commandText } from '../cli/command-text.js';
import type { CommandContext } from '../cli/context.js';
import { deskAddress } from '../desk-client/desk-address.js';
import { readDeskFile } from '../desk-client/desk-file.js';

/** Where a store is: a file, or a running desk that gives a copy of its own. */
export interface StoreSource {
  readonly database: string;
  readonly url?: string;
}

/**
 * Opens a store to `use`, which gets its path and what to call it. Where a desk is running on the file, the desk is asked
 * for a copy.
 *
 * @throws InputError where there is no such store, or nobody gives it
 */
export async function withStore<T>(
  { database, url }: StoreSource,
  context: CommandContext,
  use: (path: string, where: string) => Promise<T>,
): Promise<T> {
  if (url !== undefined) return withCopy(url, context, use);
  try {
    return await use(database, database);
  } catch (error) {
    if (!(error instanceof LiveStoreError)) throw error;
    if (error.code === 'missing') throw new InputError([`${error.message}; a desk makes it when it starts`]);
    if (error.code !== 'locked') throw error;
    const desk = await readDeskFile(dirname(database));
    if (desk === null || desk.pid !== error.pid) throw withWayOut(error);
    context.terminal.note(`a desk is running on ${database}; it is asked for a copy (${desk.url})`);
    return withCopy(desk.url, context, use);
  }
}

function withWayOut(error: LiveStoreError): InputError {
  const ask = commandText(['report', '--url', 'http://127.0.0.1:8420']);
  return new InputError([`${error.message}; stop it, or, where it is a desk, ask it for a copy: ${ask}`]);
}

async function withCopy<T>(
  url: string,
  context: CommandContext,
  use: (path: string, where: string) => Promise<T>,
): Promise<T> {
  const address = await deskAddress(url, process.env);
  const folder = await mkdtemp(join(tmpdir(), 'bowline-report-copy-'));
  try {
    const path = join(folder, 'desk.duckdb');
    await download(`${address.url}${ANALYTICS_ROUTE.database.path}`, path, context.signal);
    return await use(path, address.url);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function download(url: string, path: string, signal: AbortSignal): Promise<void> {
  const response = await answerOf(url, signal);
  const type = response.headers.get('content-type');
  if (!response.ok || type !== ANALYTICS_ROUTE.database.contentType || response.body === null) {
    throw new InputError([`${url}: ${await refusalOf(response)}`]);
  }
  await pipeline(Readable.fromWeb(response.body), createWriteStream(path), { signal });
}

async function answerOf(url: string, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { signal });
  } catch (error) {
    signal.throwIfAborted();
    // Node's fetch hangs what the network said on its own error.
    if (!(error instanceof Error) || !(error.cause instanceof Error)) throw error;
    const { code, message } = error.cause as NodeJS.ErrnoException;
    throw new InputError([`${url}: no desk answers there (${code ?? message})`]);
  }
}

async function refusalOf(response: Response): Promise<string> {
  const text = await response.text();
  let body: unknown = null;
  try {
    body = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const problem = problemSchema.safeParse(body);
  if (!problem.success)
    return `answers with status ${response.status}, but not as a desk of this version does`;
  const { detail, errors = [], title } = problem.data;
  return errors.length > 0 ? errors.map(fieldErrorText).join('; ') : (detail ?? title);
}
