import {
  controlTopic,
  executionsTopic,
  orderIntentsTopic,
  shardName,
  type TopicName,
} from '@bowline/contracts';
import { preferredProtection, type ProtectionCapabilities } from '@bowline/domain';
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

/** What the channels of a process have to know of the world around them. */
export interface OcoTerms {
  /** What the exchange that goes by this name can do for its accounts. */
  readonly capabilitiesOf: (exchange: string) => ProtectionCapabilities;
  /** How old prices may be while they watch in a stop's place; null: nobody minds. */
  readonly maxQuoteAgeMs: number | null;
  /** How often the gateways are told that each channel lives; null: they are in this process. */
  readonly heartbeatMs: number | null;
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

  static async open(
    runtime: ShardRuntime,
    { channels }: DeskLayout,
    names: OrderNames,
    { capabilitiesOf, heartbeatMs, maxQuoteAgeMs }: OcoTerms,
  ): Promise<OcoManagers> {
    const shards: OcoShard[] = [];
    for (const layout of channels) {
      const { allowSynthetic, hedgeMode, instrument, name, oneSided } = layout;
      const { clientId, exchange, symbol } = name;
      const capabilities = capabilitiesOf(exchange);
      const role = ocoManager({
        channel: name,
        instrument,
        protection: preferredProtection(capabilities),
        allowSynthetic,
        hedgeMode,
        // With owners on both sides of one netted position a stop may have to open at the exchange what it closes here.
        reduceOnly: capabilities.reduceOnly && !hedgeMode && oneSided,
        clientOrderId: (strategyId, key) => names.nameOf(clientId, exchange, symbol, strategyId, key),
      });
      const shard = shardName('oco-manager', layout.key);
      const runner = await openShard(runtime, shard, role, () => undefined);
      const staleAfterMs = allowSynthetic ? maxQuoteAgeMs : null;
      const watch = new PositionWatch(runner, instrument, runtime.clock, staleAfterMs);
      shards.push({ layout, runner, watch });
    }
    const heartbeats = heartbeatMs === null ? null : new Heartbeats(runtime, shards, heartbeatMs);
    return new OcoManagers(shards, heartbeats);
  }

  get runners(): readonly OcoRunner[] {
    return this.shards.map(({ runner }) => runner);
  }

  /** What is watched is compared with what has traded, and stops that follow the price follow it. */
  onMarket(update: Pick<MarketUpdate, 'exchange' | 'symbol' | 'high' | 'low' | 'last'>): void {
    for (const { layout, watch } of this.shards) {
      if (layout.name.exchange === update.exchange && layout.name.symbol === update.symbol) {
        watch.onPrices(update);
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
    for (const { runner, watch } of this.shards) {
      runner.start();
      watch.start();
    }
    this.heartbeats?.start();
  }

  async close(): Promise<void> {
    this.heartbeats?.stop();
    for (const { watch } of this.shards) watch.stop();
    await Promise.all(this.runners.map((runner) => runner.close()));
  }
}
