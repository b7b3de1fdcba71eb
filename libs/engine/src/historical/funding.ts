import { decimal } from '@bowline/domain';
import type { FundingRow } from '@bowline/ports';
import { firstAtOrAfter } from './bar-index.js';
import type { Desk } from './desk.js';
import { FROM_OPEN, momentOf } from './slot.js';

/** The funding of one channel: each rate applies at the open of the first bar from its time on, on that open. */
export class FundingSchedule {
  private cursor = 0;
  private readonly due: readonly { readonly row: number; readonly rate: string }[];

  constructor(
    private readonly desk: Desk,
    rows: readonly FundingRow[],
  ) {
    const { length, openTime } = desk.market.bars;
    this.due = rows
      .filter(({ time }) => time >= openTime[0]!)
      .sort((a, b) => a.time - b.time)
      .map(({ rate, time }) => ({ row: firstAtOrAfter(openTime, length, time), rate }))
      .filter(({ row }) => row < length);
  }

  nextMoment(): number {
    const next = this.due[this.cursor];
    return next === undefined ? Infinity : momentOf(this.desk.market.bars.openTime[next.row]!, FROM_OPEN);
  }

  /** Charges what is due now. */
  charge(): void {
    const { desk } = this;
    const { row, rate } = this.due[this.cursor]!;
    const { open, openTime } = desk.market.bars;
    this.cursor += 1;
    desk.act(openTime[row]!, row, open[row]!);
    const { scale, units } = decimal(rate);
    desk.fund(units, scale);
  }
}
