/** The largest fall from a peak, and the largest in percent of the peak (null where no peak is above 0). */
export interface Drawdown {
  readonly amount: number;
  readonly percent: number | null;
}

/** Follows a curve value by value. Only a new trough since the last peak can be a larger fall, so only that is measured. */
export class DrawdownMeter implements Drawdown {
  amount = 0;
  percent: number | null;
  private peak: number;
  private trough: number;

  constructor(start: number) {
    this.peak = start;
    this.trough = start;
    this.percent = start > 0 ? 0 : null;
  }

  add(value: number): void {
    if (value > this.peak) {
      this.peak = value;
      this.trough = value;
      if (this.percent === null && value > 0) this.percent = 0;
    } else if (value < this.trough) {
      this.trough = value;
      this.measure();
    }
  }

  /** Whether any value from `lowest` to `highest` would be a new peak or a new trough. */
  concerns(lowest: number, highest: number): boolean {
    return highest > this.peak || lowest < this.trough;
  }

  private measure(): void {
    const { peak } = this;
    const fall = peak - this.trough;
    if (fall > this.amount) this.amount = fall;
    if (this.percent !== null && peak > 0 && fall / peak > this.percent / 100)
      this.percent = (fall / peak) * 100;
  }
}
