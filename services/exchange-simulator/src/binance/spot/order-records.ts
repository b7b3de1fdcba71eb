import type { Lots, Side, TickLots, Ticks, TimeInForce, TimeMs } from '@bowline/domain';
import {
  isConditional,
  type CarriedOut,
  type Contingency,
  type ExecutionReport,
  type ExpireReason,
  type NewListRequest,
  type NewOrderRequest,
  type OrderRemarks,
  type OrderType,
  type ReportedStatus,
  type SelfTradePrevention,
} from '@bowline/exchange-simulator';

/** An order as the exchange can tell of it. */
export interface OrderRecord {
  readonly account: string;
  readonly symbol: string;
  readonly orderId: number;
  readonly list: ListRecord | null;
  readonly clientOrderId: string;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly timeInForce: TimeInForce;
  readonly stopPrice: Ticks | null;
  readonly selfTradePrevention: SelfTradePrevention;
  /** What it was to spend or bring, decimal text; null: its quantity was said. */
  readonly quoteOrderQty: string | null;
  readonly remarks: OrderRemarks;
  readonly createdTime: TimeMs;
  price: Ticks | null;
  orderQty: Lots;
  cumQty: Lots;
  cumValue: TickLots;
  status: ReportedStatus;
  expireReason: ExpireReason | null;
  /** It waits for the order before it in its list. */
  isPending: boolean;
  updatedTime: TimeMs;
  /** Since when it is on the book, or was; null: it has not been. */
  workingTime: TimeMs | null;
}

/** A list of orders that depend on each other. */
export interface ListRecord {
  readonly account: string;
  readonly symbol: string;
  readonly orderListId: number;
  readonly contingencyType: Contingency;
  readonly listClientOrderId: string;
  readonly createdTime: TimeMs;
  /** In the order in which they were asked for. */
  readonly orders: OrderRecord[];
}

/** Closed orders of an account that are remembered. */
const MOST_CLOSED = 20_000;

interface AccountOrders {
  readonly open: Map<number, OrderRecord>;
  readonly closed: Map<number, OrderRecord>;
  /** The last one of each id. */
  readonly byClientOrderId: Map<string, OrderRecord>;
  readonly lists: Map<number, ListRecord>;
}

/** Every order of the exchange's accounts, open ones and the last closed ones, by the engine's own account of them. */
export class OrderRecords {
  private readonly accounts = new Map<string, AccountOrders>();

  /** Takes in what has happened. Returns the record of each report's order; null where it never was one. */
  take({ command, reports }: CarriedOut): readonly (OrderRecord | null)[] {
    const list = command.kind === 'newList' ? command : null;
    const asked = list?.orders ?? (command.kind === 'new' ? [command] : []);
    return reports.map((report) => this.takeReport(report, asked, list));
  }

  /** Oldest first; those that wait for another are among them. */
  open(account: string): readonly OrderRecord[] {
    return [...this.of(account).open.values()];
  }

  /** Closed and open ones, oldest first. */
  all(account: string): readonly OrderRecord[] {
    const { closed, open } = this.of(account);
    return [...closed.values(), ...open.values()].sort((a, b) => a.orderId - b.orderId);
  }

  byOrderId(account: string, orderId: number): OrderRecord | null {
    const { closed, open } = this.of(account);
    return open.get(orderId) ?? closed.get(orderId) ?? null;
  }

  byClientOrderId(account: string, clientOrderId: string): OrderRecord | null {
    return this.of(account).byClientOrderId.get(clientOrderId) ?? null;
  }

  /** Oldest first. */
  lists(account: string): readonly ListRecord[] {
    return [...this.of(account).lists.values()];
  }

  private takeReport(
    report: ExecutionReport,
    asked: readonly NewOrderRequest[],
    list: NewListRequest | null,
  ): OrderRecord | null {
    const { account, execType, orderId, time } = report;
    if (execType === 'REJECTED' || orderId === null) return null;
    const orders = this.of(account);
    if (execType === 'NEW' && !orders.open.has(orderId)) this.begin(orders, report, orderId, asked, list);
    const record = orders.open.get(orderId);
    if (record === undefined) return null;
    const begins = execType === 'TRIGGERED' || (execType === 'NEW' && !isConditional(record.orderType));
    if (begins && !report.isPending) record.workingTime = time;
    record.price = report.price;
    record.orderQty = report.orderQty;
    record.cumQty = report.cumQty;
    record.cumValue = report.cumValue;
    record.status = report.orderStatus;
    record.expireReason = report.expireReason;
    record.isPending = report.isPending;
    record.updatedTime = time;
    if (isOver(record)) this.close(orders, record);
    return record;
  }

  private begin(
    orders: AccountOrders,
    report: ExecutionReport,
    orderId: number,
    requests: readonly NewOrderRequest[],
    asked: NewListRequest | null,
  ): void {
    const { account, clientOrderId, orderListId, orderType, side, symbol, time } = report;
    if (orderType === null || side === null) throw new Error(`order ${orderId} has no type or side`);
    const request = requests.find((each) => each.account === account && each.clientOrderId === clientOrderId);
    const list = orderListId === null || asked === null ? null : this.list(orders, orderListId, asked, time);
    const record: OrderRecord = {
      ...{ account, symbol, orderId, list, clientOrderId, side, orderType },
      timeInForce: report.timeInForce ?? 'GTC',
      stopPrice: report.stopPrice,
      selfTradePrevention: request?.selfTradePrevention ?? 'NONE',
      quoteOrderQty: request?.quoteOrderQty ?? null,
      remarks: request?.remarks ?? {},
      createdTime: time,
      ...{ price: report.price, orderQty: report.orderQty, cumQty: 0, cumValue: 0n },
      ...{ status: report.orderStatus, expireReason: null, updatedTime: time },
      ...{ isPending: report.isPending, workingTime: null },
    };
    list?.orders.push(record);
    orders.open.set(orderId, record);
    orders.byClientOrderId.set(clientOrderId, record);
  }

  private list(
    { lists }: AccountOrders,
    orderListId: number,
    { account, contingencyType, remarks, symbol }: NewListRequest,
    createdTime: TimeMs,
  ): ListRecord {
    const known = lists.get(orderListId);
    if (known !== undefined) return known;
    const listClientOrderId = String(remarks?.['listClientOrderId'] ?? orderListId);
    const about = { account, symbol, orderListId, contingencyType, listClientOrderId };
    const list: ListRecord = { ...about, createdTime, orders: [] };
    lists.set(orderListId, list);
    return list;
  }

  private close(orders: AccountOrders, record: OrderRecord): void {
    orders.open.delete(record.orderId);
    orders.closed.set(record.orderId, record);
    if (orders.closed.size <= MOST_CLOSED) return;
    const [oldest] = orders.closed.values();
    if (oldest === undefined) return;
    orders.closed.delete(oldest.orderId);
    if (orders.byClientOrderId.get(oldest.clientOrderId) === oldest)
      orders.byClientOrderId.delete(oldest.clientOrderId);
    if (oldest.list !== null && isListOver(oldest.list)) orders.lists.delete(oldest.list.orderListId);
  }

  private of(account: string): AccountOrders {
    const known = this.accounts.get(account);
    if (known !== undefined) return known;
    const orders = { open: new Map(), closed: new Map(), byClientOrderId: new Map(), lists: new Map() };
    this.accounts.set(account, orders);
    return orders;
  }
}

export function isOver({ status }: Pick<OrderRecord, 'status'>): boolean {
  return status !== 'NEW' && status !== 'PARTIALLY_FILLED';
}

/** Nothing of it can trade any more. */
export function isListOver({ orders }: ListRecord): boolean {
  return orders.every(isOver);
}

/** Among the orders that wait for a price. */
export function isWaiting({ orderType, workingTime, ...record }: OrderRecord): boolean {
  return isConditional(orderType) && workingTime === null && !isOver(record);
}
