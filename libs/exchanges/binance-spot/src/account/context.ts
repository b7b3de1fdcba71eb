import type { BinanceContext, Fees } from '@bowline/exchange-binance-common';
import type { Cash } from '@bowline/domain';
import type { KnownOrders } from './known-orders.js';

/** What all that speaks for one account shares. */
export interface AccountContext extends BinanceContext {
  readonly known: KnownOrders;
  readonly fees: Fees;
  /** The balance that was told last; null: none was. */
  readonly told: { balance: Cash | null };
  /** By symbol, the last trade that the stream has told. */
  readonly lastTradeIds: Map<string, number>;
}
