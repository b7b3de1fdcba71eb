import { decimal } from '@bowline/domain';
import type { FundingRow } from '@bowline/ports';
import { firstAtOrAfter } from './bar-index.js';
import type { ChannelRun } from './channel-run.js';
import { FROM_OPEN, momentOf } from './slot.js';

/** The funding of one channel: each rate applies at the open of the first bar from its time on, on that open. */
export class FundingSchedule {
  private cursor = 0;
  private readonly due: readonly { readonly row: number; readonly rate: string }[];

  constructor(
    private readonly channel: ChannelRun,
    rows: readonly FundingRow[],
  ) {
    const { length, openTime } = channel.market.bars;
    this.due = rows
      .filter(({ time }) => time >= openTime[0]!)
      .sort((a, b) => a.time - b.time)
      .map(({ rate, time }) => ({ row: firstAtOrAfter(openTime, length, time), rate }))
      .filter(({ row }) => row < length);
  }

  nextMoment(): number {
    const next = this.due[this.cursor];
    return next === undefined ? Infinity : momentOf(this.channel.market.bars.openTime[next.row]!, FROM_OPEN);
  }

  /** Charges what is due now. */
  charge(): void {
    const { channel } = this;
    const { row, rate } = this.due[this.cursor]!;
    const { open, openTime } = channel.market.bars;
    this.cursor += 1;
    channel.row = row;
    channel.at = openTime[row]!;
    channel.price = open[row]!;
    const { scale, units } = decimal(rate);
    channel.deliver({ type: 'funding', price: channel.price, rateUnits: units, rateScale: scale, at: channel.at });
  }
}
