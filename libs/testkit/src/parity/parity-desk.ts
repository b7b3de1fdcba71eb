import {
  accountKey,
  channelKey,
  decodeJson,
  shardName,
  topicOf,
  type AuditEntry,
  type AuditMessage,
  type ChannelName,
  type ClientSignal,
  type PositionsMessage,
} from '@bowline/contracts';
import { cashOf, isLive, ordersOf, type TimeMs } from '@bowline/domain';
import {
  ExecutionGateways,
  layOut,
  OcoManagers,
  OrderGenerators,
  OrderNames,
  whenQuiet,
  type AccountLayout,
  type DeskLayout,
  type HistoricalInput,
  type OcoShard,
  type RoleShards,
  type RunnerObserver,
  type ShardRuntime,
} from '@bowline/engine';
import { LocalBus } from '@bowline/bus-local';
import { BarExchange } from '@bowline/exchange-simulator';
import { openMemoryJournals } from '@bowline/journal-memory';
import type { BarFills } from '@bowline/ports';
import { ActingMarket } from './acting-market.js';
import { HeldClock } from './held-clock.js';

type GeneratorRunner = OrderGenerators['runners'][number];

/** One channel: its oco-manager, on a clock of its own, for its time passes from bar to bar. */
export interface DeskChannel {
  readonly shard: OcoShard;
  readonly clock: HeldClock;
  readonly exchange: BarExchange;
  readonly fills: BarFills;
}

/** What the roles have told. */
export interface Told {
  readonly positions: PositionsMessage[];
  readonly audited: AuditEntry[];
}

/**
 * The deciding roles of a desk on a local bus and journals in memory, against one bar exchange an account, all of it
 * moved by hand. Clocks call nobody by themselves.
 */
export class ParityDesk {
  readonly told = new Map<string, Told>();
  readonly market: ActingMarket;
  /** Of the order-generators: what calls them is an entry that is due. */
  readonly entries: HeldClock;
  /** Of the execution-gateways: what calls them is a comparison with the exchange. */
  readonly sweeps: HeldClock;
  readonly exchanges: ReadonlyMap<string, BarExchange>;
  private readonly layout: DeskLayout;
  private readonly names: OrderNames;
  private readonly channels = new Map<string, DeskChannel>();
  private readonly generators = new Map<string, GeneratorRunner>();
  private readonly roles: RoleShards[] = [];
  private readonly bus: LocalBus;
  private readonly troubles: Error[] = [];

  private constructor(
    private readonly input: HistoricalInput,
    private readonly start: TimeMs,
  ) {
    const { clients } = input.config;
    this.layout = layOut(clients, input.markets);
    this.names = new OrderNames(clients);
    this.market = new ActingMarket(input.markets);
    this.entries = new HeldClock(start);
    this.sweeps = new HeldClock(start);
    this.bus = new LocalBus({
      unread: (topic) => topic.startsWith('accounts.'),
      onFailure: ({ error }) => this.troubles.push(error instanceof Error ? error : new Error(String(error))),
    });
    this.exchanges = new Map(this.layout.accounts.map((account) => [account.key, this.exchangeOf(account)]));
  }

  static async open(input: HistoricalInput): Promise<ParityDesk> {
    const start = Math.min(...input.markets.map(({ bars }) => bars.openTime[0]!));
    const desk = new ParityDesk(input, start);
    await desk.openRoles();
    return desk;
  }

  channel(name: ChannelName): DeskChannel {
    return this.channels.get(channelKey(name))!;
  }

  /** What the order-generator knows of a strategy in a channel; undefined before its first signal. */
  target({ clientId, exchange, symbol }: ChannelName, strategyId: string) {
    const { channels, client } = this.generators.get(clientId)!.state;
    const { index } = channels.find((each) => each.exchange === exchange && each.symbol === symbol)!;
    return client.channels[index]!.targets.get(strategyId);
  }

  /** A signal acts in one channel. */
  async signal({ clientId, exchange }: ChannelName, signal: ClientSignal): Promise<void> {
    const runner = this.generators.get(clientId)!;
    const envelope = { id: `${signal.id}/${exchange}`, source: 'signals', epoch: 0, topic: 'signals' };
    await runner.handle(envelope, { type: 'signal', signal, exchange });
    await this.quiet();
  }

  /** Resolves once nothing is on its way. Throws where anything has gone wrong inside. */
  async quiet(): Promise<void> {
    await whenQuiet(
      this.bus,
      this.roles.flatMap(({ runners }) => runners),
    );
    if (this.troubles.length > 0) throw this.troubles[0];
  }

  /** Throws where an exchange has an order that its channel does not know, or the other way round. */
  checkOrders(): void {
    const { names } = this;
    for (const [key, exchange] of this.exchanges) {
      const known = [...this.channels.values()]
        .filter(({ shard }) => accountKey(shard.layout.name) === key)
        .flatMap(({ shard: { layout, runner } }) => {
          const { clientId, exchange: at, symbol } = layout.name;
          return [...runner.state.channel.positions.values()].flatMap((position) =>
            ordersOf(position)
              .filter(({ state }) => isLive(state))
              .map(({ terms }) => names.nameOf(clientId, at, symbol, position.strategyId, terms.key)),
          );
        });
      const there = exchange.openOrders();
      if ([...known].sort().join() === [...there].sort().join()) continue;
      throw new Error(`${key} has the orders ${there.join()}, and its channels know of ${known.join()}`);
    }
  }

  private exchangeOf({ account, channels, client }: AccountLayout): BarExchange {
    const { config, createFills, clientOrderId } = this.input;
    const { clientId } = client;
    const { accountBalance, exchange, hedgeMode } = account;
    return new BarExchange({
      exchange,
      account: clientId,
      hedgeMode,
      balance: (accountBalance && cashOf(accountBalance)) ?? 0n,
      markets: channels.map(({ instrument }) => ({
        instrument,
        fills: createFills(instrument, { ...config.execution, ...account }),
      })),
      drawName: (symbol, key) =>
        clientOrderId({ clientId, exchange, symbol, strategyId: strategyOf(key.strategyPositionId), ...key }),
    });
  }

  private async openRoles(): Promise<void> {
    const { entries, layout, market, names, sweeps } = this;
    const journals = openMemoryJournals();
    const runtime = (clock: HeldClock): ShardRuntime => ({
      bus: this.bus,
      journals,
      clock,
      observer: this.observer(),
    });
    const generators = await OrderGenerators.open(runtime(entries), layout, market, {
      signalTtlMs: null,
      limitsRequired: false,
      maxQuoteAgeMs: null,
    });
    for (const { clientId } of layout.clients) {
      const shard = shardName('order-generator', clientId);
      this.generators.set(
        clientId,
        generators.runners.find((runner) => runner.shard === shard)!,
      );
      this.told.set(clientId, { positions: [], audited: [] });
    }
    const gateways = await ExecutionGateways.open(runtime(sweeps), layout, names, ({ key }) =>
      this.exchanges.get(key)!,
    );
    this.roles.push(generators, gateways);
    for (const channel of layout.channels) {
      const clock = new HeldClock(this.start);
      const exchange = this.exchanges.get(accountKey(channel.name))!;
      const managers = await OcoManagers.open(runtime(clock), { ...layout, channels: [channel] }, names, {
        capabilitiesOf: () => exchange.capabilities,
        maxQuoteAgeMs: null,
        heartbeatMs: null,
      });
      this.roles.push(managers);
      const { fills } = exchange.books.markets.get(channel.name.symbol)!;
      this.channels.set(channel.key, { shard: managers.shards[0]!, clock, exchange, fills });
    }
    this.subscribe();
    for (const role of this.roles) role.start();
    await gateways.connect();
    await this.quiet();
  }

  private subscribe(): void {
    for (const role of this.roles) {
      for (const { pattern, ...route } of role.routes) {
        this.bus.subscribe({ ...route, handle: (delivery) => role.receive(pattern, delivery) });
      }
    }
    for (const [clientId, { audited, positions }] of this.told) {
      const read = (topic: 'positions' | 'audit', take: (body: unknown) => void) =>
        this.bus.subscribe({
          topic: topicOf(topic, clientId),
          group: 'parity',
          handle: async ({ message }) => take(decodeJson(message.data)),
        });
      read('positions', (body) => positions.push(body as PositionsMessage));
      read('audit', (body) => audited.push(...(body as AuditMessage).entries));
    }
  }

  private observer(): RunnerObserver {
    const trouble = (shard: string, what: string) => this.troubles.push(new Error(`${shard}: ${what}`));
    return {
      appended: () => undefined,
      recovered: () => undefined,
      duplicate: (shard) => trouble(shard, 'was told something twice'),
      fenced: (shard) => trouble(shard, 'fenced somebody'),
      parked: ({ error, shard }) => trouble(shard, error),
      quarantined: (shard, error) => error !== null && trouble(shard, error.stack ?? error.message),
      stopped: (shard, error) => trouble(shard, error.stack ?? error.message),
    };
  }
}

/** A strategy position is named after its strategy, and numbered. */
function strategyOf(strategyPositionId: string): string {
  return strategyPositionId.slice(0, strategyPositionId.lastIndexOf('-'));
}
