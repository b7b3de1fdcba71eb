import type { ChannelName, HeartbeatMessage } from '@bowline/contracts';
import type { TimeMs } from '@bowline/domain';
import type { Clock, ExchangeRequest } from '@bowline/ports';
import { openingOrders } from '../roles/execution-gateway/commands.js';
import type { GatewayEvent, GatewayInput, GatewayState } from '../roles/execution-gateway/state.js';
import type { Envelope } from '../runner/role.js';
import type { Runner } from '../runner/runner.js';

/** Heartbeats that may be missing before an oco-manager counts as gone. */
const MISSED = 5;

/**
 * Listens to the oco-managers of one account's channels, where they are in other processes. The opening orders of a
 * channel of which nothing is heard are canceled, as nobody would protect what they open; its protection stays.
 */
export class SilenceWatch {
  /** By symbol, up to when the oco-manager lived for certain, and under which epoch. */
  private readonly heard = new Map<string, { readonly at: TimeMs; readonly epoch: number }>();
  private takeBack: () => void = () => undefined;

  /** @param everyMs how often an oco-manager says that it lives */
  constructor(
    private readonly runner: Runner<GatewayState, GatewayInput, GatewayEvent, ExchangeRequest>,
    private readonly channels: readonly ChannelName[],
    private readonly clock: Clock,
    private readonly everyMs: number,
  ) {}

  /** It lived when it said so, however late the bus brings it; and not later than now, whatever its clock says. */
  hear(envelope: Envelope, { at, channel: { symbol } }: HeartbeatMessage): void {
    const { epoch } = envelope;
    const last = this.heard.get(symbol);
    if (this.runner.isFenced(envelope) || epoch < (last?.epoch ?? 0)) return;
    this.heard.set(symbol, { at: Math.max(last?.at ?? 0, Math.min(at, this.clock.now())), epoch });
  }

  /** Whoever has not been heard of yet has as long as everybody else from now on. */
  start(): void {
    const connectedAt = this.clock.now();
    const check = (): void => {
      const now = this.clock.now();
      for (const { symbol } of this.channels) {
        const last = Math.max(connectedAt, this.heard.get(symbol)?.at ?? 0);
        if (now - last >= MISSED * this.everyMs) this.onSilence(symbol, now);
      }
      this.takeBack = this.clock.callAt(now + this.everyMs, check);
    };
    this.takeBack = this.clock.callAt(connectedAt + this.everyMs, check);
  }

  stop(): void {
    this.takeBack();
  }

  private onSilence(symbol: string, now: TimeMs): void {
    const { runner } = this;
    if (runner.trouble !== null || openingOrders(runner.state, symbol).length === 0) return;
    const { epoch, shard: source } = runner;
    const envelope = { id: `silent/${symbol}/${epoch}/${now}`, source, epoch, topic: 'heartbeats' };
    // A failure shows in the runner's own trouble; the next look finds the orders again.
    runner.handle(envelope, { type: 'silent', symbol }).catch(() => undefined);
  }
}
