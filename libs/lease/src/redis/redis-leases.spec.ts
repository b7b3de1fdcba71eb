import { afterAll, beforeAll } from '@jest/globals';
import { join } from 'node:path';
import { findProgram, leaseContract, RedisServer, whenPresent } from '@bowline/testkit';
import { RedisLeases } from './redis-leases.js';

const TTL_MS = 1_200;

whenPresent('leases in Redis', 'redis-server', findProgram('redis-server'), (program) => {
  let server: RedisServer;
  let places = 0;
  beforeAll(async () => {
    server = await RedisServer.start(program);
  });
  afterAll(() => server.stop());

  leaseContract(() => {
    places += 1;
    const path = join(import.meta.dirname, '..', '..', 'dist', 'index.js');
    const options = {
      ...{ url: server.url, prefix: `${places}:` },
      ...{ ttlMs: TTL_MS, timeoutMs: 500, pollMs: 20 },
    };
    return {
      ttlMs: TTL_MS,
      open: () => new RedisLeases({ ...options, onTrouble: () => undefined }),
      module: { path, className: 'RedisLeases', options },
    };
  });
});
