import type { Lots, Ticks, TimeMs } from '@bowline/domain';

/** A trade as everybody sees it. */
export interface PublicTrade {
  /** Ascending by one within the symbol. */
  readonly tradeId: number;
  readonly time: TimeMs;
  readonly price: Ticks;
  readonly quantity: Lots;
  /** Who came later was the seller. */
  readonly buyerIsMaker: boolean;
}

/** A position that the exchange has closed by force, once it is closed. */
export interface PublicLiquidation {
  readonly time: TimeMs;
  readonly side: 'BUY' | 'SELL';
  /** The worst price that it could have had. */
  readonly price: Ticks;
  readonly quantity: Lots;
  /** Sum of price x quantity. */
  readonly value: bigint;
  readonly lastQty: Lots;
}
