import { createHash } from 'node:crypto';
import type { TimeMs } from '@bowline/domain';

/** 2020-01-01: with 14 bits beside them, milliseconds from here on are safe integers until 2037. */
const EPOCH_MS = 1_577_836_800_000;
const SLOTS = 2 ** 14;
const REMEMBERED = 20_000;

/**
 * Numbers for trades whose exchange calls them by a text, or numbers them without an order in time: their millisecond,
 * and 14 bits of their id. They count up with time, and everybody who sees the same trade gets the same number. Two of
 * one millisecond meet once in 16,384 times: then the later one takes the next number that is free.
 */
export class TradeIds {
  private readonly taken = new Map<string, string>();

  /** @param symbol numbers are unique within it */
  numberOf(symbol: string, id: string, at: TimeMs): number {
    const first = createHash('sha256').update(id).digest().readUInt16BE(0) % SLOTS;
    const base = (at - EPOCH_MS) * SLOTS;
    for (let step = 0; step < SLOTS; step += 1) {
      const number = base + ((first + step) % SLOTS);
      const key = `${symbol}/${number}`;
      const holder = this.taken.get(key);
      if (holder !== undefined && holder !== id) continue;
      if (holder === undefined) this.take(key, id);
      return number;
    }
    throw new RangeError(`${symbol} has more than ${SLOTS} trades at ${at}`);
  }

  private take(key: string, id: string): void {
    this.taken.set(key, id);
    if (this.taken.size <= REMEMBERED) return;
    const [oldest] = this.taken.keys();
    if (oldest !== undefined) this.taken.delete(oldest);
  }
}

/** When the trade of such a number took place. */
export function timeOfNumber(number: number): TimeMs {
  return Math.floor(number / SLOTS) + EPOCH_MS;
}
