import { fitsScale, finestScale, POWERS_OF_TEN } from './price-scale.js';

/** What one pass over bars finds out. */
export interface BarScan {
  /** The first row that is not a sound bar after the one before it; -1 where all are. */
  readonly firstUnsound: number;
  /** Decimal places of the finest open, high, low, or close. */
  readonly priceScale: number;
  /** Distance of neighbours in time, milliseconds, and how often it occurs. */
  readonly steps: ReadonlyMap<number, number>;
}

/**
 * Looks at bars piece by piece while they are read. One comparison chain per row decides whether it is sound,
 * written so that NaN fails it; what is wrong with a row is worked out only once one has failed.
 */
export class BarScanner {
  private row = 0;
  private firstUnsound = -1;
  private priceScale = 0;
  private previousTime = -Infinity;
  private step = Number.NaN;
  private stepCount = 0;
  private readonly steps = new Map<number, number>();

  /** The next `length` rows: openTime, open, high, low, close, volume. */
  accept([times, opens, highs, lows, closes, volumes]: readonly Float64Array[], length: number): void {
    let previous = this.previousTime;
    let power = POWERS_OF_TEN[this.priceScale];
    for (let at = 0; at < length; at++) {
      const time = times[at];
      const open = opens[at];
      const high = highs[at];
      const low = lows[at];
      const close = closes[at];
      const volume = volumes[at];
      const sound =
        time > previous &&
        low > 0 &&
        low <= open &&
        open <= high &&
        low <= close &&
        close <= high &&
        high < Infinity &&
        volume >= 0 &&
        volume < Infinity;
      if (!sound) {
        if (this.firstUnsound < 0) this.firstUnsound = this.row + at;
      } else if (!fitsScale(open, high, low, close, power)) {
        this.priceScale = finestScale([open, high, low, close], this.priceScale);
        power = POWERS_OF_TEN[this.priceScale];
      }
      const step = time - previous;
      if (step === this.step) this.stepCount += 1;
      else this.turnTo(step);
      previous = time;
    }
    this.previousTime = previous;
    this.row += length;
  }

  finish(): BarScan {
    this.turnTo(Number.NaN);
    // The first row has no neighbour before it.
    this.steps.delete(Infinity);
    return { firstUnsound: this.firstUnsound, priceScale: this.priceScale, steps: this.steps };
  }

  private turnTo(step: number): void {
    if (this.stepCount > 0) this.steps.set(this.step, (this.steps.get(this.step) ?? 0) + this.stepCount);
    this.step = step;
    this.stepCount = 1;
  }
}

/** The most frequent step; of several as frequent, the shortest. */
export function intervalOf(steps: ReadonlyMap<number, number>): number {
  let interval = Infinity;
  let most = 0;
  for (const [step, count] of steps) {
    if (count > most || (count === most && step < interval)) {
      interval = step;
      most = count;
    }
  }
  return interval;
}
