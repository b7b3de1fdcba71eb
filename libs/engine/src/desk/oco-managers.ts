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
import type { ChannelLayout, DeskLayout } from './layout.js';
import type { OrderNames } from './order-names.js';
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

  private constructor(readonly shards: readonly OcoShard[]) {
    this.byShard = new Map(shards.map((shard) => [shard.runner.shard, shard]));
    this.routes = shards.flatMap(({ layout }) => ocoRoutes(layout));
  }

  static async open(
    runtime: ShardRuntime,
    { channels }: DeskLayout,
    names: OrderNames,
    protection: ProtectionMode,
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
      const watch = new PositionWatch(runner, instrument, runtime.journals.epoch, runtime.clock);
      shards.push({ layout, runner, watch });
    }
    return new OcoManagers(shards);
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
    const { runner } = this.byShard.get(group)!;
    switch (pattern) {
      case 'order-intents':
        return receive(runner, message, orderIntentsTopic, ({ intent, sequence }) => {
          return { type: 'intent', intent, sequence } as const;
        });
      case 'executions':
        return receive(runner, message, executionsTopic, ({ input }) => {
          return { type: 'exchange', input } as const;
        });
      case 'control':
        return receive(runner, message, controlTopic, (command) => ({ type: 'control', command }) as const);
      default:
        throw new Error(`an oco-manager takes no ${pattern}`);
    }
  }

  start(): void {
    for (const { runner } of this.shards) runner.start();
  }

  async close(): Promise<void> {
    await Promise.all(this.runners.map((runner) => runner.close()));
  }
}
