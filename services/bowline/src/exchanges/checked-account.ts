import type { RateLimit } from '@bowline/ports';

/** What was found out; `problem` in place of what could not be. */
export type Found<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

export interface FoundOrder {
  readonly symbol: string;
  readonly clientOrderId: string;
  readonly side: 'BUY' | 'SELL';
  /** It waits for its price. */
  readonly conditional: boolean;
  /** Decimal texts. */
  readonly orderQty: string;
  readonly cumQty: string;
  /** Limit or trigger price. */
  readonly price: string;
}

export interface FoundPosition {
  readonly symbol: string;
  readonly positionSide: string;
  /** Signed decimal text. */
  readonly quantity: string;
  readonly entryPrice: string;
}

/** An account as its exchange has it, whichever that is. */
export interface CheckedAccount {
  /** What the exchange's clock is ahead of this machine's, ms. Public: it also says whether the exchange is reached. */
  readonly clockOffsetMs: Found<number>;
  readonly limits: Found<readonly RateLimit[]>;
  /** Decimal texts by asset. */
  readonly balances: Found<Readonly<Record<string, string>>>;
  readonly positionMode: Found<string>;
  readonly openOrders: Found<readonly FoundOrder[]>;
  readonly positions: Found<readonly FoundPosition[]>;
  /** For people: what is not as it should be, with what to do. */
  readonly warnings: readonly string[];
}
