import {
  divHalfEven,
  formatUnits,
  tickLots,
  type Cash,
  type Instrument,
  type Lots,
  type TickLots,
  type Ticks,
} from '@bowline/domain';

/** Costs are kept this much finer than ticks x lots: a partial close leaves the average as it is. */
const FINER = 10n ** 18n;

/** One position as the exchange keeps it: only what increases it moves its average entry. */
export class BarPosition {
  /** Above 0 long, below 0 short. */
  quantity: Lots = 0;
  /** Average entry x |quantity|, in 10^-18 of ticks x lots. */
  private cost = 0n;

  constructor(private readonly instrument: Instrument) {}

  add(signedQty: Lots, price: Ticks): void {
    const before = this.quantity;
    const after = before + signedQty;
    const grows = before === 0 || before > 0 === signedQty > 0;
    if (grows) this.cost += tickLots(price, Math.abs(signedQty)) * FINER;
    else if (after !== 0 && after > 0 === before > 0)
      this.cost = divHalfEven(this.cost * BigInt(Math.abs(after)), BigInt(Math.abs(before)));
    else this.cost = tickLots(price, Math.abs(after)) * FINER;
    this.quantity = after;
  }

  /** Average entry, 8 decimals half-even; null where it is flat. */
  averageText(): string | null {
    if (this.quantity === 0) return null;
    const { scale, units } = this.instrument.tick;
    const dividend = this.cost * units * 10n ** 8n;
    return formatUnits(
      divHalfEven(dividend, FINER * 10n ** BigInt(scale) * BigInt(Math.abs(this.quantity))),
      8,
    );
  }

  /** What was paid (+) or received (-) for what is held, at its average entry. */
  signedCost(): Cash {
    const cost = divHalfEven(this.cost * this.instrument.tickLotCash, FINER);
    return this.quantity < 0 ? -cost : cost;
  }

  /** What it is worth at `price`; below 0 where it is owed. */
  valueAt(price: Ticks): Cash {
    const value: TickLots = tickLots(price, Math.abs(this.quantity));
    return (this.quantity < 0 ? -value : value) * this.instrument.tickLotCash;
  }
}
