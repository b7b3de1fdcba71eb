import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { ReadableStream } from 'node:stream/web';
import { setTimeout as pause } from 'node:timers/promises';
import type { KyResponse } from 'ky';
import { withPath } from '@bowline/contracts';
import { messageOf } from '../files/check-file.js';
import { writeFileAtomically } from '../files/atomic-file.js';

/**
 * A download that did not succeed although the request was right. What is complete stays; the same call goes on
 * from there.
 */
export class DownloadError extends Error {
  override readonly name = 'DownloadError';
}

export interface DownloadOptions {
  readonly signal: AbortSignal | null;
  /** Pause before the first repetition; it doubles with each. */
  readonly retryBaseMs: number;
  /** Repetitions without a byte of progress before giving up. */
  readonly retries: number;
  /** A connection that delivers nothing for this long is given up. */
  readonly stallMs: number;
  /** Bytes that have arrived since the last call. */
  readonly onBytes: (bytes: number) => void;
}

export type Downloaded = 'downloaded' | 'reused' | 'missing';

/**
 * Brings `url` to `target` and proves it by the sha256 in `url`.CHECKSUM, which is kept beside it. A target that
 * is proven already is not asked for again; a part that is there is continued. `missing` where the server has none.
 */
export async function downloadVerified(
  url: string,
  target: string,
  options: DownloadOptions,
): Promise<Downloaded> {
  const known = await readChecksum(`${target}.CHECKSUM`);
  if (known !== null && (await sha256Of(target)) === known) return 'reused';
  const published = await fetchText(`${url}.CHECKSUM`, options);
  if (published === null) return 'missing';
  const expected = parseChecksum(published);
  if (expected === null)
    throw new DownloadError(
      `${url}.CHECKSUM: is not a sha256 checksum: ${JSON.stringify(published.slice(0, 80))}`,
    );
  await mkdir(dirname(target), { recursive: true });
  const part = `${target}.part`;
  // What an earlier call left may be part of another publication of the file: once more then, from the start.
  for (let attempt = 1; ; attempt++) {
    if (!(await fetchInto(url, part, options))) return 'missing';
    const actual = await sha256Of(part);
    if (actual === expected) break;
    await rm(part, { force: true });
    if (attempt === 2) {
      throw new DownloadError(
        `${url}: the checksum does not match (sha256 should be ${expected}, is ${actual ?? 'that of nothing'}); run it again later`,
      );
    }
  }
  await rename(part, target);
  await writeFileAtomically(`${target}.CHECKSUM`, [`${expected}  ${basename(target)}\n`]);
  return 'downloaded';
}

/** The body of a small text; null for 404. */
async function fetchText(url: string, options: DownloadOptions): Promise<string | null> {
  const response = await request(url, {}, options);
  return response.status === 404 ? (await discard(response), null) : response.text();
}

/** Appends what is missing to `part`, again and again until the server says that it is all. False for 404. */
async function fetchInto(url: string, part: string, options: DownloadOptions): Promise<boolean> {
  for (let failures = 0; ;) {
    const start = await sizeOf(part);
    const response = await request(url, start > 0 ? { Range: `bytes=${start}-` } : {}, options);
    if (response.status === 404) return discard(response).then(() => false);
    if (response.status === 416) {
      // Nothing lies beyond what is there: it is whole, or longer than the file. The checksum tells.
      await discard(response);
      return true;
    }
    try {
      await writeBody(response, part, start, options);
      return true;
    } catch (cause) {
      // A failure with a path is one of the disk, which no repetition mends.
      if (options.signal?.aborted || (cause instanceof Error && 'path' in cause)) throw cause;
      failures = (await sizeOf(part)) > start ? 1 : failures + 1;
      if (failures > options.retries)
        throw new DownloadError(`${url}: the download broke off (${reasonOf(cause)}); run it again`, {
          cause,
        });
      await pause(
        options.retryBaseMs * 2 ** (failures - 1),
        undefined,
        options.signal ? { signal: options.signal } : {},
      );
    }
  }
}

async function request(
  url: string,
  headers: Record<string, string>,
  options: DownloadOptions,
): Promise<KyResponse> {
  // Loaded here: it starts the whole of the HTTP client, which whoever only reads files has no use for.
  const { default: ky, HTTPError, TimeoutError } = await import('ky');
  try {
    return await ky.get(url, {
      // The bytes themselves are wanted, as the checksum is over them.
      headers: { 'Accept-Encoding': 'identity', ...headers },
      throwHttpErrors: (status) => status !== 404 && status !== 416,
      timeout: options.stallMs,
      retry: {
        limit: options.retries,
        delay: (attempt) => options.retryBaseMs * 2 ** (attempt - 1),
        retryOnTimeout: true,
        maxRetryAfter: 60_000,
      },
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    if (cause instanceof HTTPError) {
      await cause.response.body?.cancel();
      throw new DownloadError(
        `${url}: the server answers ${cause.response.status} ${cause.response.statusText}; try it again later`,
        { cause },
      );
    }
    const reason = cause instanceof TimeoutError ? 'no answer in time' : reasonOf(cause);
    throw new DownloadError(
      `${url}: the server cannot be reached (${reason}); check the connection and run it again`,
      { cause },
    );
  }
}

/** Appends to what is there where the server continues it, else begins anew. */
async function writeBody(
  response: KyResponse,
  part: string,
  start: number,
  { stallMs, onBytes }: DownloadOptions,
): Promise<void> {
  const continues = response.status === 206;
  if (continues && !response.headers.get('content-range')?.startsWith(`bytes ${start}-`)) {
    await rm(part, { force: true });
    await discard(response);
    throw new Error('the server sent another part than was asked for');
  }
  const file = await open(part, continues ? 'a' : 'w');
  try {
    for await (const bytes of bodyOf(response, stallMs)) {
      await file.writeFile(bytes).catch((cause: unknown) => {
        throw withPath(cause, part);
      });
      onBytes(bytes.length);
    }
  } finally {
    await file.close();
  }
}

/** The body in pieces. Throws where none comes for `stallMs`. */
async function* bodyOf(response: KyResponse, stallMs: number): AsyncGenerator<Uint8Array> {
  if (response.body === null) return;
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let stalled = false;
  const timer = setTimeout(() => {
    stalled = true;
    // Ends the read that is waiting; that the connection is gone by then does not matter.
    reader.cancel().catch(() => undefined);
  }, stallMs);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (stalled) throw new Error(`nothing came for ${stallMs / 1000} s`);
      if (done) return;
      yield value;
      timer.refresh();
    }
  } finally {
    clearTimeout(timer);
  }
}

async function discard(response: KyResponse): Promise<void> {
  await response.body?.cancel();
}

/** `<sha256>  <file name>`, as sha256sum writes it. */
function parseChecksum(text: string): string | null {
  return /^([0-9a-f]{64})\b/i.exec(text.trim())?.[1].toLowerCase() ?? null;
}

async function readChecksum(path: string): Promise<string | null> {
  const text = await readFile(path, 'utf8').catch(nullIfMissing);
  return text === null ? null : parseChecksum(text);
}

/** Null where there is no such file. */
async function sha256Of(path: string): Promise<string | null> {
  const hash = createHash('sha256');
  try {
    for await (const bytes of createReadStream(path)) hash.update(bytes as Buffer);
  } catch (cause) {
    return nullIfMissing(cause);
  }
  return hash.digest('hex');
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(nullIfMissing))?.size ?? 0;
}

function nullIfMissing(cause: unknown): null {
  if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
  throw cause;
}

/** `fetch failed` says nothing; what lies under it does: `connect ECONNREFUSED 127.0.0.1:1`. */
function reasonOf(cause: unknown): string {
  return cause instanceof Error && cause.cause !== undefined ? messageOf(cause.cause) : messageOf(cause);
}
