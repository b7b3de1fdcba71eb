import type { Lots, Side } from '@bowline/domain';
import type { ExecutionReport, OrderType, ReportedStatus } from '@bowline/exchange-simulator';

/** What has ever become of a clientOrderId of an account. */
export interface OrderCount {
  readonly symbol: string;
  readonly side: Side | null;
  readonly orderType: OrderType | null;
  /** How often an order of this id came to be. More than 1: it was doubled. */
  accepted: number;
  /** How often one was refused, because one of this id was open. */
  duplicates: number;
  /** How often one was refused for another reason. */
  rejected: number;
  trades: number;
  /** Of the last order: what it was for, what has traded, and how it stands. */
  orderQty: Lots;
  cumQty: Lots;
  orderStatus: ReportedStatus;
}

/** Every order that there ever was, counted. */
export class OrderCounts {
  private readonly accounts = new Map<string, Map<string, OrderCount>>();

  onExecution(report: ExecutionReport): void {
    const { account, clientOrderId, cumQty, execType, orderQty, orderStatus, rejectedRequest } = report;
    if (rejectedRequest === 'cancel' || rejectedRequest === 'amend') return;
    const orders = this.accounts.get(account) ?? new Map<string, OrderCount>();
    this.accounts.set(account, orders);
    const known = orders.get(clientOrderId);
    const count = known ?? begun(report);
    if (known === undefined) orders.set(clientOrderId, count);
    if (report.rejectCode === 'DUPLICATE_CLIENT_ORDER_ID') {
      count.duplicates += 1;
      return;
    }
    if (execType === 'NEW' && !report.isPending) count.accepted += 1;
    if (execType === 'REJECTED') count.rejected += 1;
    if (execType === 'TRADE') count.trades += 1;
    Object.assign(count, { orderQty, cumQty, orderStatus });
  }

  /** By clientOrderId, in the order in which they came. */
  of(account: string): ReadonlyMap<string, OrderCount> {
    return this.accounts.get(account) ?? new Map<string, OrderCount>();
  }
}

function begun({ cumQty, orderQty, orderStatus, orderType, side, symbol }: ExecutionReport): OrderCount {
  const none = { accepted: 0, duplicates: 0, rejected: 0, trades: 0 };
  return { symbol, side, orderType, ...none, orderQty, cumQty, orderStatus };
}
