import type { Account } from './account.js';
import type { Market } from './market.js';
import type { Order } from './order.js';

/** 64 bits over everything that decides what happens next, as 16 hexadecimal digits. For comparing runs, not for security. */
export function stateHash(markets: readonly Market[], accounts: readonly Account[]): string {
  const digest = new Digest();
  for (const { instrument, book, triggers, lastPrice, markPrice } of markets) {
    digest.add(instrument.symbol, lastPrice, markPrice);
    for (const order of book.queue(true)) addOrder(digest, order);
    for (const order of book.queue(false)) addOrder(digest, order);
    for (const { value } of triggers.LAST_PRICE.triggers()) addOrder(digest, value);
    for (const { value } of triggers.MARK_PRICE.triggers()) addOrder(digest, value);
  }
  for (const account of accounts) {
    digest.add(account.id, account.hedgeMode);
    for (const [symbol, leverage] of account.leverages) digest.add(symbol, leverage);
    for (const order of account.open.values()) if (order.isPending) addOrder(digest, order);
    for (const { asset, balance } of account.wallets.values()) if (balance !== 0n) digest.add(asset, balance);
    for (const { market, side, quantity, cost, realizedPnl, fees } of account.positions()) {
      // A position that was only asked for is no state.
      if (quantity === 0 && realizedPnl === 0n && fees === 0n) continue;
      digest.add(market.instrument.symbol, side, quantity, cost, realizedPnl, fees);
    }
  }
  return digest.hex();
}

function addOrder(digest: Digest, order: Order): void {
  digest.add(order.account.id, order.orderId, order.clientOrderId, order.isBuy, order.price, order.stopPrice);
  digest.add(order.orderQty, order.cumQty, order.leavesQty, order.cumValue, order.status);
  if (order.closePosition) digest.add('closePosition');
}

/** Two 32-bit multiplicative hashes over the text of what is added, mixed into each other at the end. */
class Digest {
  private low = 0x811c9dc5;
  private high = 0x9e3779b9;

  add(...parts: readonly (string | number | bigint | boolean | null)[]): void {
    for (const part of parts) {
      // The type goes in too: 1, '1' and 1n are three things.
      const text = `${typeof part}:${String(part)};`;
      for (let at = 0; at < text.length; at += 1) {
        const code = text.charCodeAt(at);
        this.low = Math.imul(this.low ^ code, 0x01000193);
        this.high = Math.imul(this.high ^ code, 0x85ebca6b);
      }
    }
  }

  hex(): string {
    const low = Math.imul(this.low ^ (this.high >>> 15), 0x2c1b3c6d) ^ (this.high >>> 13);
    const high = Math.imul(this.high ^ (this.low >>> 16), 0x297a2d39) ^ (this.low >>> 14);
    return hex32(high) + hex32(low);
  }
}

function hex32(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}
