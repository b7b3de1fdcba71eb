import { divHalfEven, formatUnits, type Instrument, type Lots, type Ticks } from '@bowline/domain';

/** The cost is kept this much finer than ticks x lots: a partial close leaves the average as it is. */
const FINER = 10n ** 18n;

/**
 * One position as the exchange keeps it: what the account's fills add up to, whoever owns them. The quantity is
 * known at any time; the average, which only a report asks for, is worked out from the fills since it was last flat.
 */
export class ExchangeBook {
  quantity: Lots = 0;
  private readonly signedQty: Lots[] = [];
  private readonly price: Ticks[] = [];

  add(signedQty: Lots, price: Ticks): void {
    this.quantity += signedQty;
    if (this.quantity === 0) {
      this.signedQty.length = 0;
      this.price.length = 0;
      return;
    }
    this.signedQty.push(signedQty);
    this.price.push(price);
  }

  /** Average entry as exchanges keep it: only what increases the position moves it. 8 decimals, half-even. */
  averageText({ tick }: Instrument): string {
    let held = 0;
    let cost = 0n;
    for (const [i, signedQty] of this.signedQty.entries()) {
      const value = BigInt(this.price[i]!) * FINER;
      const after = held + signedQty;
      if (held === 0 || held > 0 === signedQty > 0) cost += value * BigInt(Math.abs(signedQty));
      else if (after === 0 || after > 0 !== held > 0) cost = value * BigInt(Math.abs(after));
      else cost = divHalfEven(cost * BigInt(Math.abs(after)), BigInt(Math.abs(held)));
      held = after;
    }
    const units = cost * tick.units * 10n ** 8n;
    return formatUnits(divHalfEven(units, FINER * 10n ** BigInt(tick.scale) * BigInt(Math.abs(held))), 8);
  }
}
