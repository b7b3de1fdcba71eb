import type { Lots, Side, TickLots, Ticks, TimeInForce, TimeMs } from '@bowline/domain';
import {
  isConditional,
  type CarriedOut,
  type ExecutionReport,
  type ExpireReason,
  type NewOrderRequest,
  type OrderPositionSide,
  type OrderRemarks,
  type OrderType,
  type ReportedStatus,
  type SelfTradePrevention,
  type WorkingType,
} from '@bowline/exchange-simulator';

/** Algo orders have ids of their own, far above those of orders. */
const FIRST_ALGO_ID = 1_000_000_000_000_000;

/** An order as the exchange can tell of it. */
export interface OrderRecord {
  readonly account: string;
  readonly symbol: string;
  readonly orderId: number;
  readonly clientOrderId: string;
  readonly side: Side;
  readonly positionSide: OrderPositionSide;
  /** As it was asked for. */
  readonly orderType: OrderType;
  readonly timeInForce: TimeInForce;
  readonly reduceOnly: boolean;
  readonly stopPrice: Ticks | null;
  readonly workingType: WorkingType;
  readonly closePosition: boolean;
  readonly selfTradePrevention: SelfTradePrevention;
  readonly remarks: OrderRemarks;
  /** It was placed as a conditional order, and has an algo id. */
  readonly algoId: number | null;
  readonly createdTime: TimeMs;
  price: Ticks | null;
  orderQty: Lots;
  cumQty: Lots;
  cumValue: TickLots;
  status: ReportedStatus;
  expireReason: ExpireReason | null;
  updatedTime: TimeMs;
  /** When its price was reached; null: it has not been. */
  triggeredTime: TimeMs | null;
  /** Once triggered it went to the book, or would have: it is among the normal orders too. */
  isOrder: boolean;
}

/** Closed orders of an account that are remembered. */
const MOST_CLOSED = 20_000;

interface AccountOrders {
  readonly open: Map<number, OrderRecord>;
  readonly closed: Map<number, OrderRecord>;
  /** The last one of each id. */
  readonly byClientOrderId: Map<string, OrderRecord>;
}

/** Every order of the exchange's accounts, open ones and the last closed ones, by the engine's own account of them. */
export class OrderRecords {
  private readonly accounts = new Map<string, AccountOrders>();

  /** Takes in what has happened, report by report. Returns the record of each report's order; null where it never was one. */
  take({ command, reports }: CarriedOut): readonly (OrderRecord | null)[] {
    const request = command.kind === 'new' ? command : null;
    return reports.map((report, at) => this.takeReport(report, request, reports.slice(at + 1)));
  }

  /** Open and waiting ones, oldest first. */
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

  byAlgoId(account: string, algoId: number): OrderRecord | null {
    return this.byOrderId(account, algoId - FIRST_ALGO_ID);
  }

  byClientOrderId(account: string, clientOrderId: string): OrderRecord | null {
    return this.of(account).byClientOrderId.get(clientOrderId) ?? null;
  }

  /** As if it had never been: orders that the exchange does not keep in its history. */
  forget({ account, clientOrderId, orderId }: OrderRecord): void {
    const orders = this.of(account);
    orders.closed.delete(orderId);
    if (orders.byClientOrderId.get(clientOrderId)?.orderId === orderId)
      orders.byClientOrderId.delete(clientOrderId);
  }

  private takeReport(
    report: ExecutionReport,
    request: NewOrderRequest | null,
    later: readonly ExecutionReport[],
  ): OrderRecord | null {
    const { account, execType, orderId } = report;
    if (execType === 'REJECTED' || orderId === null) return null;
    const orders = this.of(account);
    if (execType === 'NEW') this.begin(report, orderId, request);
    const record = orders.open.get(orderId);
    if (record === undefined) return null;
    if (execType === 'TRIGGERED') {
      record.triggeredTime = report.time;
      record.isOrder = !later.some((next) => next.orderId === orderId && isRefusedAtTrigger(next));
    }
    record.price = report.price;
    record.orderQty = report.orderQty;
    record.cumQty = report.cumQty;
    record.cumValue = report.cumValue;
    record.status = report.orderStatus;
    record.expireReason = report.expireReason;
    record.updatedTime = report.time;
    if (isOver(record)) this.close(orders, record);
    return record;
  }

  private begin(report: ExecutionReport, orderId: number, request: NewOrderRequest | null): void {
    const { account, clientOrderId, orderType, side } = report;
    if (orderType === null || side === null) throw new Error(`order ${orderId} has no type or side`);
    const asked = request?.clientOrderId === clientOrderId && request.account === account ? request : null;
    const isAlgo = isConditional(orderType);
    const record: OrderRecord = {
      ...{ account, symbol: report.symbol, orderId, clientOrderId, side, orderType },
      positionSide: report.positionSide,
      timeInForce: report.timeInForce ?? 'GTC',
      reduceOnly: report.reduceOnly,
      stopPrice: report.stopPrice,
      workingType: report.workingType ?? 'LAST_PRICE',
      closePosition: asked?.closePosition ?? false,
      selfTradePrevention: asked?.selfTradePrevention ?? 'NONE',
      remarks: asked?.remarks ?? {},
      algoId: isAlgo ? FIRST_ALGO_ID + orderId : null,
      createdTime: report.time,
      ...{ price: report.price, orderQty: report.orderQty, cumQty: 0, cumValue: 0n },
      ...{ status: report.orderStatus, expireReason: null, updatedTime: report.time },
      ...{ triggeredTime: null, isOrder: !isAlgo },
    };
    const orders = this.of(account);
    orders.open.set(orderId, record);
    orders.byClientOrderId.set(clientOrderId, record);
  }

  private close(orders: AccountOrders, record: OrderRecord): void {
    orders.open.delete(record.orderId);
    orders.closed.set(record.orderId, record);
    if (orders.closed.size <= MOST_CLOSED) return;
    const [oldest] = orders.closed.values();
    if (oldest !== undefined) this.forget(oldest);
  }

  private of(account: string): AccountOrders {
    const known = this.accounts.get(account);
    if (known !== undefined) return known;
    const orders = { open: new Map(), closed: new Map(), byClientOrderId: new Map() };
    this.accounts.set(account, orders);
    return orders;
  }
}

export function isOver({ status }: Pick<OrderRecord, 'status'>): boolean {
  return status !== 'NEW' && status !== 'PARTIALLY_FILLED';
}

/** Among the orders that wait for a price. */
export function isWaiting(record: OrderRecord): boolean {
  return record.algoId !== null && record.triggeredTime === null && !isOver(record);
}

/** A triggered order that was refused before it could reach the book. */
function isRefusedAtTrigger({ cumQty, execType, expireReason }: ExecutionReport): boolean {
  const isRefusal = expireReason === 'REDUCE_ONLY' || expireReason === 'INSUFFICIENT_MARGIN';
  return execType === 'EXPIRED' && isRefusal && cumQty === 0;
}
