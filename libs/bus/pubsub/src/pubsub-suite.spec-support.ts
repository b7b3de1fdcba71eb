import type { Gate } from '@bowline/testkit';
import {
  busMessage,
  gate,
  Log,
  PUBSUB_EMULATOR,
  PubSubEmulator,
  pubsubEmulator,
  type ReaderLog,
  TcpProxy,
  whenPresent,
} from '@bowline/testkit';
import { v1 } from '@google-cloud/pubsub';
import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { clientOptions, connect } from './connection.js';
import type { Connection } from './connection.js';
import { initPubSub } from './init.js';
import type { PubSubTopic } from './init.js';
import type { BusTrouble, BusTroubleKind, PubSubBusOptions, PubSubConnection } from './options.js';
import { PubSubBus } from './pubsub-bus.js';

/** Declares a suite with an emulator of its own; what a test opens is closed after it. */
export function pubsubSuite(name: string, declare: (suite: PubSubSuite) => void): void {
  whenPresent(name, PUBSUB_EMULATOR, pubsubEmulator(), (place) => {
    const suite = new PubSubSuite();
    beforeAll(async () => {
      suite.emulator = await PubSubEmulator.start(place);
    });
    beforeEach(() => suite.begin());
    afterEach(() => suite.closeAll());
    afterAll(() => suite.emulator.stop());
    declare(suite);
  });
}

export class PubSubSuite {
  emulator!: PubSubEmulator;
  /** Google's own clients, to look at Pub/Sub, and to do to it what an operator could. */
  admin!: Connection;
  subscriber!: v1.SubscriberClient;
  private tests = 0;
  private buses: PubSubBus[] = [];
  private proxies: TcpProxy[] = [];
  private gates: Gate[] = [];

  /** Where the topics of this test are. */
  get place(): PubSubConnection & { readonly endpoint: string; readonly prefix: string } {
    const { host: endpoint, projectId } = this.emulator;
    return { endpoint, projectId, prefix: `test-${this.tests}.` };
  }

  /** Makes the topic `orders` with its group `g`. */
  async begin(): Promise<void> {
    this.tests += 1;
    this.admin = await connect(this.place);
    this.subscriber = new v1.SubscriberClient(await clientOptions(this.admin.pubsub));
    await this.init([{ topic: 'orders', groups: ['g'] }]);
  }

  async init(topics: readonly PubSubTopic[]): Promise<void> {
    await initPubSub(topics, this.place);
  }

  /** A bus that retries at once, and what has troubled it. */
  bus(options: Partial<PubSubBusOptions> = {}): { readonly bus: PubSubBus; readonly troubles: Troubles } {
    const troubles = new Troubles();
    const bus = new PubSubBus({
      ...this.place,
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
    options: Partial<PubSubBusOptions> = {},
  ): Promise<{ readonly bus: PubSubBus; readonly troubles: Troubles; readonly proxy: TcpProxy }> {
    const proxy = await TcpProxy.start(this.emulator.port);
    this.proxies.push(proxy);
    return { ...this.bus({ endpoint: `127.0.0.1:${proxy.port}`, ...options }), proxy };
  }

  /**
   * Publishes messages of other keys until one of them is read: what an emulator gives to a stream that breaks at that
   * moment, it never gives to another one.
   */
  async untilReading(reader: ReaderLog): Promise<void> {
    const { bus } = this.bus();
    for (let at = 0; !reader.items.some(isProbe); at += 1) {
      await bus.publish(busMessage(`${PROBE}${at}`, { key: `${PROBE}${at}` }));
    }
  }

  /** Opens at the end of the test at the latest: a handler that waits for it holds up the end of its bus. */
  gate(): Gate {
    const made = gate();
    this.gates.push(made);
    return made;
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
    await Promise.all([this.admin.close(), this.subscriber.close()]);
    this.gates = [];
    this.buses = [];
    this.proxies = [];
  }
}

const PROBE = 'probe ';

export function isProbe(id: string): boolean {
  return id.startsWith(PROBE);
}

export class Troubles extends Log<BusTrouble> {
  /** Resolves once there are as many of a kind. */
  of(kind: BusTroubleKind, count = 1): Promise<void> {
    return this.until(count, (trouble) => trouble.kind === kind);
  }
}
