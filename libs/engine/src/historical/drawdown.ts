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

  /**
   * Adds values of which only the lowest and the highest are known. Returns false, and adds nothing, where it matters
   * which of them came first.
   */
  addStretch(lowest: number, highest: number): boolean {
    if (highest <= this.peak) {
      this.add(lowest);
      return true;
    }
    const fall = highest - lowest;
    const shallow =
      lowest >= this.trough &&
      fall <= this.amount &&
      this.percent !== null &&
      // With room for what rounding does to a fall from a lower peak.
      fall / highest < (this.percent / 100) * (1 - 1e-9);
    if (!shallow) return false;
    // The trough since the new peak is not known. From the peak itself on no fall is overlooked.
    this.peak = highest;
    this.trough = highest;
    return true;
  }

  private measure(): void {
    const { peak } = this;
    const fall = peak - this.trough;
    if (fall > this.amount) this.amount = fall;
    if (this.percent !== null && peak > 0 && fall / peak > this.percent / 100)
      this.percent = (fall / peak) * 100;
  }
}
