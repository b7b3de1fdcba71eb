import {
  controlTopic,
  executionsTopic,
  orderIntentsTopic,
  shardName,
  type TopicName,
} from '@bowline/contracts';
import type { ProtectionMode } from '@bowline/domain';
import type { Delivery, MarketUpdate } from '@bowline/ports';
import { ocoManager } from '../roles/oco-manager/role.js';
import { PositionWatch } from '../roles/oco-manager/position-watch.js';
import type { OcoManagerEvent, OcoManagerInput, OcoManagerState } from '../roles/oco-manager/state.js';
import type { Runner } from '../runner/runner.js';
import { Heartbeats } from './heartbeats.js';
import type { ChannelLayout, DeskLayout } from './layout.js';
import type { OrderNames } from './order-names.js';
import { ofChannel, ofClient } from './own-messages.js';
import { receive } from './receive.js';
import { ocoRoutes } from './shard-routes.js';
import { openShard, type ShardRuntime } from './shard-runtime.js';
import type { RoleShards, ShardRoute } from './shards.js';

export type OcoRunner = Runner<OcoManagerState, OcoManagerInput, OcoManagerEvent>;

/** One channel as it runs: its runner, and what watches its positions against the market. */
export interface OcoShard {
  readonly layout: ChannelLayout;
  readonly runner: OcoRunner;
  readonly watch: PositionWatch;
}

/** The oco-managers of a process: one a channel. */
export class OcoManagers implements RoleShards {
  readonly role = 'oco-manager';
  readonly routes: readonly ShardRoute[];
  private readonly byShard: ReadonlyMap<string, OcoShard>;

  private constructor(
    readonly shards: readonly OcoShard[],
    private readonly heartbeats: Heartbeats | null,
  ) {
    this.byShard = new Map(shards.map((shard) => [shard.runner.shard, shard]));
    this.routes = shards.flatMap(({ layout }) => ocoRoutes(layout));
  }

  /** @param heartbeatMs how often the gateways are told that each of them lives; null: they are in this process */
  static async open(
    runtime: ShardRuntime,
    { channels }: DeskLayout,
    names: OrderNames,
    protection: ProtectionMode,
    heartbeatMs: number | null = null,
  ): Promise<OcoManagers> {
    const shards: OcoShard[] = [];
    for (const layout of channels) {
      const { hedgeMode, instrument, name } = layout;
      const { clientId, exchange, symbol } = name;
      const role = ocoManager({
        channel: name,
        instrument,
        protection,
        hedgeMode,
        // Owners on opposite sides of one netted position are what this desk is for.
        reduceOnly: false,
        clientOrderId: (strategyId, key) => names.nameOf(clientId, exchange, symbol, strategyId, key),
      });
      const shard = shardName('oco-manager', layout.key);
      const runner = await openShard(runtime, shard, role, () => undefined);
      const watch = new PositionWatch(runner, instrument, runtime.clock);
      shards.push({ layout, runner, watch });
    }
    const heartbeats = heartbeatMs === null ? null : new Heartbeats(runtime, shards, heartbeatMs);
    return new OcoManagers(shards, heartbeats);
  }

  get runners(): readonly OcoRunner[] {
    return this.shards.map(({ runner }) => runner);
  }

  /** Stops that follow the price follow it. */
  onMarket(update: Pick<MarketUpdate, 'exchange' | 'symbol' | 'high' | 'low'>): void {
    for (const { layout, watch } of this.shards) {
      if (layout.name.exchange === update.exchange && layout.name.symbol === update.symbol) {
        watch.onPrices(update.low, update.high);
      }
    }
  }

  async receive(pattern: TopicName, { group, message }: Pick<Delivery, 'message' | 'group'>): Promise<void> {
    const { layout, runner } = this.byShard.get(group)!;
    const { name } = layout;
    switch (pattern) {
      case 'order-intents':
        return receive(runner, message, orderIntentsTopic, ofChannel(name, 'order-generator'), (body) => {
          const { intent, sequence } = body;
          return { type: 'intent', intent, sequence } as const;
        });
      case 'executions':
        return receive(runner, message, executionsTopic, ofChannel(name, 'execution-gateway'), (body) => {
          return { type: 'exchange', input: body.input } as const;
        });
      case 'control':
        return receive(runner, message, controlTopic, ofClient(name.clientId), (command) => {
          return { type: 'control', id: message.id, command } as const;
        });
      default:
        throw new Error(`an oco-manager takes no ${pattern}`);
    }
  }

  start(): void {
    for (const { runner } of this.shards) runner.start();
    this.heartbeats?.start();
  }

  async close(): Promise<void> {
    this.heartbeats?.stop();
    await Promise.all(this.runners.map((runner) => runner.close()));
  }
}
