import { busContract, findProgram, RedisServer, whenPresent } from '@bowline/testkit';
import { afterAll, beforeAll } from '@jest/globals';
import { RedisBus } from './redis-bus.js';

whenPresent('Redis bus', 'redis-server', findProgram('redis-server'), (program) => {
  let server: RedisServer;
  let opened = 0;
  beforeAll(async () => {
    server = await RedisServer.start(program);
  });
  afterAll(() => server.stop());

  busContract('Redis bus', {
    open: async () => {
      opened += 1;
      const bus = new RedisBus({
        url: server.url,
        prefix: `${opened}:`,
        onFailure: () => undefined,
        retry: { firstMs: 0, maxMs: 0 },
      });
      return { bus, settle: () => bus.whenIdle(), dispose: () => bus.close() };
    },
    runs: 30,
  });
});
