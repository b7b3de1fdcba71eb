import type { Instrument, Lots, Ticks, TimeMs } from '@bowline/domain';
import type { BarFills } from '@bowline/ports';
import type { BarOrder } from './bar-order.js';
import { BarPosition } from './bar-position.js';

/** What an account's orders meet in one symbol, and what they have made it hold there. */
export class BarMarket {
  /** The net position; in hedge mode LONG. */
  readonly long: BarPosition;
  readonly short: BarPosition;
  /** What market orders fill around; null before the first moment. */
  price: Ticks | null = null;
  /** What arrives, or is opened, now can be reached by bars that open at this time or later. */
  barsFrom: TimeMs = 0;
  lastTradeId: number | null = null;
  /** Strategy positions that hold something, and from which bar on their legs are live. */
  private readonly holders = new Map<string, { readonly barsFrom: TimeMs; lots: Lots }>();

  constructor(
    readonly instrument: Instrument,
    readonly fills: BarFills,
    private readonly hedgeMode: boolean,
  ) {
    this.long = new BarPosition(instrument);
    this.short = new BarPosition(instrument);
  }

  trade({ terms }: BarOrder, lots: Lots, price: Ticks): void {
    const { key, positionSide, side } = terms;
    const position = this.hedgeMode && positionSide === 'SHORT' ? this.short : this.long;
    position.add(side === 'BUY' ? lots : -lots, price);
    const { leg, strategyPositionId } = key;
    const held = this.holders.get(strategyPositionId);
    if (held === undefined) {
      if (leg === 'e') this.holders.set(strategyPositionId, { barsFrom: this.barsFrom, lots });
      return;
    }
    held.lots += leg === 'e' ? lots : -lots;
    if (held.lots <= 0) this.holders.delete(strategyPositionId);
  }

  /** Whether the legs of a strategy position can fill in the bar that opens at this time. */
  isLive(strategyPositionId: string, openTime: TimeMs): boolean {
    const held = this.holders.get(strategyPositionId);
    return held !== undefined && held.barsFrom <= openTime;
  }

  /** In hedge mode LONG less SHORT. */
  get signedQty(): Lots {
    return this.long.quantity + this.short.quantity;
  }
}
