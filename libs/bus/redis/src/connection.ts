import { Redis } from 'ioredis';
import { SCRIPTS } from './scripts.js';
import type { ScriptCalls } from './scripts.js';

export type Connection = Redis & ScriptCalls;

export interface ConnectionOptions {
  readonly url: string;
  /** What `CLIENT LIST` shows. */
  readonly name: string;
  /** How long Redis may leave a command without an answer. */
  readonly timeoutMs: number;
  readonly onError: (error: Error) => void;
}

/**
 * A connection that comes back by itself, and never repeats a command: one whose answer was lost may have been carried
 * out, and only its sender knows what that means. While there is no connection, commands fail at once.
 *
 * A command without an answer is ended by `socketTimeout`, which gives up the connection. ioredis' `blockingTimeout` and
 * `commandTimeout` only give up the command: a read that has timed out looks like one that found nothing, and what its
 * late answer brings is dropped though Redis counts it as delivered.
 */
export function connect({ name, onError, timeoutMs, url }: ConnectionOptions): Connection {
  const connection = new Redis(url, {
    connectionName: name,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    enableOfflineQueue: false,
    enableAutoPipelining: false,
    socketTimeout: timeoutMs,
    connectTimeout: timeoutMs,
    disconnectTimeout: 1000,
    // While a server loads its data ioredis believes its estimate, which in the first seconds may be hours, up to this.
    maxLoadingRetryTime: 100,
    retryStrategy: (times) => Math.min(1000, 10 * 2 ** times),
    disableClientInfo: true,
    protocol: 2,
    scripts: SCRIPTS,
  });
  connection.on('error', onError);
  return connection as Connection;
}

/** Resolves once commands can be sent, or once the connection is closed for good, or `signal` aborts. */
export function whenReady(connection: Connection, signal: AbortSignal): Promise<void> {
  if (connection.status === 'ready' || connection.status === 'end' || signal.aborted)
    return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      connection.off('ready', done);
      connection.off('end', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    connection.on('ready', done);
    connection.on('end', done);
    signal.addEventListener('abort', done);
  });
}

/** Resolves after so many milliseconds, or at once when `signal` aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
