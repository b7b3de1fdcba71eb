import { Redis } from 'ioredis';

/**
 * A connection that comes back by itself, and never repeats a command: one whose answer was lost may have been carried
 * out, and only its sender knows what that means. While there is no connection, commands fail at once. One without an
 * answer is ended by `socketTimeout`, which gives up the connection and so every answer that might still come.
 */
export function connect(url: string, name: string, timeoutMs: number): Redis {
  const connection = new Redis(url, {
    connectionName: name,
    maxRetriesPerRequest: 0,
    // While a server loads its data ioredis believes its estimate, which in the first seconds may be hours, up to this.
    maxLoadingRetryTime: 100,
    autoResendUnfulfilledCommands: false,
    enableOfflineQueue: false,
    enableAutoPipelining: false,
    socketTimeout: timeoutMs,
    connectTimeout: timeoutMs,
    disconnectTimeout: 200,
    retryStrategy: (times) => Math.min(1000, 10 * 2 ** times),
    disableClientInfo: true,
    protocol: 2,
  });
  // Whoever has sent a command hears of it with the command.
  connection.on('error', () => undefined);
  return connection;
}

/** Resolves once commands can be sent; to false where that is not so after `ms` milliseconds. */
export function whenReady(connection: Redis, ms: number): Promise<boolean> {
  if (connection.status === 'ready') return Promise.resolve(true);
  return new Promise((resolve) => {
    const settle = (isReady: boolean) => (): void => {
      clearTimeout(timer);
      connection.off('ready', onReady);
      connection.off('end', onEnd);
      resolve(isReady);
    };
    const onReady = settle(true);
    const onEnd = settle(false);
    const timer = setTimeout(onEnd, Math.max(0, ms));
    connection.on('ready', onReady);
    connection.on('end', onEnd);
  });
}

/** Gives up a connection that is there, for the next one. Resolves once it is gone: until then it looks as if it were up. */
export function leave(connection: Redis): Promise<void> {
  if (connection.status !== 'ready') return Promise.resolve();
  return new Promise((resolve) => {
    connection.once('close', resolve);
    connection.disconnect(true);
  });
}

/** Where a URL leads, without who asks. */
export function placeOf(url: string): string {
  const place = URL.parse(url);
  return place === null ? 'Redis' : `Redis at ${place.host}`;
}
