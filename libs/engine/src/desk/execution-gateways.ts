import { controlTopic, ordersTopic, shardName, type TopicName } from '@bowline/contracts';
import {
  LeaseError,
  type BusMessage,
  type Clock,
  type Delivery,
  type ExchangeClient,
  type ExchangeReport,
  type ExchangeRequest,
  type Lease,
} from '@bowline/ports';
import { PacedClient } from '../pacing/index.js';
import { executionGateway } from '../roles/execution-gateway/role.js';
import type { GatewayEvent, GatewayInput, GatewayState } from '../roles/execution-gateway/state.js';
import type { MarketOf } from '../roles/execution-gateway/step.js';
import type { MarketView } from '../roles/market-view.js';
import { matches } from '../roles/scopes.js';
import type { Envelope } from '../runner/role.js';
import type { Runner } from '../runner/runner.js';
import { Handover } from './handover.js';
import type { AccountLayout, DeskLayout } from './layout.js';
import type { OrderNames } from './order-names.js';
import { ofChannels, ofClient } from './own-messages.js';
import { receive } from './receive.js';
import { ReportLine } from './report-line.js';
import { gatewayRoutes } from './shard-routes.js';
import { openShard, type ShardRuntime } from './shard-runtime.js';
import type { RoleShards, ShardRoute } from './shards.js';
import { SilenceWatch } from './silence-watch.js';

type GatewayRunner = Runner<GatewayState, GatewayInput, GatewayEvent, ExchangeRequest>;

/** One account as it runs. */
export interface GatewayShard {
  readonly layout: AccountLayout;
  readonly runner: GatewayRunner;
  readonly client: ExchangeClient;
  /** The same client, where its exchange admits only so much; null: it takes whatever is sent. */
  readonly paced: PacedClient | null;
  /** Until it is over, what comes for the account waits; null: nobody else can be trading it. */
  readonly handover: Handover | null;
  /** Null: the oco-managers live and die with this process. */
  readonly silence: SilenceWatch | null;
}

const DEFAULT_SWEEP_MS = 60_000;
/** An older quote says nothing of the market any more. */
const MAX_QUOTE_AGE_MS = 30_000;

/** The execution-gateways of a process: one an account. */
export class ExecutionGateways implements RoleShards {
  readonly role = 'execution-gateway';
  readonly routes: readonly ShardRoute[];
  private readonly byShard: ReadonlyMap<string, GatewayShard>;
  /** Those whose handover is under way. */
  private readonly takingOver = new Map<string, Handover>();

  private constructor(
    readonly shards: readonly GatewayShard[],
    private readonly runtime: ShardRuntime,
  ) {
    this.byShard = new Map(shards.map((shard) => [shard.runner.shard, shard]));
    this.routes = shards.flatMap(({ layout }) => gatewayRoutes(layout));
    for (const { handover, runner } of shards)
      if (handover !== null) this.takingOver.set(runner.shard, handover);
  }

  /**
   * @param sweepMs how often an account's trades and positions are asked for, though nobody misses any
   * @param heartbeatMs how often an oco-manager says that it lives; null: they are in this process
   * @param market by which orders are measured and worked; null: nothing is known of it
   */
  static async open(
    runtime: ShardRuntime,
    { accounts }: DeskLayout,
    names: OrderNames,
    clientOf: (account: AccountLayout) => ExchangeClient | Promise<ExchangeClient>,
    onSend: (request: ExchangeRequest, cause: Envelope, account: AccountLayout) => void = () => undefined,
    sweepMs = DEFAULT_SWEEP_MS,
    heartbeatMs: number | null = null,
    market: Pick<MarketView, 'quote'> | null = null,
  ): Promise<ExecutionGateways> {
    const { clock } = runtime;
    const shards: GatewayShard[] = [];
    for (const layout of accounts) {
      const { clientId } = layout.client;
      const { exchange } = layout.account;
      const direct = await clientOf(layout);
      const { recvWindowMs } = direct.capabilities;
      const channels = layout.channels.map(({ name }) => name);
      const role = executionGateway(
        {
          clientId,
          exchange,
          asset: layout.channels[0]?.instrument.settle ?? '',
          channels,
          instruments: new Map(layout.channels.map(({ instrument, name }) => [name.symbol, instrument])),
          capabilities: direct.capabilities,
          sweepMs,
          clientOrderId: (symbol, strategyId, key, part) =>
            names.nameOf(clientId, exchange, symbol, strategyId, key, part),
        },
        marketOf(market, exchange, clock),
      );
      const shard = shardName('execution-gateway', layout.key);
      const lease = runtime.leaseOf?.(shard) ?? null;
      const runner: GatewayRunner = await openShard(runtime, shard, role, (request, cause) => {
        const allow = (sent: ExchangeRequest): boolean => {
          // It is in the journal, so the next start asks the exchange for it and sends it where it is still wanted.
          if (isTooShort(lease, recvWindowMs)) runner.stop(tooShort(shard, recvWindowMs));
          if (runner.isStopped) return false;
          onSend(sent, cause, layout);
          return true;
        };
        if (paced !== null) paced.send(request, allow);
        else if (allow(request)) direct.send(request);
      });
      const idPrefix = `paced/${runner.epoch}`;
      const paced = direct.pace === null ? null : new PacedClient(direct, clock, { idPrefix });
      const mayMeet = lease !== null && lease.formerMs > 0;
      const handover = mayMeet ? new Handover(shard, lease, recvWindowMs, clock) : null;
      const silence = heartbeatMs === null ? null : new SilenceWatch(runner, channels, clock, heartbeatMs);
      shards.push({ layout, runner, client: paced ?? direct, paced, handover, silence });
    }
    return new ExecutionGateways(shards, runtime);
  }

  get runners(): readonly GatewayRunner[] {
    return this.shards.map(({ runner }) => runner);
  }

  async receive(pattern: TopicName, { group, message }: Pick<Delivery, 'message' | 'group'>): Promise<void> {
    const shard = this.byShard.get(group)!;
    const handover = this.takingOver.get(group);
    if (handover !== undefined) await handover.done;
    switch (pattern) {
      case 'orders':
        return this.onOrders(shard, message);
      case 'control':
        return this.onControl(shard, message);
      default:
        throw new Error(`an execution-gateway takes no ${pattern}`);
    }
  }

  start(): void {
    for (const { handover, runner } of this.shards) if (handover === null) runner.start();
  }

  /**
   * Opens the lines to the exchanges: what may have happened meanwhile is asked for first. An account that somebody else
   * may still trade is waited for.
   */
  async connect(): Promise<void> {
    for (const shard of this.shards) if (shard.handover === null) await this.connectOne(shard);
    for (const shard of this.shards) {
      const { handover, runner } = shard;
      if (handover === null) continue;
      await handover.wait();
      runner.start();
      await this.connectOne(shard);
      this.takingOver.delete(runner.shard);
      handover.complete();
    }
  }

  async close(): Promise<void> {
    for (const { handover, silence } of this.shards) {
      handover?.close();
      silence?.stop();
    }
    await Promise.all(this.shards.map(({ client }) => client.close()));
    await Promise.all(this.runners.map((runner) => runner.close()));
  }

  private async onOrders({ layout, runner, silence }: GatewayShard, message: BusMessage): Promise<void> {
    const own = ofChannels({ clientId: layout.client.clientId, exchange: layout.account.exchange });
    const { traceparent } = message;
    const trace = traceparent === undefined ? {} : { traceparent };
    return receive(runner, message, ordersTopic, own, (body) => {
      if (body.type !== 'heartbeat') return { type: 'command', command: body, ...trace } as const;
      silence?.hear(message, body);
      return null;
    });
  }

  /** Commands are the channels' and the client's to carry out, but for the question that only a gateway can put. */
  private onControl({ layout, runner }: GatewayShard, message: BusMessage): Promise<void> {
    const own = ofClient(layout.client.clientId);
    return receive(runner, message, controlTopic, own, ({ scope, type }) => {
      if (type !== 'reconcile') return null;
      const names = layout.channels.map(({ name }) => name);
      const inScope = names.filter((name) =>
        matches({ ...scope, strategyId: null }, { ...name, strategyId: null }),
      );
      const symbols = inScope.map(({ symbol }) => symbol);
      return symbols.length === 0 ? null : ({ type: 'reconcile', symbols } as const);
    });
  }

  private async connectOne({ client, runner, silence }: GatewayShard): Promise<void> {
    const { clock, observer } = this.runtime;
    const { epoch, shard: source } = runner;
    const handle = (report: ExchangeReport) =>
      runner.handle({ id: report.id, source, epoch, topic: 'exchange' }, { type: 'report', report });
    const line = new ReportLine(handle, clock, (error) => observer.quarantined(source, error));
    await client.connect((report) => line.push(report));
    const id = `connected/${epoch}`;
    await runner.handle({ id, source, epoch, topic: 'exchange' }, { type: 'connected' });
    silence?.start();
  }
}

/** The market as a gateway sees it at the moment of a decision. */
function marketOf(market: Pick<MarketView, 'quote'> | null, exchange: string, clock: Clock): MarketOf {
  return (symbol) => {
    const quote = market?.quote(exchange, symbol) ?? null;
    if (quote === null || clock.now() - quote.at > MAX_QUOTE_AGE_MS) return null;
    const { ask, bid, last, volume = 0 } = quote;
    return { ask, bid, last, volume };
  };
}

/** Nothing may be executed any more once somebody else may send: no later than the exchange's window after now. */
function isTooShort(lease: Lease | null, recvWindowMs: number): boolean {
  return lease !== null && lease.remainingMs() <= recvWindowMs;
}

function tooShort(shard: string, recvWindowMs: number): LeaseError {
  return new LeaseError(
    'short',
    `the lease of ${shard} has no more left than the ${recvWindowMs} ms for which the exchange may execute a request: ` +
      'nothing is sent any more; start it again, and where it happens often, let leases last longer',
  );
}
