import type { Lots, Side } from '@bowline/domain';
import type { ExchangeReport } from '@bowline/ports';
import type { ExecutionReport } from '../matching/index.js';
import { isTrade, orderStatusOf, toReport } from '../client/to-report.js';

/** An order as the exchange keeps it: its own id is the key, and the reference that it carries need not be unique. */
export interface PlacedOrder {
  readonly account: string;
  readonly orderId: string;
  readonly symbol: string;
  readonly side: Side;
  /** Null: it was placed by hand. */
  readonly reference: string | null;
  /** Saxo's: what opens, what only closes, and what closes as far as there is something and opens beyond that. */
  readonly toOpenClose: 'ToOpen' | 'ToClose' | 'Undefined';
  /** The position that it is to close first. */
  readonly closes: string | null;
  /** The position that it has opened. */
  positionId: string | null;
  status: Lowercase<ExecutionReport['orderStatus']>;
  orderQty: Lots;
  cumQty: Lots;
  readonly trades: ExchangeReport[];
}

/** Keeps what a report says of its order. */
export function note(order: PlacedOrder, report: ExecutionReport): void {
  if (report.rejectedRequest === 'cancel' || report.rejectedRequest === 'amend') return;
  order.status = orderStatusOf(report.orderStatus);
  order.orderQty = report.orderQty;
  order.cumQty = report.cumQty;
  const said = isTrade(report) ? toReport(report) : null;
  if (said !== null) order.trades.push(named(order, said));
}

/** The report under the name that the account knows the order by. */
export function named({ orderId, reference }: PlacedOrder, report: ExchangeReport): ExchangeReport {
  return 'clientOrderId' in report ? { ...report, clientOrderId: reference ?? `hand-${orderId}` } : report;
}

export function isOpen({ status }: Pick<PlacedOrder, 'status'>): boolean {
  return status === 'new' || status === 'partially_filled';
}

/** What the log calls it; null: it has no line for it. */
export function activityStatus({ execType, leavesQty }: ExecutionReport) {
  switch (execType) {
    case 'NEW':
      return 'placed';
    case 'TRIGGERED':
      return 'working';
    case 'REPLACED':
    case 'RESTATED':
      return 'changed';
    case 'TRADE':
      return leavesQty === 0 ? 'final_fill' : 'fill';
    case 'CANCELED':
      return 'canceled';
    case 'EXPIRED':
      return 'expired';
    case 'REJECTED':
      return null;
  }
}
