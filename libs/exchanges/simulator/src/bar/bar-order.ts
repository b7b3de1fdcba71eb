import { compareCodePoints, type Lots, type OrderTerms, type TimeMs } from '@bowline/domain';
import type { ExchangeFact } from '@bowline/ports';

/** An order as the bar exchange keeps it. */
export interface BarOrder {
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly terms: OrderTerms;
  /** The pair that it is a leg of, named within its symbol; null: it stands alone. */
  readonly pair: string | null;
  /** It is compared with bars that open at this time or later. */
  readonly barsFrom: TimeMs;
  status: Extract<ExchangeFact, { type: 'order_status' }>['orderStatus'];
  cumQty: Lots;
}

export function isOpen({ status }: BarOrder): boolean {
  return status === 'new' || status === 'partially_filled';
}

export function leavesOf({ cumQty, terms }: BarOrder): Lots {
  return terms.orderQty - cumQty;
}

/** The legs of a pair that rest. While a stop is being replaced there are two of it: the newer one counts. */
export function pairOf(
  pair: string,
  open: Iterable<BarOrder>,
): { readonly takeProfit: BarOrder | null; readonly stop: BarOrder | null } {
  let takeProfit: BarOrder | null = null;
  let stop: BarOrder | null = null;
  for (const order of open) {
    if (order.pair !== pair) continue;
    if (order.terms.orderType === 'limit') takeProfit = order;
    else stop = order;
  }
  return { takeProfit, stop };
}

/** As strategies act within a channel: by the code points of their ids. */
export function inOrderOfStrategies(orders: readonly BarOrder[]): BarOrder[] {
  return [...orders].sort((a, b) => compareCodePoints(strategyOf(a), strategyOf(b)));
}

/** A strategy position is named after its strategy, and numbered. */
function strategyOf({ terms }: BarOrder): string {
  const { strategyPositionId } = terms.key;
  return strategyPositionId.slice(0, strategyPositionId.lastIndexOf('-'));
}
