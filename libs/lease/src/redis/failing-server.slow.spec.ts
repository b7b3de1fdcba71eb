import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { findProgram, RedisServer, renewed, TcpProxy, whenPresent } from '@bowline/testkit';
import { RedisLeases, type RedisLeasesOptions } from './redis-leases.js';

const TTL_MS = 1_200;

whenPresent('leases in a Redis that fails', 'redis-server', findProgram('redis-server'), (program) => {
  let server: RedisServer;
  let places = 0;
  let opened: RedisLeases[] = [];
  beforeAll(async () => {
    server = await RedisServer.start(program, 'always');
  });
  afterEach(async () => {
    await Promise.all(opened.map((leases) => leases.close()));
    opened = [];
  });
  afterAll(() => server.stop());

  const optionsOf = (fields: Partial<RedisLeasesOptions> = {}) => ({
    url: server.url,
    prefix: `${places}:`,
    ttlMs: TTL_MS,
    timeoutMs: 500,
    pollMs: 20,
    ...fields,
  });
  const open = (fields: Partial<RedisLeasesOptions> = {}): RedisLeases => {
    const leases = new RedisLeases({ ...optionsOf(fields), onTrouble: () => undefined });
    opened.push(leases);
    return leases;
  };

  describe('a server', () => {
    it('that was killed and comes back in time leaves the lease to its holder, and knows the epoch', async () => {
      places += 1;
      const lease = await open({ ttlMs: 4 * TTL_MS }).acquire('shard');
      await server.kill();
      await server.resume();
      await renewed(lease);
      const waiting = open({ ttlMs: 4 * TTL_MS }).acquire('shard');
      await lease.release();
      expect(await waiting).toMatchObject({ epoch: 2, formerMs: 0 });
    });

    it('that is gone costs the lease; the next one is under a higher epoch, and careful', async () => {
      places += 1;
      const lease = await open().acquire('shard');
      await server.kill();
      await lease.lost;
      expect(lease.remainingMs()).toBe(0);
      const waiting = open().acquire('shard');
      await server.resume();
      expect(await waiting).toMatchObject({ epoch: 2, formerMs: TTL_MS });
      expect(lease.remainingMs()).toBe(0);
    });

    it('whose answer is lost has not given the lease to nobody', async () => {
      places += 1;
      const proxy = await TcpProxy.start(server.port);
      const leases = open({ url: `redis://127.0.0.1:${proxy.port}` });
      await (await leases.acquire('another')).release();
      proxy.hold({ replies: true });
      const waiting = leases.acquire('shard');
      const other = open();
      // Somebody has it: that is what the answer says which does not come.
      const inVain = other.acquire('shard', { signal: AbortSignal.timeout(200) });
      await expect(inVain).rejects.toMatchObject({ name: 'TimeoutError' });
      proxy.cut();
      expect(await waiting).toMatchObject({ epoch: 1, formerMs: 0 });
      await leases.close();
      expect(await other.acquire('shard')).toMatchObject({ epoch: 2, formerMs: 0 });
      await proxy.close();
    });

    it('that has forgotten a lease which nobody took gives it back to its holder', async () => {
      places += 1;
      const [leases, admin] = [open(), new Redis(server.url)];
      const lease = await leases.acquire('shard');
      await admin.del(`${places}:lease:shard`);
      await renewed(lease);
      expect(await admin.exists(`${places}:lease:shard`)).toBe(1);
      admin.disconnect();
    });

    it('that has given the lease to somebody else tells its holder', async () => {
      places += 1;
      const [leases, admin] = [open(), new Redis(server.url)];
      const lease = await leases.acquire('shard');
      await admin.del(`${places}:lease:shard`);
      const other = await open().acquire('shard');
      expect(other).toMatchObject({ epoch: 2, formerMs: TTL_MS });
      await lease.lost;
      expect(other.remainingMs()).toBeGreaterThan(0);
      admin.disconnect();
    });
  });
});
