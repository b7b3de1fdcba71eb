import type { Cash, Lots, Ticks } from '../primitives/index.js';

/** What the exchange demands of an order in a symbol. Null: it does not say. */
export interface OrderFilters {
  readonly symbol: string;
  /** False while the exchange takes no orders in it. */
  readonly trading: boolean;
  readonly minQty: Lots | null;
  readonly maxQty: Lots | null;
  readonly marketMaxQty: Lots | null;
  readonly minPrice: Ticks | null;
  readonly maxPrice: Ticks | null;
  /** Price x quantity, at least; closing orders may be exempt. */
  readonly minNotional: Cash | null;
  readonly minNotionalOfClosing: boolean;
  /** A buy's limit price is at most the reference price times `up`, and a sell's at least that times `down`: decimal texts. */
  readonly percentPrice: { readonly up: string; readonly down: string } | null;
  readonly maxOpenOrders: number | null;
  readonly maxConditionalOrders: number | null;
}
