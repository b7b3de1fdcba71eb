import { accountKey, encodeJson, topicOf, type ChannelName, type HeartbeatMessage } from '@bowline/contracts';
import type { AnyRunner } from './shards.js';
import type { ShardRuntime } from './shard-runtime.js';

/** A channel whose oco-manager is to be heard. */
interface Beating {
  readonly layout: { readonly key: string; readonly name: ChannelName };
  readonly runner: Pick<AnyRunner, 'shard' | 'epoch' | 'trouble'>;
}

/**
 * Tells the execution-gateways again and again that the oco-managers of this process live. One that has stopped, or
 * cannot get past a message, is silent: it would not protect what is opened.
 */
export class Heartbeats {
  private takeBack: () => void = () => undefined;
  /** Channels whose last heartbeat the bus has not answered for: it gets no second one to keep. */
  private readonly unanswered = new Set<string>();

  constructor(
    private readonly runtime: Pick<ShardRuntime, 'bus' | 'clock'>,
    private readonly channels: readonly Beating[],
    private readonly everyMs: number,
  ) {}

  start(): void {
    const { clock } = this.runtime;
    for (const channel of this.channels) this.beat(channel);
    this.takeBack = clock.callAt(clock.now() + this.everyMs, () => this.start());
  }

  stop(): void {
    this.takeBack();
  }

  private beat({ layout: { key, name }, runner: { epoch, shard, trouble } }: Beating): void {
    if (trouble !== null || this.unanswered.has(key)) return;
    const { bus, clock } = this.runtime;
    const at = clock.now();
    const body: HeartbeatMessage = { type: 'heartbeat', channel: name, at };
    this.unanswered.add(key);
    const answered = () => this.unanswered.delete(key);
    bus
      .publish({
        topic: topicOf('orders', accountKey(name)),
        key,
        id: `${shard}/heartbeat/${epoch}/${at}`,
        source: shard,
        epoch,
        time: at,
        cause: null,
        data: encodeJson(body),
      })
      // Where the bus refuses it, the gateway hears nothing, which is what it has to know.
      .then(answered, answered);
  }
}
