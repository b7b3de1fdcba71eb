import { CASH_ONE, type Cash, type Instrument, type Lots, type TickLots, type Ticks } from '@bowline/domain';
import type { TickBars } from '@bowline/ports';
import { DAY_MS } from './days.js';

/**
 * How a holding changed: after each fill the lots held and the cash it took to get there, so that the equity at the
 * close of any bar is cash + lots x close. As doubles for the curve of every bar; exact only at the sampled times
 * (each UTC day, or each bar), because a bigint per fill that nobody reads is what a run would spend its time on.
 */
export class EquitySteps {
  readonly rows: number[] = [];
  /** Signed lots held from the row on. */
  readonly lots: Lots[] = [];
  /** Sum of -quantity x price - fee + funding, as a double in whole units of the currency. */
  readonly cash: number[] = [];
  /** The last row of each sampled span in which something changed, and the exact cash from there on. */
  readonly exactRows: number[] = [];
  readonly exactLots: Lots[] = [];
  readonly exactCash: Cash[] = [];
  private held: Lots = 0;
  /** Sum of signed quantity x price: as a number while that is exact, and what outgrew it. */
  private value = 0;
  private outgrown: TickLots = 0n;
  /** Funding less fees. */
  private other: Cash = 0n;
  private span = -1;
  private readonly unit: number;

  constructor(
    private readonly instrument: Instrument,
    private readonly bars: TickBars,
    private readonly every: 'daily' | 'bar',
  ) {
    this.unit = Number(instrument.tickLotCash) / Number(CASH_ONE);
  }

  /** A fill in bar `row`: it shows in the equity at that bar's close. */
  add(row: number, signedQty: Lots, price: Ticks, fee: Cash): void {
    this.beginRow(row);
    this.held += signedQty;
    this.addValue(signedQty, price);
    this.other -= fee;
    this.push(row);
  }

  /** Funding, or what its rounding leaves. */
  addCash(row: number, amount: Cash): void {
    this.beginRow(row);
    this.other += amount;
    this.push(row);
  }

  /** Notes the exact state of the span that has ended; to be called once more when the run is over. */
  finish(): void {
    const last = this.rows.length - 1;
    if (this.span < 0 || last < 0) return;
    this.exactRows.push(this.rows[last]!);
    this.exactLots.push(this.held);
    const value = this.outgrown + BigInt(this.value);
    this.exactCash.push(this.other - value * this.instrument.tickLotCash);
    this.span = -1;
  }

  private beginRow(row: number): void {
    const { intervalMs, openTime } = this.bars;
    const span = this.every === 'bar' ? row : Math.floor((openTime[row]! + intervalMs - 1) / DAY_MS);
    if (span === this.span) return;
    this.finish();
    this.span = span;
  }

  private addValue(signedQty: Lots, price: Ticks): void {
    const amount = signedQty * price;
    const sum = this.value + amount;
    if (Number.isSafeInteger(amount) && Number.isSafeInteger(sum)) {
      this.value = sum;
      return;
    }
    this.outgrown += BigInt(this.value) + BigInt(signedQty) * BigInt(price);
    this.value = 0;
  }

  private push(row: number): void {
    const value = this.outgrown === 0n ? this.value : Number(this.outgrown + BigInt(this.value));
    const cash = Number(this.other) * 1e-18 - value * this.unit;
    const last = this.rows.length - 1;
    if (last >= 0 && this.rows[last] === row) {
      this.lots[last] = this.held;
      this.cash[last] = cash;
      return;
    }
    this.rows.push(row);
    this.lots.push(this.held);
    this.cash.push(cash);
  }
}
