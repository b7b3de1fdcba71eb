import type { Cash, Instrument, Lots, TickLots } from '@bowline/domain';

/**
 * How a holding changed: after each fill the lots held and the cash it took to get there, so that the equity at the
 * close of any bar is cash + lots x close. Kept both exact, and as doubles for the curve of every bar.
 */
export class EquitySteps {
  readonly rows: number[] = [];
  /** Signed lots held from the row on. */
  readonly lots: Lots[] = [];
  /** Sum of -quantity x price - fee + funding, as a double in whole units of the currency. */
  readonly cash: number[] = [];
  readonly exactCash: Cash[] = [];
  private held: Lots = 0;
  private total: Cash = 0n;

  constructor(private readonly instrument: Instrument) {}

  /** A fill in bar `row`: it shows in the equity at that bar's close. */
  add(row: number, signedQty: Lots, value: TickLots, fee: Cash): void {
    this.held += signedQty;
    const paid = value * this.instrument.tickLotCash;
    this.push(row, signedQty > 0 ? -paid - fee : paid - fee);
  }

  addCash(row: number, amount: Cash): void {
    this.push(row, amount);
  }

  private push(row: number, change: Cash): void {
    this.total += change;
    const last = this.rows.length - 1;
    if (last >= 0 && this.rows[last] === row) {
      this.lots[last] = this.held;
      this.cash[last] = Number(this.total) * 1e-18;
      this.exactCash[last] = this.total;
      return;
    }
    this.rows.push(row);
    this.lots.push(this.held);
    this.cash.push(Number(this.total) * 1e-18);
    this.exactCash.push(this.total);
  }
}
