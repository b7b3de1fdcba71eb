import { controlTopic, positionReports, shardName, signalsTopic, type TopicName } from '@bowline/contracts';
import type { Delivery } from '@bowline/ports';
import { orderGenerator } from '../roles/order-generator/role.js';
import type { OrderGeneratorEvent, OrderGeneratorInput } from '../roles/order-generator/events.js';
import type { OrderGeneratorSetup, OrderGeneratorState } from '../roles/order-generator/state.js';
import type { MarketView } from '../roles/market-view.js';
import type { Runner } from '../runner/runner.js';
import type { DeskLayout } from './layout.js';
import { ofChannels, ofClient, toClient } from './own-messages.js';
import { receive } from './receive.js';
import { generatorRoutes } from './shard-routes.js';
import { openShard, type ShardRuntime } from './shard-runtime.js';
import type { RoleShards, ShardRoute } from './shards.js';

type GeneratorRunner = Runner<OrderGeneratorState, OrderGeneratorInput, OrderGeneratorEvent>;

interface GeneratorShard {
  readonly clientId: string;
  readonly runner: GeneratorRunner;
}

/** The order-generators of a process: one a client. */
export class OrderGenerators implements RoleShards {
  readonly role = 'order-generator';
  readonly routes: readonly ShardRoute[];
  private readonly byShard: ReadonlyMap<string, GeneratorShard>;

  private constructor(shards: readonly GeneratorShard[]) {
    this.byShard = new Map(shards.map((shard) => [shard.runner.shard, shard]));
    this.routes = shards.flatMap(({ clientId }) => generatorRoutes(clientId));
  }

  static async open(
    runtime: ShardRuntime,
    { clients, markets }: DeskLayout,
    market: MarketView,
    terms: Pick<OrderGeneratorSetup, 'signalTtlMs' | 'maxQuoteAgeMs' | 'limitsRequired'>,
  ): Promise<OrderGenerators> {
    const shards: GeneratorShard[] = [];
    for (const client of clients) {
      const role = orderGenerator({ client, markets, ...terms }, market);
      const { clientId } = client;
      const shard = shardName('order-generator', clientId);
      shards.push({ clientId, runner: await openShard(runtime, shard, role, () => undefined) });
    }
    return new OrderGenerators(shards);
  }

  get runners(): readonly GeneratorRunner[] {
    return [...this.byShard.values()].map(({ runner }) => runner);
  }

  async receive(pattern: TopicName, { group, message }: Pick<Delivery, 'message' | 'group'>): Promise<void> {
    const { clientId, runner } = this.byShard.get(group)!;
    switch (pattern) {
      case 'signals':
        return receive(runner, message, signalsTopic, toClient(clientId), (signal) => {
          return { type: 'signal', signal } as const;
        });
      case 'positions':
        return receive(runner, message, positionReports, ofChannels({ clientId }), (body) => {
          return body.reports.length === 0 ? null : ({ type: 'positions', message: body } as const);
        });
      case 'control':
        return receive(runner, message, controlTopic, ofClient(clientId), (command) => {
          return { type: 'control', id: message.id, command } as const;
        });
      default:
        throw new Error(`an order-generator takes no ${pattern}`);
    }
  }

  start(): void {
    for (const runner of this.runners) runner.start();
  }

  async close(): Promise<void> {
    await Promise.all(this.runners.map((runner) => runner.close()));
  }
}
