import type { Cash, Execution, Lots, OrderKey, OrderTerms, Ticks } from '@bowline/domain';

/** What became of an order at the exchange. `absent`: the request never arrived, and never will. */
export type ExchangeOrderStatus =
  'in_flight' | 'working' | 'filled' | 'canceled' | 'rejected' | 'expired' | 'absent';

/** An order as the exchange has it, whatever the channel knows of it. */
export interface ExchangeOrder {
  readonly terms: OrderTerms;
  status: ExchangeOrderStatus;
  orderQty: Lots;
  cumQty: Lots;
  version: number;
}

/** What the channel has asked for and nobody has answered yet. */
export type Request =
  | { readonly kind: 'new'; readonly order: ExchangeOrder }
  | { readonly kind: 'cancel'; readonly order: ExchangeOrder }
  | { readonly kind: 'replace'; readonly order: ExchangeOrder; readonly terms: OrderTerms };

/** A fill that the exchange made. `key` is null for what is none of our orders'. */
export interface ExchangeTrade {
  readonly tradeId: number;
  readonly key: OrderKey | null;
  readonly signedQty: Lots;
  readonly price: Ticks;
  readonly fee: Cash;
  readonly feeBaseLots: Lots;
}

/** A report on its way. */
export interface Report {
  readonly execution: Execution;
}

/** `A-1 s2`. */
export function nameOf({ generation, leg, strategyPositionId }: OrderKey): string {
  return `${strategyPositionId} ${leg}${generation}`;
}

/**
 * Whether a report may be heard before an earlier one. The gateway tells how an order stands in order; its fills may
 * come at any time, but not before the exchange's own change of the quantity that they filled.
 */
export function mayOvertake({ execution: later }: Report, { execution: earlier }: Report): boolean {
  const same =
    later.key.strategyPositionId === earlier.key.strategyPositionId && later.key.leg === earlier.key.leg;
  if (!same || earlier.report.execType === 'trade') return true;
  return later.report.execType === 'trade' && earlier.report.execType !== 'restate';
}

export function isOpen({ status }: ExchangeOrder): boolean {
  return status === 'in_flight' || status === 'working';
}

export function leaves({ cumQty, orderQty, status }: ExchangeOrder): Lots {
  return status === 'in_flight' || status === 'working' ? Math.max(0, orderQty - cumQty) : 0;
}
