import type { Lots, Ticks } from '@bowline/domain';
import type { MarketQuote } from '../market/index.js';
import type { BookLevel, Depth, OrderSnapshot } from '../matching/index.js';

/**
 * The outside's levels and the orders of the accounts in one book. Where the outside shows less than it is (a fill
 * ratio), its levels may reach beyond an order that rests: those are not there for everybody.
 */
export function publicBook(outside: MarketQuote, orders: readonly OrderSnapshot[]): Depth {
  const bids = restingLevels(orders, 'BUY');
  const asks = restingLevels(orders, 'SELL');
  const [bestBid, bestAsk] = [bids[0]?.[0] ?? null, asks[0]?.[0] ?? null];
  return {
    bids: mergedLevels(bids, beyond(outside.bids, bestAsk, -1), -1),
    asks: mergedLevels(asks, beyond(outside.asks, bestBid, 1), 1),
  };
}

/** Two sides of a book as one. `direction` is that of worse prices. */
export function mergedLevels(
  one: readonly BookLevel[],
  other: readonly BookLevel[],
  direction: 1 | -1,
): readonly BookLevel[] {
  if (one.length === 0) return other.slice();
  const merged: BookLevel[] = [];
  let [at, from] = [0, 0];
  while (at < one.length || from < other.length) {
    const ahead =
      at === one.length ? 1 : from === other.length ? -1 : (one[at][0] - other[from][0]) * direction;
    if (ahead === 0) merged.push([one[at][0], one[at][1] + other[from][1]]);
    else merged.push(ahead < 0 ? one[at] : other[from]);
    if (ahead <= 0) at += 1;
    if (ahead >= 0) from += 1;
  }
  return merged;
}

/** What rests, best first. */
function restingLevels(orders: readonly OrderSnapshot[], side: 'BUY' | 'SELL'): readonly BookLevel[] {
  const levels = new Map<Ticks, Lots>();
  for (const order of orders) {
    if (order.side !== side || order.conditional || order.price === null) continue;
    levels.set(order.price, (levels.get(order.price) ?? 0) + order.leavesQty);
  }
  return [...levels].sort(([a], [b]) => (side === 'BUY' ? b - a : a - b));
}

function beyond(levels: readonly BookLevel[], limit: Ticks | null, direction: 1 | -1): readonly BookLevel[] {
  if (limit === null) return levels;
  const from = levels.findIndex(([price]) => (price - limit) * direction > 0);
  return from < 0 ? [] : from === 0 ? levels : levels.slice(from);
}
