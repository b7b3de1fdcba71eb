/** What this client has sent or heard of an order, so that the same is not told twice. */
export interface KnownOrder {
  readonly clientOrderId: string;
  readonly symbol: string;
  /** The exchange's own; null: nobody has told. */
  orderId: string | null;
  accepted: boolean;
  /** Over, filled whole included: its id may be used again. */
  ended: boolean;
  /** Its first trade, where the stream has told it. */
  firstTradeId: number | null;
}

/** More than an account has within the time in which it may still hear of an order. */
const REMEMBERED = 20_000;

export class KnownOrders {
  private readonly byClientOrderId = new Map<string, KnownOrder>();
  /** By symbol and the exchange's id, whose order it is. */
  private readonly owners = new Map<string, string>();

  get(clientOrderId: string): KnownOrder | undefined {
    return this.byClientOrderId.get(clientOrderId);
  }

  /** The order, known from now on. An id that is used again is another order. */
  placed(symbol: string, clientOrderId: string): KnownOrder {
    const known = this.get(clientOrderId);
    return known === undefined || known.ended ? this.add(symbol, clientOrderId) : known;
  }

  /** The order, known from now on. */
  heard(symbol: string, clientOrderId: string): KnownOrder {
    return this.get(clientOrderId) ?? this.add(symbol, clientOrderId);
  }

  link(order: KnownOrder, orderId: string): void {
    order.orderId = orderId;
    this.owners.set(`${order.symbol}/${orderId}`, order.clientOrderId);
    trim(this.owners);
  }

  /** Whose order it is, of which nothing else is known. */
  remember(symbol: string, clientOrderId: string, orderId: string): void {
    const order = this.heard(symbol, clientOrderId);
    // An id may have been used before, by an order that is over.
    if (order.orderId === null) this.link(order, orderId);
    else this.owners.set(`${symbol}/${orderId}`, clientOrderId);
  }

  /** Whose order it is; undefined: nobody knows. */
  ownerOf(symbol: string, orderId: string): string | undefined {
    return this.owners.get(`${symbol}/${orderId}`);
  }

  private add(symbol: string, clientOrderId: string): KnownOrder {
    const state = { orderId: null, accepted: false, ended: false, firstTradeId: null };
    const order: KnownOrder = { clientOrderId, symbol, ...state };
    this.byClientOrderId.delete(clientOrderId);
    this.byClientOrderId.set(clientOrderId, order);
    trim(this.byClientOrderId);
    return order;
  }
}

/** The oldest goes; where it is still open the exchange is asked about it. */
function trim(map: Map<string, unknown>): void {
  if (map.size <= REMEMBERED) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
