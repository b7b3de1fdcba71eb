import type { Gate } from '@bowline/testkit';
import type { BusMessage } from '@bowline/ports';
import { findProgram, gate, Log, RedisServer, TcpProxy, whenPresent } from '@bowline/testkit';
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { Redis } from 'ioredis';
import { encodeEntry, FIELDS, OPTIONAL_FROM } from './entry.js';
import type { BusTrouble, BusTroubleKind, RedisBusOptions } from './options.js';
import { RedisBus } from './redis-bus.js';

/** Declares a suite with a redis-server of its own; what a test opens is closed after it. */
export function redisSuite(name: string, declare: (suite: RedisSuite) => void): void {
  whenPresent(name, 'redis-server', findProgram('redis-server'), (program) => {
    const suite = new RedisSuite();
    beforeAll(async () => {
      // With less a crash may take what was confirmed: whoever then waits for it waits forever.
      suite.server = await RedisServer.start(program, 'always');
    });
    afterEach(() => suite.closeAll());
    afterAll(() => suite.server.stop());
    declare(suite);
  });
}

export class RedisSuite {
  server!: RedisServer;
  private tests = 0;
  private buses: RedisBus[] = [];
  private proxies: TcpProxy[] = [];
  private admins: Redis[] = [];
  private gates: Gate[] = [];

  /** Where the buses of this test keep their streams. */
  get prefix(): string {
    return `test-${this.tests}:`;
  }

  /** A bus that retries at once, and what has troubled it. */
  bus(options: Partial<RedisBusOptions> = {}): { readonly bus: RedisBus; readonly troubles: Troubles } {
    const troubles = new Troubles();
    const bus = new RedisBus({
      url: this.server.url,
      prefix: this.prefix,
      retry: { firstMs: 0, maxMs: 0 },
      onFailure: () => undefined,
      onTrouble: (trouble) => troubles.add(trouble),
      ...options,
    });
    this.buses.push(bus);
    return { bus, troubles };
  }

  /** A bus whose connections go through a proxy. */
  async proxiedBus(
    options: Partial<RedisBusOptions> = {},
  ): Promise<{ readonly bus: RedisBus; readonly troubles: Troubles; readonly proxy: TcpProxy }> {
    const proxy = await TcpProxy.start(this.server.port);
    const opened = this.bus({ url: `redis://127.0.0.1:${proxy.port}`, ...options });
    this.proxies.push(proxy);
    return { ...opened, proxy };
  }

  /** A bus that publishes only, and may do so before group `g` reads. */
  publisher(): RedisBus {
    return this.bus({ groups: () => ['g'] }).bus;
  }

  /** The entries of `orders` that group `g` has in hand. */
  async inHand(admin: Redis): Promise<readonly string[]> {
    const pending = (await admin.xpending(`${this.prefix}orders`, 'g', '-', '+', 100_000)) as [string][];
    return pending.map(([id]) => id);
  }

  /** Asks Redis until the group `g` of `orders` has so many entries in hand: nothing tells when somebody else got one. */
  async untilInHand(admin: Redis, count: number): Promise<void> {
    while ((await this.inHand(admin)).length !== count);
  }

  /** Asks Redis until a connection that is not one of `known` waits in a read. Answers those that do. */
  async untilReading(admin: Redis, known: readonly string[]): Promise<readonly string[]> {
    for (;;) {
      const clients = (await admin.call('CLIENT', 'LIST')) as string;
      const reading = clients.split('\n').filter((line) => line.includes(' cmd=xreadgroup '));
      const ids = reading.flatMap((line) => /^id=(\d+) .* flags=b /.exec(line)?.[1] ?? []);
      if (ids.some((id) => !known.includes(id))) return ids;
    }
  }

  /** Opens at the end of the test at the latest: a handler that waits for it holds up the end of its bus. */
  gate(): Gate {
    const made = gate();
    this.gates.push(made);
    return made;
  }

  /** A plain client, to look at Redis, and to do to it what an operator could. */
  admin(): Redis {
    const admin = new Redis(this.server.url);
    // Where a test ends the server, it breaks, and comes back.
    admin.on('error', () => undefined);
    this.admins.push(admin);
    return admin;
  }

  /** Buses first, over connections that work. */
  async closeAll(): Promise<void> {
    for (const { open } of this.gates) open();
    for (const proxy of this.proxies) {
      proxy.release();
      proxy.accept();
    }
    await Promise.all(this.buses.map((bus) => bus.close()));
    await Promise.all(this.proxies.map((proxy) => proxy.close()));
    for (const admin of this.admins) admin.disconnect();
    this.gates = [];
    this.buses = [];
    this.proxies = [];
    this.admins = [];
    this.tests += 1;
  }
}

export class Troubles extends Log<BusTrouble> {
  /** Resolves once there are as many of a kind. */
  of(kind: BusTroubleKind, count = 1): Promise<void> {
    return this.until(count, (trouble) => trouble.kind === kind);
  }
}

/** The fields of a message's entry, with their values. */
export function pairsOf(message: BusMessage): [name: string, value: string][] {
  const values = encodeEntry(message);
  const pairs = FIELDS.map((name, at): [string, string] => [name, values[at]!]);
  return pairs.filter(([, value], at) => at < OPTIONAL_FROM || value !== '');
}

export function fieldsOf(message: BusMessage): string[] {
  return pairsOf(message).flat();
}
