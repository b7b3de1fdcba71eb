import { ordersTopic, shardName, type TopicName } from '@bowline/contracts';
import type { Delivery, ExchangeClient, ExchangeReport, ExchangeRequest } from '@bowline/ports';
import { executionGateway } from '../roles/execution-gateway/role.js';
import type { GatewayEvent, GatewayInput, GatewayState } from '../roles/execution-gateway/state.js';
import type { Envelope } from '../runner/role.js';
import type { Runner } from '../runner/runner.js';
import type { AccountLayout, DeskLayout } from './layout.js';
import type { OrderNames } from './order-names.js';
import { receive } from './receive.js';
import { ReportLine } from './report-line.js';
import { gatewayRoutes } from './shard-routes.js';
import { openShard, type ShardRuntime } from './shard-runtime.js';
import type { RoleShards, ShardRoute } from './shards.js';

type GatewayRunner = Runner<GatewayState, GatewayInput, GatewayEvent, ExchangeRequest>;

/** One account as it runs. */
export interface GatewayShard {
  readonly layout: AccountLayout;
  readonly runner: GatewayRunner;
  readonly client: ExchangeClient;
}

const DEFAULT_SWEEP_MS = 60_000;

/** The execution-gateways of a process: one an account. */
export class ExecutionGateways implements RoleShards {
  readonly role = 'execution-gateway';
  readonly routes: readonly ShardRoute[];
  private readonly byShard: ReadonlyMap<string, GatewayShard>;

  private constructor(
    readonly shards: readonly GatewayShard[],
    private readonly runtime: ShardRuntime,
  ) {
    this.byShard = new Map(shards.map((shard) => [shard.runner.shard, shard]));
    this.routes = shards.flatMap(({ layout }) => gatewayRoutes(layout));
  }

  /** @param sweepMs how often an account's trades and positions are asked for, though nobody misses any */
  static async open(
    runtime: ShardRuntime,
    { accounts }: DeskLayout,
    names: OrderNames,
    clientOf: (account: AccountLayout) => ExchangeClient,
    onSend: (request: ExchangeRequest, cause: Envelope, account: AccountLayout) => void = () => undefined,
    sweepMs = DEFAULT_SWEEP_MS,
  ): Promise<ExecutionGateways> {
    const shards: GatewayShard[] = [];
    for (const layout of accounts) {
      const { clientId } = layout.client;
      const { exchange } = layout.account;
      const client = clientOf(layout);
      const role = executionGateway({
        clientId,
        exchange,
        asset: layout.channels[0]?.instrument.settle ?? '',
        channels: layout.channels.map(({ name }) => name),
        capabilities: client.capabilities,
        sweepMs,
        clientOrderId: (symbol, strategyId, key) => names.nameOf(clientId, exchange, symbol, strategyId, key),
      });
      const runner = await openShard(
        runtime,
        shardName('execution-gateway', layout.key),
        role,
        (request, cause) => {
          onSend(request, cause, layout);
          client.send(request);
        },
      );
      shards.push({ layout, runner, client });
    }
    return new ExecutionGateways(shards, runtime);
  }

  get runners(): readonly GatewayRunner[] {
    return this.shards.map(({ runner }) => runner);
  }

  async receive(_: TopicName, { group, message }: Pick<Delivery, 'message' | 'group'>): Promise<void> {
    const { runner } = this.byShard.get(group)!;
    return receive(runner, message, ordersTopic, (command) => ({ type: 'command', command }) as const);
  }

  start(): void {
    for (const { runner } of this.shards) runner.start();
  }

  /** Opens the lines to the exchanges: what may have happened meanwhile is asked for first. */
  async connect(): Promise<void> {
    const { clock, journals, observer } = this.runtime;
    const { epoch } = journals;
    for (const { client, runner } of this.shards) {
      const { shard: source } = runner;
      const handle = (report: ExchangeReport) =>
        runner.handle({ id: report.id, source, epoch, topic: 'exchange' }, { type: 'report', report });
      const line = new ReportLine(handle, clock, (error) => observer.quarantined(source, error));
      await client.connect((report) => line.push(report));
      const id = `connected/${epoch}`;
      await runner.handle({ id, source, epoch, topic: 'exchange' }, { type: 'connected' });
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.shards.map(({ client }) => client.close()));
    await Promise.all(this.runners.map((runner) => runner.close()));
  }
}
