import type { Lots } from '@bowline/domain';
import type { Order } from './order.js';
import type { Position } from './position.js';

/** What is left of the position for a further closing order that goes straight to the book: resting closes are counted against it. */
export function uncommitted(position: Position, isBuy: boolean): Lots {
  let free = position.closable(isBuy);
  for (const order of position.closers) if (order.working && order.isBuy === isBuy) free -= order.leavesQty;
  return Math.max(0, free);
}

/** A closing order that has become larger than what it may close, and what may be left of it (0: nothing). */
export interface Excess {
  readonly order: Order;
  readonly leavesQty: Lots;
}

/**
 * Closing orders that no longer fit their position. Those that rest share it, in the order in which they would
 * trade: the last in priority is cut first. Those that wait for a trigger each may close all of it, since a
 * take-profit and a stop guard the same quantity. On a flat or reversed position nothing may be left.
 */
export function excessClosers(position: Position): readonly Excess[] {
  const excess: Excess[] = [];
  const resting: Order[] = [];
  for (const order of position.closers) {
    if (order.working) {
      resting.push(order);
    } else {
      const limit = position.closable(order.isBuy);
      if (order.closePosition ? limit === 0 : order.leavesQty > limit)
        excess.push({ order, leavesQty: limit });
    }
  }
  resting.sort(byPriority);
  let free = Math.abs(position.quantity);
  for (const order of resting) {
    const limit = Math.min(free, position.closable(order.isBuy));
    if (order.leavesQty > limit) excess.push({ order, leavesQty: limit });
    free -= Math.min(order.leavesQty, limit);
  }
  return excess;
}

/** Better price first, then first come. Orders that close one position are all on one side, save those that a reversal has made void. */
function byPriority(a: Order, b: Order): number {
  const ahead = a.isBuy ? Number(b.price) - Number(a.price) : Number(a.price) - Number(b.price);
  return ahead !== 0 ? ahead : a.queueSequence - b.queueSequence;
}
