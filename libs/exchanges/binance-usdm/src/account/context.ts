import type { BinanceContext, Failure, Fees } from '@bowline/exchange-binance-common';
import type { KnownOrders } from './known-orders.js';

/** What all that speaks for one account shares. */
export interface AccountContext extends BinanceContext {
  readonly hedgeMode: boolean;
  readonly known: KnownOrders;
  readonly fees: Fees;
  /** By symbol, the last trade that the stream has told. */
  readonly lastTradeIds: Map<string, number>;
}

/** Where the exchange speaks of the position mode, it is another one than we believe. */
export function noteMode(context: AccountContext, failure: Failure): void {
  if (failure.kind !== 'refused' || failure.meaning !== 'position_mode') return;
  context.say({ type: 'account_changed', what: 'position_mode', symbol: null, detail: failure.message });
}
