import {
  followsPrice,
  movedStop,
  openQty,
  signOf,
  type Instrument,
  type StrategyPosition,
  type Ticks,
} from '@bowline/domain';
import type { Clock } from '@bowline/ports';
import type { Runner } from '../../runner/runner.js';
import { LegTriggers, type LegHit, type SeenPrices } from './leg-triggers.js';
import type { OcoManagerEvent, OcoManagerInput, OcoManagerState, WatchedInput } from './state.js';

/**
 * Compares what has traded with what waits for it: legs that are watched here, stops that trail, and those that go to the
 * entry price. Only a leg that is reached and a stop that moves become inputs of the channel. What is watched follows
 * from the channel's state, so a restart watches what was watched before. The best price of each trade is in no journal:
 * after a restart it begins at the price of that moment, and a stop never goes back.
 */
export class PositionWatch {
  private readonly best = new Map<string, Ticks>();
  private readonly triggers = new LegTriggers();
  private followers: readonly StrategyPosition[] = [];
  /** Positions of which a hit is being handled. */
  private readonly underWay = new Set<string>();
  /** How many inputs the channel had been handed when this was brought into line with it; null: it was not. */
  private syncedAt: number | null = null;
  private sequence = 0;
  private reports = 0;
  private heardAt = 0;
  /** What the channel was told last of how prices come. */
  private isStale: boolean;
  private stopTimer: () => void = () => undefined;

  /** @param staleAfterMs how old prices may be while they watch; null: nobody minds */
  constructor(
    private readonly runner: Runner<OcoManagerState, OcoManagerInput, OcoManagerEvent>,
    private readonly instrument: Instrument,
    private readonly clock: Clock,
    private readonly staleAfterMs: number | null = null,
  ) {
    this.isStale = runner.state.channel.watchStaleSince !== null;
  }

  /** From now on prices should come. What is watched already was so before the process: a gap until now counts for it. */
  start(): void {
    this.sync();
    this.triggers.watchFresh();
    this.heardAt = this.clock.now();
    this.callWhenStale();
  }

  stop(): void {
    this.stopTimer();
  }

  /** @param sawThem which positions have seen all of these prices, for stops that move; left out: all */
  onPrices(seen: SeenPrices, sawThem: (position: StrategyPosition) => boolean = () => true): void {
    this.sequence += 1;
    this.hear();
    this.sync();
    for (const hit of this.triggers.reached(seen)) this.hit(hit);
    for (const position of this.followers) {
      if (!sawThem(position)) continue;
      const best = this.note(position, seen);
      const stop = movedStop(this.instrument, followed(position), best);
      if (stop !== null && isTighter(position, stop)) this.move(position, stop);
    }
  }

  /** Brings what is watched into line with the channel where anything may have changed since the last time. */
  private sync(): void {
    const { handled, idle, state } = this.runner;
    if (this.syncedAt === handled) return;
    // What waits its turn changes the state without being counted again.
    this.syncedAt = idle ? handled : null;
    const { positions } = state.channel;
    for (const id of this.best.keys()) if (!positions.has(id)) this.best.delete(id);
    const all = [...positions.values()];
    this.triggers.sync(all.filter(({ id }) => !this.underWay.has(id)));
    this.followers = all.filter(
      (position) => followsPrice(position) && position.closing === null && openQty(position) > 0,
    );
  }

  private note({ id, side }: StrategyPosition, { high, low }: SeenPrices): Ticks {
    const before = this.best.get(id);
    const now = side === 'LONG' ? high : low;
    const best = before === undefined ? now : side === 'LONG' ? Math.max(before, now) : Math.min(before, now);
    this.best.set(id, best);
    return best;
  }

  private move({ id }: StrategyPosition, stopPrice: Ticks): void {
    const input = { type: 'stop_moved', strategyPositionId: id, stopPrice, at: this.clock.now() } as const;
    // A failure shows in the runner's own trouble; the next price brings the stop again.
    this.give(`stop/${id}/${stopPrice}`, input).catch(() => undefined);
  }

  private hit(hit: LegHit): void {
    const { leg, strategyPositionId: id } = hit;
    const { epoch } = this.runner;
    const { sequence } = this;
    this.underWay.add(id);
    const done = (): void => {
      this.underWay.delete(id);
      // A hit that came to nothing is watched for again.
      this.syncedAt = null;
    };
    const input = { type: 'trigger_hit', ...hit, sequence, at: this.clock.now() } as const;
    this.give(`hit/${id}/${leg}/${epoch}/${sequence}`, input).then(done, done);
  }

  private hear(): void {
    if (this.staleAfterMs === null) return;
    const wasDue = this.clock.now() - this.heardAt >= this.staleAfterMs;
    this.heardAt = this.clock.now();
    if (this.isStale) this.report(null);
    if (wasDue || this.isStale) this.callWhenStale();
  }

  private callWhenStale(): void {
    const { staleAfterMs } = this;
    if (staleAfterMs === null) return;
    this.stopTimer();
    this.stopTimer = this.clock.callAt(this.heardAt + staleAfterMs, () => {
      if (this.clock.now() - this.heardAt < staleAfterMs) return this.callWhenStale();
      if (!this.isStale) this.report(this.heardAt);
    });
  }

  private report(staleSince: number | null): void {
    this.isStale = staleSince !== null;
    this.reports += 1;
    const input = { type: 'watch_report', staleSince, at: this.clock.now() } as const;
    this.give(`watch/${this.runner.epoch}/${this.reports}`, input).catch(() => {
      this.isStale = this.runner.state.channel.watchStaleSince !== null;
    });
  }

  private give(id: string, input: WatchedInput): Promise<void> {
    const { epoch, shard: source } = this.runner;
    return this.runner.handle({ id, source, epoch, topic: 'market' }, { type: 'watched', input });
  }
}

function followed(position: StrategyPosition) {
  const { plan, share, side } = position;
  return { side, plan, openLots: openQty(position), cost: share.cost };
}

function isTighter({ side, stopLossPrice }: StrategyPosition, stop: Ticks): boolean {
  return stopLossPrice === null || (stop - stopLossPrice) * signOf(side) > 0;
}
