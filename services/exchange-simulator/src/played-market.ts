import type { TimeMs } from '@bowline/domain';
import type { TimedSource } from '@bowline/engine';
import type { MarketSource } from '@bowline/exchange-simulator';
import type { BarClosed, MarketFeed, MarketUpdate } from '@bowline/ports';

/** How the market's own time passes. */
export interface MarketPace {
  /** When the exchange began, on its own clock. */
  readonly began: TimeMs;
  /** Where the market's time stood then. */
  readonly from: TimeMs;
  /** Its seconds to one of the exchange's. */
  readonly speed: number;
}

/** Where the market's time stands at a time of the exchange. */
export function marketTime({ began, from, speed }: MarketPace, at: TimeMs): TimeMs {
  return Math.floor(from + (at - began) * speed);
}

/** A market that is played at a pace, and told in the exchange's time: a candle of a minute lasts a second at speed 60. */
export class PlayedMarket implements MarketFeed, TimedSource {
  constructor(
    private readonly source: MarketSource,
    private readonly pace: MarketPace,
  ) {}

  nextTime(): TimeMs | null {
    const next = this.source.nextTime();
    return next === null ? null : this.told(next);
  }

  step(): void {
    this.source.step();
  }

  onUpdate(listener: (update: MarketUpdate) => void): void {
    this.source.onUpdate((update) => listener({ ...update, at: this.told(update.at) }));
  }

  onBar(listener: (bar: BarClosed) => void): void {
    this.source.onBar((bar) => {
      const openTime = this.told(bar.openTime);
      listener({ ...bar, openTime, intervalMs: this.told(bar.openTime + bar.intervalMs) - openTime });
    });
  }

  /** The exchange's time at a time of the market. */
  private told(at: TimeMs): TimeMs {
    const { began, from, speed } = this.pace;
    return Math.ceil(began + (at - from) / speed);
  }
}
