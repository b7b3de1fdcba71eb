import type { Server } from 'node:http';
import { Module, type DynamicModule } from '@nestjs/common';
import { AnalyticsModule } from '@bowline/analytics';
import { BusTransport, type BusRoute } from '@bowline/bus-nestjs';
import type { DeliveryFailure } from '@bowline/bus-local';
import { handlerOf } from '@bowline/contracts';
import {
  ExecutionGateways,
  LiveMarketView,
  OcoManagers,
  OrderGenerators,
  OrderNames,
  type AccountLayout,
  type AnyRunner,
  type RoleShards,
  type ShardRuntime,
} from '@bowline/engine';
import { ExecutionGatewayModule } from '@bowline/execution-gateway';
import { MarketDataModule } from '@bowline/market-data';
import { OcoManagerModule } from '@bowline/oco-manager';
import { OrderGeneratorModule } from '@bowline/order-generator';
import type { Bus, ExchangeClient } from '@bowline/ports';
import {
  SignalIngest,
  signalDirectory,
  SignalIngestModule,
  SignalSources,
  type SignalDirectory,
} from '@bowline/signal-ingest';
import { HealthRegistry, Metrics } from '@bowline/telemetry';
import { createHttpApp, type HttpApp } from '../http/http-app.js';
import { OperatorModule } from '../http/operator.module.js';
import { Checkpoints } from './checkpoints.js';
import { closeAfterFailure, closeAll } from './closing.js';
import { declareSeries } from './declare-series.js';
import { registerMetrics } from './desk-metrics.js';
import type { DeskBus } from './desk-bus.js';
import type { DeskParts } from './desk-parts.js';
import { LatencyTrace } from './latency-trace.js';
import { RunnerWatch, traceOf } from './observe.js';
import { deskStatus } from './status.js';
import { readsDepth } from './wanted-markets.js';

/** How old the last price may be when an entry is decided. */
const MAX_QUOTE_AGE_MS = 30_000;
/** A subscription that has not answered for so long hears nothing any more. */
const SILENT_MS = 15_000;
/** How long a signal may enter that reaches an order-generator without saying so. */
const SIGNAL_TTL_MS = 15 * 60_000;

/** What the composition is made around. */
@Module({})
class DeskModule {}

/** The roles of one process, composed over one bus: what `bowline start`, `run` and `simulate` run. */
export class Desk {
  readonly startedAt = new Date();
  readonly metrics = new Metrics();
  readonly health = new HealthRegistry();
  readonly trace = new LatencyTrace();
  readonly watch: RunnerWatch;
  readonly bus: DeskBus;
  /** Takes in what is made up here, through the same checks as what comes by HTTP, and without its limits. */
  readonly ingest: SignalIngest;
  generators: OrderGenerators | null = null;
  managers: OcoManagers | null = null;
  gateways: ExecutionGateways | null = null;
  /** Where it listens; null: nowhere. */
  url: string | null = null;
  private readonly traced: Bus;
  private readonly directory: SignalDirectory;
  private readonly market = new LiveMarketView();
  private http: HttpApp | null = null;
  private sources: SignalSources | null = null;
  private ready = false;
  private known: readonly AnyRunner[] | null = null;

  private constructor(
    private readonly parts: DeskParts,
    onStopped: (error: Error) => void,
  ) {
    const { clock, config, layout, logger } = parts;
    const checkpoints = new Checkpoints(() => this.runners());
    this.watch = new RunnerWatch(logger, onStopped, () => checkpoints.onAppended());
    this.bus = parts.openBus((failure) => this.onFailure(failure));
    this.traced = this.trace.over(this.bus);
    this.directory = signalDirectory(config, layout.markets);
    this.ingest = new SignalIngest({
      bus: this.traced,
      clock,
      directory: this.directory,
      limits: { signalsPerSecond: 1e9, burst: 1e9 },
      logger,
    });
  }

  /**
   * Reads the journals, connects the roles, and listens.
   *
   * @param onStopped told where a journal refuses: the desk should end, and be started again
   * @throws InputError where the address cannot be had, a JournalError where a journal cannot be read
   */
  static async open(parts: DeskParts, onStopped: (error: Error) => void): Promise<Desk> {
    const desk = new Desk(parts, onStopped);
    try {
      await desk.openShards();
      await desk.connect();
      return desk;
    } catch (error) {
      await closeAfterFailure(desk, parts.logger);
      throw error;
    }
  }

  /** Why something of it does not go on; null where all does. */
  get trouble(): Error | null {
    return this.runners().find(({ trouble }) => trouble !== null)?.trouble ?? null;
  }

  /** Resolves once nothing is on its way that does not wait for the clock. */
  quiet(): Promise<void> {
    return this.bus.quiet(this.runners());
  }

  /** Ends it cleanly: what is on its way is dealt with, and all of it is written, the journals and the store too. */
  async close(): Promise<void> {
    this.ready = false;
    const { analytics, journals } = this.parts;
    await closeAll([
      // Nothing more comes in: neither by HTTP nor from an exchange.
      { close: async () => this.http?.stopListening() },
      { close: async () => this.sources?.close() },
      ...(this.gateways?.shards ?? []).map(({ client }) => client),
      // What the store has not seen yet is told it now, and waits no longer for more.
      { close: async () => analytics?.hurry() },
      { close: () => this.quiet() },
      ...(analytics === null ? [] : [analytics]),
      ...(this.http === null ? [] : [this.http]),
      ...this.shards(),
      this.bus,
      journals,
    ]);
  }

  runners(): readonly AnyRunner[] {
    // A virtual clock asks after every step.
    this.known ??= this.shards().flatMap(({ runners }) => runners);
    return this.known;
  }

  /**
   * What fails comes again. What cannot go through holds up its own shard only: the others go on, and so does the
   * virtual time, which would wait for it.
   */
  private onFailure({ delivery: { group, message }, error, retryInMs }: DeliveryFailure): void {
    const { id: messageId, topic } = message;
    const said = { group, messageId, topic, ...traceOf(message), retryInMs, error };
    this.parts.logger.warn(said, 'a message failed');
    const stuck = this.runners().some(({ shard, trouble }) => shard === group && trouble !== null);
    if (!stuck || retryInMs === null) return;
    this.watch.stuckAt(group, messageId);
    this.bus.rest(topic, group);
  }

  private shards(): readonly RoleShards[] {
    return [this.generators, this.managers, this.gateways].filter((shards) => shards !== null);
  }

  private async openShards(): Promise<void> {
    const {
      capabilitiesOf,
      clientOf,
      clock,
      config,
      feeds,
      heartbeatMs = null,
      history,
      journals,
      layout,
      leaseOf,
      maxQuoteAgeMs = MAX_QUOTE_AGE_MS,
      own = layout,
      roles,
      sweepMs,
    } = this.parts;
    const runtime: ShardRuntime = {
      ...{ bus: this.traced, journals, clock, observer: this.watch },
      ...(leaseOf === undefined ? {} : { leaseOf }),
    };
    const names = new OrderNames(layout.clients);
    if (roles.includes('order-generator')) {
      const limitsRequired = config.live.exchanges === 'live';
      const terms = { signalTtlMs: SIGNAL_TTL_MS, maxQuoteAgeMs, limitsRequired };
      this.generators = await OrderGenerators.open(runtime, own, this.market, terms);
    }
    if (roles.includes('oco-manager')) {
      const terms = { capabilitiesOf, maxQuoteAgeMs, heartbeatMs };
      this.managers = await OcoManagers.open(runtime, own, names, terms);
    }
    if (roles.includes('execution-gateway')) {
      this.gateways = await ExecutionGateways.open(
        runtime,
        own,
        names,
        async (account) => this.seen(account, await clientOf(account)),
        (request, cause, { account, client }) =>
          this.trace.requested(client.clientId, account.exchange, request, cause),
        sweepMs,
        heartbeatMs,
        this.market,
      );
    }
    const withDepth = roles.includes('order-generator') && readsDepth(own);
    for (const { feed, play } of history) {
      this.market.follow(feed);
      play();
    }
    for (const feed of feeds) {
      this.market.follow(feed, withDepth);
      feed.onUpdate((update) => this.managers?.onMarket(update));
      this.parts.analytics?.follow(feed);
    }
  }

  /** The client, with the trace looking on at what it reports. */
  private seen(
    { account: { exchange }, client: { clientId } }: AccountLayout,
    real: ExchangeClient,
  ): ExchangeClient {
    return {
      exchange: real.exchange,
      account: real.account,
      capabilities: real.capabilities,
      pace: real.pace,
      send: (request) => real.send(request),
      connect: (onReport) =>
        real.connect((report) => {
          this.trace.reported(clientId, exchange, report);
          onReport(report);
        }),
      close: () => real.close(),
    };
  }

  private async connect(): Promise<void> {
    const { http: options, layout, logger, own = layout } = this.parts;
    registerMetrics(this, this.parts.analytics);
    declareSeries(this, layout, own);
    this.registerHealth();
    const http = await createHttpApp({ module: DeskModule, imports: this.modules() }, { ...options, logger });
    this.http = http;
    http.app.connectMicroservice({ strategy: new BusTransport(this.bus, this.routes()) });
    await http.app.startAllMicroservices();
    this.parts.marketData?.serve(http.app.getHttpServer() as Server);
    for (const shards of this.shards()) shards.start();
    // An exchange that is away is waited for: until then the process lives, and is not ready.
    if (options !== null) this.url = await http.listen();
    else await http.app.init();
    await this.parts.connectFeeds?.();
    await this.gateways?.connect();
    await this.openSources();
    this.ready = true;
  }

  private async openSources(): Promise<void> {
    const { config, ingestFolder: folder, logger, roles } = this.parts;
    if (folder === null || !roles.includes('signal-ingest')) return;
    const { ingest, traced: bus } = this;
    this.sources = await SignalSources.open({ config: config.live.ingest, folder, bus, ingest, logger });
    const sources = this.sources;
    this.health.add('readiness', 'signals', () => {
      const { trouble } = sources;
      return { ok: trouble === null, detail: trouble ?? 'files and topics of signals are read' };
    });
  }

  private routes(): BusRoute[] {
    const own = this.shards().flatMap(({ role, routes }) =>
      routes.map(({ pattern, ...route }) => ({ ...route, pattern: handlerOf(role, pattern) })),
    );
    return [...own, ...(this.parts.analytics?.routes ?? [])];
  }

  /** How long it is since the bus has shown that each subscription of this process is alive. */
  silences(): { readonly topic: string; readonly group: string; readonly forMs: number }[] {
    if (!this.ready) return [];
    return this.routes().map(({ group, topic }) => {
      return { topic, group, forMs: Math.round(this.bus.silentFor(topic, group)) };
    });
  }

  /** Symbols of this process's clients that nothing can be entered in yet. */
  private withoutPrice(): string[] {
    const { layout, own = layout } = this.parts;
    const clients = new Set(own.clients);
    return layout.accounts
      .filter(({ client }) => clients.has(client))
      .flatMap(({ channels }) => channels.map(({ name }) => name))
      .filter(({ exchange, symbol }) => this.market.quote(exchange, symbol) === null)
      .map(({ exchange, symbol }) => `${symbol} at ${exchange}`);
  }

  private modules(): DynamicModule[] {
    const { directory, generators, gateways, health, managers, metrics, traced: bus } = this;
    const { access, analytics, clock, logger, marketData = null, roles } = this.parts;
    const operator = { bus, clock, directory, logger, health, metrics };
    return [
      ...(roles.includes('signal-ingest')
        ? [SignalIngestModule.forRoot({ bus, clock, directory, logger, access })]
        : []),
      ...(generators === null ? [] : [OrderGeneratorModule.forRoot(generators)]),
      ...(managers === null ? [] : [OcoManagerModule.forRoot(managers)]),
      ...(gateways === null ? [] : [ExecutionGatewayModule.forRoot(gateways)]),
      ...(analytics === null ? [] : [AnalyticsModule.forRoot(analytics)]),
      ...(marketData === null ? [] : [MarketDataModule.forRoot(marketData)]),
      OperatorModule.forRoot({ ...operator, status: { read: () => deskStatus(this, this.parts) } }),
    ];
  }

  private registerHealth(): void {
    this.health.add('readiness', 'started', () => ({
      ok: this.ready,
      detail: this.ready ? 'all roles are connected' : 'starting, or stopping',
    }));
    const { analytics } = this.parts;
    if (analytics !== null) {
      this.health.add('readiness', 'store', () => {
        const { trouble } = analytics;
        return {
          ok: trouble === null,
          detail: trouble === null ? 'what is told is stored' : trouble.message,
        };
      });
    }
    this.health.add('readiness', 'prices', () => {
      const without = this.generators === null ? [] : this.withoutPrice();
      const list = [...new Set(without)].join(', ');
      return {
        ok: without.length === 0,
        detail: list === '' ? 'every symbol has one' : `none yet of ${list}`,
      };
    });
    this.health.add('readiness', 'bus', () => {
      const silent = this.ready ? this.silences().filter(({ forMs }) => forMs > SILENT_MS) : [];
      const text = silent.map(
        ({ forMs, group, topic }) => `${group} has heard nothing of ${topic} for ${forMs} ms`,
      );
      return { ok: silent.length === 0, detail: text.join('; ') || 'every subscription answers' };
    });
    this.health.add('liveness', 'journals', () => {
      // A shard that waits at a message goes on once that goes through: to start again would not help it.
      const stopped = this.runners().filter(
        ({ shard, trouble }) => trouble !== null && !this.watch.quarantines.has(shard),
      );
      const detail = stopped.map(({ shard, trouble }) => `${shard}: ${trouble!.message}`).join('; ');
      return { ok: stopped.length === 0, detail: detail === '' ? 'every shard writes' : detail };
    });
  }
}
