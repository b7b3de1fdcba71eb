import {
  isWatched,
  openQty,
  TriggerIndex,
  type StrategyPosition,
  type Ticks,
  type Trigger,
} from '@bowline/domain';

/** What has traded since the prices before: between `low` and `high`, and at `last` in the end. */
export interface SeenPrices {
  readonly low: Ticks;
  readonly high: Ticks;
  readonly last: Ticks;
}

/** A watched leg that was reached, and the price that did it. */
export interface LegHit {
  readonly strategyPositionId: string;
  readonly leg: 't' | 's';
  readonly price: Ticks;
}

interface WatchedLeg {
  readonly position: StrategyPosition;
  readonly leg: 't' | 's';
  readonly price: Ticks;
}

/** The legs of one channel that are watched here, ordered by price: prices that reach none cost two comparisons. */
export class LegTriggers {
  private readonly index = new TriggerIndex<WatchedLeg>();
  private readonly known = new Map<string, Trigger<WatchedLeg>>();
  private fresh: readonly WatchedLeg[] = [];

  /** Takes over which legs are watched by now, and where. */
  sync(positions: Iterable<StrategyPosition>): void {
    const wanted = new Map<string, WatchedLeg>();
    for (const position of positions) {
      if (position.closing !== null || openQty(position) <= 0) continue;
      for (const leg of ['s', 't'] as const) {
        const price = leg === 's' ? position.stopLossPrice : position.takeProfitPrice;
        if (price !== null && isWatched(position, leg))
          wanted.set(keyOf(position, leg), { position, leg, price });
      }
    }
    for (const [key, trigger] of this.known) {
      if (wanted.get(key)?.price === trigger.price) wanted.delete(key);
      else this.forget(key, trigger);
    }
    this.fresh = [...wanted.values()];
  }

  /**
   * What these prices reach: one leg of a position, and the stop where they reach both. A leg that is new since the prices
   * before has not seen all of them: only the last one counts for it.
   */
  reached({ high, last, low }: SeenPrices): LegHit[] {
    const hits = new Map<string, LegHit>();
    this.take(low, high, hits);
    this.watchFresh();
    this.take(last, last, hits);
    return [...hits.values()];
  }

  /** What is new has seen whatever the next prices tell of. */
  watchFresh(): void {
    for (const each of this.fresh) {
      const direction = (each.leg === 't') === (each.position.side === 'LONG') ? 'RISING' : 'FALLING';
      this.known.set(keyOf(each.position, each.leg), this.index.add(direction, each.price, each));
    }
    this.fresh = [];
  }

  private take(low: Ticks, high: Ticks, hits: Map<string, LegHit>): void {
    let trigger = this.index.take(low, high);
    for (; trigger !== null; trigger = this.index.take(low, high)) {
      const { leg, position } = trigger.value;
      const { id: strategyPositionId } = position;
      this.known.delete(keyOf(position, leg));
      if (leg === 't' && hits.has(strategyPositionId)) continue;
      const price = trigger.direction === 'RISING' ? high : low;
      hits.set(strategyPositionId, { strategyPositionId, leg, price });
    }
  }

  private forget(key: string, trigger: Trigger<WatchedLeg>): void {
    this.index.remove(trigger);
    this.known.delete(key);
  }
}

function keyOf({ id }: StrategyPosition, leg: 't' | 's'): string {
  return `${leg} ${id}`;
}
