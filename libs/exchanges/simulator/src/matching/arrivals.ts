import type { Account } from './account.js';
import { admit } from './admission.js';
import type { NewListRequest, NewOrderRequest } from './commands.js';
import type { Execution } from './execution.js';
import type { Market } from './market.js';
import { OrderList } from './order-list.js';
import { Order } from './order.js';
import type { Reporter } from './reporter.js';
import { lacksFunds } from './spot.js';
import type { OrderLimits } from './validate.js';
import type { RejectCode } from './vocabulary.js';

interface Surroundings {
  readonly execution: Execution;
  readonly reporter: Reporter;
  readonly limits: OrderLimits;
  /** The last number that an order was given. */
  readonly orderIds: { last: number };
}

/** New orders and lists of them: refused whole, or begun. */
export class Arrivals {
  private lastListId = 0;

  constructor(private readonly around: Surroundings) {}

  place(request: NewOrderRequest, account: Account, market: Market): void {
    const { execution, reporter } = this.around;
    const order = this.order(request, account, market, 0, false);
    if (typeof order === 'string') return reporter.rejected(request, order, null);
    const refusal = execution.refuseArrival(order);
    if (refusal !== null) return reporter.rejected(request, refusal, null);
    this.around.orderIds.last += 1;
    reporter.tell(order, 'NEW');
    execution.begin(order);
    execution.settleTriggers(market);
  }

  /** Of a list that is refused, the order that is at fault is reported. */
  placeList(request: NewListRequest, account: Account, market: Market): void {
    const { execution, reporter } = this.around;
    const { contingencyType, orders: requests } = request;
    const isTriggering = contingencyType === 'OTO';
    const orders: Order[] = [];
    for (const [at, asked] of requests.entries()) {
      const isPending = isTriggering && at > 0;
      const order = this.order(asked, account, market, at, isPending);
      const refusal = typeof order === 'string' ? order : this.refuseMember(order, orders);
      if (refusal !== null) return reporter.rejected(asked, refusal, null);
      orders.push(order as Order);
    }
    const working = isTriggering ? orders[0]! : null;
    const group = isTriggering ? orders.slice(1) : orders;
    if (lacksFunds(working === null ? group : [working]))
      return reporter.rejected(requests[0]!, 'INSUFFICIENT_BALANCE', null);
    this.around.orderIds.last += orders.length;
    this.lastListId += 1;
    const list = new OrderList(this.lastListId, contingencyType, working, group);
    for (const order of orders) order.list = list;
    for (const order of orders) reporter.tell(order, 'NEW');
    for (const order of isTriggering ? group : []) execution.hold(order);
    for (const order of isTriggering ? [orders[0]!] : group) execution.begin(order);
    execution.settleTriggers(market);
  }

  private refuseMember(order: Order, others: readonly Order[]): RejectCode | null {
    if (others.some(({ clientOrderId }) => clientOrderId === order.clientOrderId))
      return 'DUPLICATE_CLIENT_ORDER_ID';
    return order.isPending ? null : this.around.execution.refuseByBook(order);
  }

  private order(
    request: NewOrderRequest,
    account: Account,
    market: Market,
    ahead: number,
    isPending: boolean,
  ): Order | RejectCode {
    const { limits, orderIds, reporter } = this.around;
    const admitted = admit(request, account, market, limits, isPending);
    if (typeof admitted === 'string') return admitted;
    const { position, terms } = admitted;
    // Only what is taken keeps its number.
    const order = new Order(orderIds.last + 1 + ahead, account, market, position, terms, reporter.time);
    order.isPending = isPending;
    return order;
  }
}
