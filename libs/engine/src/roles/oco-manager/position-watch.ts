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
import type { OcoManagerEvent, OcoManagerInput, OcoManagerState } from './state.js';

/**
 * Compares the prices of the market with what has to follow them: stops that trail, and those that go to the entry
 * price. It keeps the best price of each trade, which no journal has: after a restart it begins at the price of that
 * moment, and a stop never goes back. Only a stop that moves becomes an input of the channel.
 */
export class PositionWatch {
  private readonly best = new Map<string, Ticks>();

  constructor(
    private readonly runner: Runner<OcoManagerState, OcoManagerInput, OcoManagerEvent>,
    private readonly instrument: Instrument,
    private readonly clock: Clock,
  ) {}

  /**
   * What has traded since the last call lay between `low` and `high`.
   *
   * @param sawThem which positions were there then; left out: all
   */
  onPrices(low: Ticks, high: Ticks, sawThem: (position: StrategyPosition) => boolean = () => true): void {
    const { positions } = this.runner.state.channel;
    if (this.best.size > 0) this.forget(positions);
    for (const position of positions.values()) {
      if (!followsPrice(position) || position.closing !== null || openQty(position) <= 0) continue;
      if (!sawThem(position)) continue;
      const best = this.note(position, low, high);
      const stop = movedStop(this.instrument, followed(position), best);
      if (stop !== null && isTighter(position, stop)) this.move(position, stop);
    }
  }

  private note({ id, side }: StrategyPosition, low: Ticks, high: Ticks): Ticks {
    const before = this.best.get(id);
    const now = side === 'LONG' ? high : low;
    const best = before === undefined ? now : side === 'LONG' ? Math.max(before, now) : Math.min(before, now);
    this.best.set(id, best);
    return best;
  }

  private forget(positions: ReadonlyMap<string, StrategyPosition>): void {
    for (const id of this.best.keys()) if (!positions.has(id)) this.best.delete(id);
  }

  private move({ id }: StrategyPosition, stopPrice: Ticks): void {
    const { runner } = this;
    const { epoch, shard: source } = runner;
    const at = this.clock.now();
    const envelope = { id: `stop/${id}/${stopPrice}`, source, epoch, topic: 'market' };
    const input = { type: 'stop_moved', strategyPositionId: id, stopPrice, at } as const;
    // A failure shows in the runner's own trouble; the next price brings the stop again.
    runner.handle(envelope, { type: 'watched', input }).catch(() => undefined);
  }
}

function followed(position: StrategyPosition) {
  const { plan, share, side } = position;
  return { side, plan, openLots: openQty(position), cost: share.cost };
}

function isTighter({ side, stopLossPrice }: StrategyPosition, stop: Ticks): boolean {
  return stopLossPrice === null || (stop - stopLossPrice) * signOf(side) > 0;
}
