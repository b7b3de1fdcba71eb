import { afterAll, afterEach, beforeAll } from '@jest/globals';
import type { JournalStore } from '@bowline/ports';
import { findProgram, RedisServer, TcpProxy, whenPresent } from '@bowline/testkit';
import { Redis } from 'ioredis';
import { openRedisJournals } from './index.js';
import type { RedisJournalOptions } from './index.js';
import { Keys } from './keys.js';

/** Declares a suite with a redis-server of its own; what a test opens is closed after it. */
export function journalSuite(name: string, declare: (suite: JournalSuite) => void): void {
  whenPresent(name, 'redis-server', findProgram('redis-server'), (program) => {
    const suite = new JournalSuite();
    beforeAll(async () => {
      suite.server = await RedisServer.start(program, 'always');
    });
    afterEach(() => suite.closeAll());
    afterAll(() => suite.server.stop());
    declare(suite);
  });
}

export class JournalSuite {
  server!: RedisServer;
  private tests = 0;
  private stores: JournalStore[] = [];
  private proxies: TcpProxy[] = [];
  private admins: Redis[] = [];

  /** The store of this test. */
  get name(): string {
    return `test ${this.tests}`;
  }

  get keys(): Keys {
    return new Keys(this.name);
  }

  async open(options: Partial<RedisJournalOptions> = {}): Promise<JournalStore> {
    const store = await openRedisJournals({ url: this.server.url, name: this.name, ...options });
    this.stores.push(store);
    return store;
  }

  /** The store through a proxy. */
  async openProxied(
    options: Partial<RedisJournalOptions> = {},
  ): Promise<{ readonly store: JournalStore; readonly proxy: TcpProxy }> {
    const proxy = await TcpProxy.start(this.server.port);
    this.proxies.push(proxy);
    return { proxy, store: await this.open({ url: `redis://127.0.0.1:${proxy.port}`, ...options }) };
  }

  /** A plain client, to look at Redis, and to do to it what an operator could. */
  admin(): Redis {
    const admin = new Redis(this.server.url);
    admin.on('error', () => undefined);
    this.admins.push(admin);
    return admin;
  }

  /** Asks Redis until it has record `sequence` of a shard: nothing tells when a command has arrived there. */
  async untilThere(admin: Redis, shard: string, sequence: number): Promise<void> {
    while (Number(await admin.hget(this.keys.heads, shard)) < sequence);
  }

  async closeAll(): Promise<void> {
    for (const proxy of this.proxies) {
      proxy.release();
      proxy.accept();
    }
    await Promise.all(this.stores.map((store) => store.close()));
    await Promise.all(this.proxies.map((proxy) => proxy.close()));
    for (const admin of this.admins) admin.disconnect();
    this.stores = [];
    this.proxies = [];
    this.admins = [];
    this.tests += 1;
  }
}
