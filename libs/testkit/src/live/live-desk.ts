import {
  accountsTopic,
  auditTopic,
  encodeJson,
  positionsTopic,
  topicOf,
  type AuditEntry,
  type AuditMessage,
  type ClientSignal,
  type ControlMessage,
  type PositionsMessage,
  type TopicName,
  type TradeView,
} from '@bowline/contracts';
import type { Ticks } from '@bowline/domain';
import {
  ExecutionGateways,
  layOut,
  LiveMarketView,
  OcoManagers,
  OrderGenerators,
  OrderNames,
  read,
  VirtualClock,
  VirtualTime,
  whenQuiet,
  type DeskLayout,
  type ListedInstrument,
  type RoleShards,
  type ShardRuntime,
} from '@bowline/engine';
import { LocalBus } from '@bowline/bus-local';
import {
  POSITION_ID_CAPABILITIES,
  type MockExchange,
  type PositionIdExchange,
  SIMULATED_CAPABILITIES,
} from '@bowline/exchange-simulator';
import { openMemoryJournals, type MemoryJournals } from '@bowline/journal-memory';
import type {
  BarClosed,
  BusMessage,
  Clock,
  ExchangeClient,
  ExchangeRequest,
  MarketUpdate,
} from '@bowline/ports';
import { START } from '../historical/clock.js';
import { CLIENT, clientConfig, EXCHANGE, instrumentOf, SYMBOL } from '../historical/scenario.js';
import { incidentsInto, type Incident } from './incidents.js';
import { openExchanges } from './open-exchanges.js';
import type { LiveDeskOptions, PriceOptions } from './live-desk-options.js';

export type { LiveDeskOptions, PriceOptions } from './live-desk-options.js';
export type { Incident } from './incidents.js';

/**
 * The deciding roles of a desk in one process, on a local bus, journals in memory and mock exchanges, moved by hand:
 * signals and prices come from the test, and everything that they lead to is over when a call returns.
 */
export class LiveDesk {
  readonly positions: PositionsMessage[] = [];
  readonly audits: AuditMessage[] = [];
  readonly audited: AuditEntry[] = [];
  readonly incidents: Incident[] = [];
  readonly sent: ExchangeRequest[] = [];
  /** Ids of the signals and commands that the desk has answered for, with the client behind a slash. */
  readonly confirmed = new Set<string>();
  readonly bus: LocalBus;
  generators!: OrderGenerators;
  managers!: OcoManagers;
  gateways!: ExecutionGateways;
  private time!: VirtualTime;
  private readonly market = new LiveMarketView();
  private readonly listeners: ((update: MarketUpdate) => void)[] = [];
  private readonly barListeners: ((bar: BarClosed) => void)[] = [];
  private signals = 0;
  /** Messages that were read: each is told once, however often it comes. */
  private readonly heard = new Set<string>();
  private isDead = false;

  private constructor(
    readonly options: LiveDeskOptions,
    readonly clock: VirtualClock,
    readonly layout: DeskLayout,
    readonly exchanges: ReadonlyMap<string, MockExchange>,
    /** What stands before those whose positions have ids. */
    readonly fronts: ReadonlyMap<string, PositionIdExchange>,
    readonly journals: MemoryJournals,
  ) {
    this.bus = new LocalBus({
      ...(options.bus === undefined ? {} : { faults: options.bus }),
      onFailure: () => undefined,
    });
  }

  static async open(options: LiveDeskOptions = {}): Promise<LiveDesk> {
    const clock = new VirtualClock(START);
    const clients = Object.entries(options.clients ?? { [CLIENT]: {} }).map(([id, spec]) =>
      clientConfig(id, spec),
    );
    const markets: ListedInstrument[] = (options.symbols ?? [SYMBOL]).map((name) => {
      const [exchange, symbol] = name.includes(':')
        ? (name.split(':') as [string, string])
        : [EXCHANGE, name];
      return { exchange, symbol, instrument: instrumentOf(exchange, symbol) };
    });
    const layout = layOut(clients, markets);
    const { exchanges, fronts } = openExchanges(options, clock, layout);
    const desk = new LiveDesk(options, clock, layout, exchanges, fronts, openMemoryJournals());
    await desk.start();
    return desk;
  }

  /**
   * The process dies here, and another one starts over the same journals and the same exchanges.
   *
   * @param onRead called once the states are read from the journals, before anything is told or asked
   */
  async crash(onRead: (next: LiveDesk) => void = () => undefined): Promise<LiveDesk> {
    for (const { client } of this.gateways.shards) await client.close();
    const next = new LiveDesk(
      this.options,
      this.clock,
      this.layout,
      this.exchanges,
      this.fronts,
      this.journals.reopen(),
    );
    this.isDead = true;
    // Nothing that it still hands over can become durable any more; it only has to come to an end.
    await this.bus.close();
    next.signals = this.signals;
    next.audits.push(...this.audits);
    next.audited.push(...this.audited);
    next.positions.push(...this.positions);
    next.sent.push(...this.sent);
    for (const id of this.confirmed) next.confirmed.add(id);
    for (const id of this.heard) next.heard.add(id);
    await next.start(onRead);
    for (const { exchange, symbol } of this.layout.markets) {
      const quote = this.market.quote(exchange, symbol);
      if (quote !== null) next.show({ exchange, symbol, ...quote, high: quote.last, low: quote.last });
    }
    await next.quiet();
    return next;
  }

  /** A signal of a strategy, to every client that follows it. Resolves once all it led to without waiting is over. */
  async signal(strategyId: string, signal: 1 | 0 | -1, fields: Partial<ClientSignal> = {}): Promise<void> {
    this.publishSignal(strategyId, signal, fields);
    await this.quiet();
  }

  /** As `signal`, without waiting for anything. Returns what was sent: the same again is a repetition. */
  publishSignal(strategyId: string, signal: 1 | 0 | -1, fields: Partial<ClientSignal> = {}): ClientSignal {
    this.signals += 1;
    const body: ClientSignal = {
      id: `signal-${this.signals}`,
      strategyId,
      symbol: SYMBOL,
      signal,
      time: this.clock.now(),
      price: null,
      takeProfit: null,
      stopLoss: null,
      volatility: null,
      quantity: null,
      expiresAt: null,
      ...fields,
    };
    this.repeatSignal(body);
    return body;
  }

  /** Sends a signal as it was sent before. */
  repeatSignal(signal: ClientSignal): void {
    for (const { clientId } of this.layout.clients) this.publish('signals', clientId, signal.id, signal);
  }

  async control(command: ControlMessage): Promise<void> {
    this.signals += 1;
    this.publish('control', command.clientId, `control-${this.signals}`, command);
    await this.quiet();
  }

  /** The market trades at a price, and shows so much on both sides of it that every order finds enough. */
  async price(
    last: number,
    { bid, ask, symbol = SYMBOL, exchange = EXCHANGE }: PriceOptions = {},
  ): Promise<void> {
    const price = Math.round(last * 10);
    const bids = Math.round((bid ?? last - 0.1) * 10);
    const asks = Math.round((ask ?? last) * 10);
    const depth = 1_000_000;
    this.exchanges.get(exchange)!.onTick({
      symbol,
      price,
      // Not so much that the print trades through what is shown beside it.
      quantity: 1,
      bids: [[bids, depth]],
      asks: [[asks > bids ? asks : bids + 1, depth]],
    });
    this.show({
      exchange,
      symbol,
      at: this.clock.now(),
      last: price,
      high: price,
      low: price,
      bid: bids,
      ask: asks,
    });
    await this.quiet();
  }

  /** Lets time pass. */
  async pass(milliseconds: number): Promise<void> {
    await this.time.runTo(this.clock.now() + milliseconds);
  }

  /** Moves the clock to where one more thing that was asked of it happens; false where nothing is left. */
  async passOne(): Promise<boolean> {
    const next = this.time.nextTime();
    if (next === null) return false;
    await this.time.runTo(next);
    return true;
  }

  quiet(): Promise<void> {
    return whenQuiet(this.bus, this.runners());
  }

  trades(): TradeView[] {
    const seen = new Map<string, TradeView>();
    for (const { channel, trades } of this.positions) {
      for (const trade of trades) seen.set(`${JSON.stringify(channel)} ${trade.strategyPositionId}`, trade);
    }
    return [...seen.values()];
  }

  manager(symbol = SYMBOL, exchange = EXCHANGE, clientId = this.layout.clients[0]!.clientId) {
    const found = this.managers.shards.find(
      ({ layout: { name } }) =>
        name.symbol === symbol && name.exchange === exchange && name.clientId === clientId,
    );
    if (found === undefined) throw new Error(`no channel ${clientId}.${exchange}.${symbol}`);
    return found.runner;
  }

  runners() {
    return [...this.generators.runners, ...this.managers.runners, ...this.gateways.runners];
  }

  private async start(onRead: (desk: LiveDesk) => void = () => undefined): Promise<void> {
    const runtime: ShardRuntime = {
      bus: this.bus,
      journals: this.journals,
      clock: this.mortalClock(),
      observer: incidentsInto(this.incidents),
      ...(this.options.snapshotEvery === undefined ? {} : { snapshotEvery: this.options.snapshotEvery }),
    };
    const names = new OrderNames(this.layout.clients);
    this.generators = await OrderGenerators.open(runtime, this.layout, this.market, {
      signalTtlMs: this.options.signalTtlMs ?? null,
      maxQuoteAgeMs: null,
      limitsRequired: false,
    });
    this.managers = await OcoManagers.open(runtime, this.layout, names, {
      capabilitiesOf: (exchange) => ({
        ...(this.fronts.has(exchange) ? POSITION_ID_CAPABILITIES : SIMULATED_CAPABILITIES),
        ...this.options.capabilities,
      }),
      maxQuoteAgeMs: this.options.watchStaleMs ?? null,
      heartbeatMs: null,
    });
    this.gateways = await ExecutionGateways.open(
      runtime,
      this.layout,
      names,
      ({ account, client }) =>
        this.mortalClient(
          (this.fronts.get(account.exchange) ?? this.exchanges.get(account.exchange)!).client(
            client.clientId,
          ),
        ),
      (request) => this.sent.push(request),
      undefined,
      null,
      this.market,
    );
    onRead(this);
    this.listeners.push((update) => this.managers.onMarket(update));
    this.market.follow({
      onUpdate: (listener) => this.listeners.unshift(listener),
      onBar: (listener) => this.barListeners.push(listener),
    });
    const roles: RoleShards[] = [this.generators, this.managers, this.gateways];
    for (const role of roles) {
      for (const { pattern, ...route } of role.routes) {
        this.bus.subscribe({ ...route, handle: (delivery) => role.receive(pattern, delivery) });
      }
    }
    for (const { clientId } of this.layout.clients) {
      this.listen('positions', positionsTopic, clientId, (body) => this.positions.push(body));
      this.listen('audit', auditTopic, clientId, (body) => {
        this.audits.push(body);
        this.audited.push(...body.entries);
      });
      this.listen('accounts', accountsTopic, clientId, () => undefined);
    }
    this.time = new VirtualTime(this.clock, [], () => this.quiet());
    for (const role of roles) role.start();
    await this.gateways.connect();
    await this.quiet();
  }

  private listen<Body>(
    topic: TopicName,
    schema: Parameters<typeof read<Body>>[1],
    scope: string,
    take: (body: Body) => void,
  ): void {
    this.bus.subscribe({
      topic: topicOf(topic, scope),
      group: 'test',
      handle: async ({ message: { data, id } }) => {
        if (this.isDead || this.heard.has(id)) return;
        this.heard.add(id);
        const body = read(data, schema);
        if (body instanceof Error) this.incidents.push({ shard: topic, what: 'parked', error: body.message });
        else take(body);
      },
    });
  }

  /** What is written down may not have been sent when the process dies. */
  private mortalClient(client: ExchangeClient): ExchangeClient {
    const { account, capabilities, exchange, pace } = client;
    return {
      exchange,
      account,
      capabilities,
      pace,
      connect: (onReport) => client.connect(onReport),
      close: () => client.close(),
      send: (request) => {
        if (!this.isDead) client.send(request);
      },
    };
  }

  /** What was asked of the clock dies with the process. */
  private mortalClock(): Clock {
    return {
      now: () => this.clock.now(),
      callAt: (time, callback) =>
        this.clock.callAt(time, () => {
          if (!this.isDead) callback();
        }),
    };
  }

  private publish(topic: TopicName, clientId: string, id: string, body: unknown): void {
    const message: BusMessage = {
      topic: topicOf(topic, clientId),
      key: clientId,
      id: `${id}/${clientId}`,
      source: 'test',
      epoch: 0,
      time: this.clock.now(),
      cause: null,
      data: encodeJson(body),
    };
    this.bus.publish(message).then(
      () => this.confirmed.add(message.id),
      (error: unknown) => this.incidents.push({ shard: 'bus', what: 'stopped', error: String(error) }),
    );
  }

  private show(update: MarketUpdate): void {
    for (const listener of this.listeners) listener(update);
  }
}

/** A price as the instruments of test desks count it. */
export function tenths(price: number): Ticks {
  return Math.round(price * 10);
}
