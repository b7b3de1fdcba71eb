import type { Order } from './order.js';

/** Closed orders by clientOrderId, the last `limit` of them. Of two with the same id the later one counts. */
export class OrderHistory {
  private readonly byId = new Map<string, Order>();
  /** The same orders in a ring: `next` is where the oldest stands once it is full. */
  private readonly ring: Order[] = [];
  private next = 0;

  constructor(private readonly limit: number) {}

  get(clientOrderId: string): Order | undefined {
    return this.byId.get(clientOrderId);
  }

  add(order: Order): void {
    if (this.limit === 0) return;
    const oldest: Order | undefined = this.ring[this.next];
    if (oldest !== undefined && this.byId.get(oldest.clientOrderId) === oldest)
      this.byId.delete(oldest.clientOrderId);
    this.byId.set(order.clientOrderId, order);
    this.ring[this.next] = order;
    this.next = (this.next + 1) % this.limit;
  }
}
