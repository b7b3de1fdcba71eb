import type { Lots } from '@bowline/domain';
import type { Order } from './order.js';
import type { Position } from './position.js';

/**
 * What an incoming order would trade at once, up to its leavesQty: a rehearsal of the matching that changes
 * nothing. It follows self-trade prevention, and the shrinking of resting closes by the very trades it rehearses;
 * the displayed quantity alone would promise more than FOK could get.
 */
export function fillableQty(taker: Order): Lots {
  const moved = new Map<Position, Lots>();
  const wanted = taker.leavesQty;
  let filled = 0;
  for (const maker of taker.market.book.queue(!taker.isBuy)) {
    if (filled === wanted || beyondLimit(taker, maker)) break;
    if (maker.owner === taker.owner && taker.selfTradePrevention !== 'NONE') {
      if (taker.selfTradePrevention === 'EXPIRE_MAKER') continue;
      break;
    }
    const quantity = Math.min(wanted - filled, availableOf(maker, moved));
    filled += quantity;
    move(moved, taker, quantity);
    move(moved, maker, quantity);
  }
  return filled;
}

function beyondLimit(taker: Order, maker: Order): boolean {
  if (taker.price === null || maker.price === null) return false;
  return taker.isBuy ? maker.price > taker.price : maker.price < taker.price;
}

/** A resting close gives no more than its position holds when its turn comes. */
function availableOf(maker: Order, moved: ReadonlyMap<Position, Lots>): Lots {
  if (!maker.closing) return maker.leavesQty;
  const held = maker.position.quantity + (moved.get(maker.position) ?? 0);
  return Math.min(maker.leavesQty, Math.max(0, maker.isBuy ? -held : held));
}

/** Only positions that resting closes depend on need to be followed. */
function move(moved: Map<Position, Lots>, order: Order, quantity: Lots): void {
  const { position } = order;
  if (position.closers.length === 0) return;
  moved.set(position, (moved.get(position) ?? 0) + (order.isBuy ? quantity : -quantity));
}
