import { cash, formatCash, type Cash } from '@bowline/domain';
import type { FoundPosition } from './checked-account.js';

/** A symbol whose exchange position is another than the books add up to; decimal texts. */
export interface BookDifference {
  readonly symbol: string;
  readonly atExchange: string;
  readonly inBooks: string;
}

/** Compares what the exchange holds, LONG and SHORT of a symbol added, with the sums of shares of a desk's channels. */
export function bookDifferences(
  channels: readonly { readonly symbol: string; readonly sumOfShares: string }[],
  positions: readonly FoundPosition[],
): readonly BookDifference[] {
  // Quantities have no more than 18 decimals, so that they fit where cash does.
  const held = new Map<string, Cash>();
  for (const { quantity, symbol } of positions) held.set(symbol, (held.get(symbol) ?? 0n) + cash(quantity));
  const booked = new Map(channels.map(({ sumOfShares, symbol }) => [symbol, cash(sumOfShares)]));
  return [...new Set([...held.keys(), ...booked.keys()])].sort().flatMap((symbol) => {
    const [atExchange, inBooks] = [held.get(symbol) ?? 0n, booked.get(symbol) ?? 0n];
    if (atExchange === inBooks) return [];
    return [{ symbol, atExchange: formatCash(atExchange), inBooks: formatCash(inBooks) }];
  });
}
