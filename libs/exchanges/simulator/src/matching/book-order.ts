import type { Lots, Ticks } from '@bowline/domain';
import type { PriceLevel } from './book-side.js';

/** What happens where an order meets another of its own owner. The mode of the incoming order decides. */
export type SelfTradePrevention = 'NONE' | 'EXPIRE_TAKER' | 'EXPIRE_MAKER' | 'EXPIRE_BOTH';

/**
 * An order as the book sees it. It is a node of its level's queue itself (`previous`, `next`), so that leaving
 * the middle of a queue is a matter of two pointers.
 */
export class BookOrder {
  /** The level it rests in; null while it does not rest. */
  level: PriceLevel | null = null;
  previous: BookOrder | null = null;
  next: BookOrder | null = null;

  constructor(
    readonly orderId: number,
    /** Whoever trades here: orders of one owner are subject to self-trade prevention. */
    readonly owner: object,
    readonly isBuy: boolean,
    /** Limit price; null takes any price, and never rests. */
    public price: Ticks | null,
    public leavesQty: Lots,
    readonly selfTradePrevention: SelfTradePrevention,
  ) {}
}
