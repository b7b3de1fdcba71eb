import { applyFill, type Lots, type Share, type Ticks } from '@bowline/domain';

/**
 * One position as the exchange keeps it: what the account's fills add up to, whoever owns them. The quantity is
 * known at any time; the cost, which only a report asks for, is worked out from the fills since it was last flat.
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

  /** The position with its cost in the exchange's own averaging. */
  share(): Share {
    const share: Share = { quantity: 0, cost: 0n };
    for (const [i, signedQty] of this.signedQty.entries()) applyFill(share, signedQty, this.price[i]!);
    return share;
  }
}
