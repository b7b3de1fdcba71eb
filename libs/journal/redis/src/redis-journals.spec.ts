import { afterAll, beforeAll } from '@jest/globals';
import type { JournalStore } from '@bowline/ports';
import { findProgram, journalContract, RedisServer, whenPresent } from '@bowline/testkit';
import { openRedisJournals } from './index.js';

whenPresent('journals in Redis', 'redis-server', findProgram('redis-server'), (program) => {
  let server: RedisServer;
  let places = 0;
  beforeAll(async () => {
    server = await RedisServer.start(program);
  });
  afterAll(() => server.stop());

  journalContract(() => {
    places += 1;
    const name = `place ${places}`;
    const open = (): Promise<JournalStore> =>
      openRedisJournals({ url: server.url, name, onWarning: () => undefined });
    return {
      open,
      async reopen(store) {
        await store.close();
        return open();
      },
    };
  });
});
