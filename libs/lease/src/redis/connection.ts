import { Redis } from 'ioredis';
import { SCRIPTS, type ScriptCalls } from './scripts.js';

export type Connection = Redis & ScriptCalls;

/**
 * A connection that comes back by itself, and never repeats a command: one whose answer was lost may have been carried
 * out. While there is no connection, commands fail at once. A command without an answer ends the connection.
 */
export function connect(url: string, timeoutMs: number, onError: (error: Error) => void): Connection {
  const connection = new Redis(url, {
    connectionName: 'bowline-leases',
    maxRetriesPerRequest: 0,
    // While a server loads its data ioredis believes its estimate, which in the first seconds may be hours, up to this.
    maxLoadingRetryTime: 100,
    autoResendUnfulfilledCommands: false,
    enableOfflineQueue: false,
    enableAutoPipelining: false,
    socketTimeout: timeoutMs,
    connectTimeout: timeoutMs,
    disconnectTimeout: 1000,
    retryStrategy: (times) => Math.min(1000, 10 * 2 ** times),
    disableClientInfo: true,
    protocol: 2,
    scripts: SCRIPTS,
  });
  connection.on('error', onError);
  return connection as Connection;
}
