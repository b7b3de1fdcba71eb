import { divFloor, tickLots, type Lots, type TickLots, type Ticks } from '../primitives/index.js';

/**
 * What one owner holds of the netted position: signed lots (long above 0) and what they cost,
 * sum(price x |quantity|). The owner's average entry price is `cost / |quantity|`, never the exchange's.
 */
export interface Share {
  quantity: Lots;
  cost: TickLots;
}

/**
 * Books a fill of `signedQty` lots at `price` into the share, in place, and returns the profit that it realized
 * in ticks x lots (before fees). A fill against the share closes first and opens with the rest. Closing q of Q
 * takes floor(cost x q / Q) of the cost and the last close takes what is left, so no remainder is ever lost.
 */
export function applyFill(share: Share, signedQty: Lots, price: Ticks): TickLots {
  const held = share.quantity;
  if (held === 0 || held > 0 === signedQty > 0) {
    share.quantity = held + signedQty;
    share.cost += tickLots(price, Math.abs(signedQty));
    return 0n;
  }
  const holds = Math.abs(held);
  const closes = Math.min(holds, Math.abs(signedQty));
  const cost = closes === holds ? share.cost : divFloor(share.cost * BigInt(closes), BigInt(holds));
  const proceeds = tickLots(price, closes);
  const opens = Math.abs(signedQty) - closes;
  share.quantity = held + signedQty;
  share.cost = opens > 0 ? tickLots(price, opens) : share.cost - cost;
  return held > 0 ? proceeds - cost : cost - proceeds;
}

/** Profit of the share at `price`, in ticks x lots. */
export function unrealized(share: Share, price: Ticks): TickLots {
  if (share.quantity === 0) return 0n;
  const value = tickLots(price, Math.abs(share.quantity));
  return share.quantity > 0 ? value - share.cost : share.cost - value;
}
