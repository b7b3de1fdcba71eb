import type { Lots, Ticks } from '@bowline/domain';

/** What this client has sent or heard of an order, so that the same is not told twice. */
export interface KnownOrder {
  readonly clientOrderId: string;
  readonly symbol: string;
  /** It was placed in a list of stops of their own. */
  readonly isConditional: boolean;
  /** As it is now; null: it was not placed here, and nobody has told. */
  orderQty: Lots | null;
  /** Its id in the book; null: it has none yet, or nobody has told. */
  orderId: string | null;
  /** Its id among the stops. */
  stopId: string | null;
  accepted: boolean;
  /** Over, filled whole included: its id may be used again. */
  ended: boolean;
  /** The last change that was asked for here. */
  amend: { readonly orderQty: Lots; readonly price: Ticks; told: boolean } | null;
  /** What it has traded, by the number of the trade. */
  readonly trades: Map<number, Lots>;
  /** None of its trades is missing from these up to now. */
  isWhole: boolean;
}

/** More than an account has within the time in which it may still hear of an order. */
const REMEMBERED = 20_000;

export class KnownOrders {
  private readonly byClientOrderId = new Map<string, KnownOrder>();
  /** By symbol and id in the book, whose order it is. */
  private readonly owners = new Map<string, string>();
  /** By what the exchange got in place of our id. */
  private readonly sent = new Map<string, string>();

  get(clientOrderId: string): KnownOrder | undefined {
    return this.byClientOrderId.get(clientOrderId);
  }

  /** The order, known from now on. An id that is used again is another order. */
  placed(symbol: string, clientOrderId: string, isConditional: boolean, orderQty: Lots): KnownOrder {
    const known = this.get(clientOrderId);
    if (known !== undefined && !known.ended) return known;
    return this.add(symbol, clientOrderId, isConditional, orderQty);
  }

  /** The order, known from now on. */
  heard(symbol: string, clientOrderId: string, isConditional: boolean): KnownOrder {
    return this.get(clientOrderId) ?? this.add(symbol, clientOrderId, isConditional, null);
  }

  /** An order of the book is this order, or what this stop has become. */
  link(order: KnownOrder, orderId: string): void {
    order.orderId = orderId;
    this.owners.set(`${order.symbol}/${orderId}`, order.clientOrderId);
    trim(this.owners);
  }

  /** Whose order of the book it is; undefined: nobody knows. */
  ownerOf(symbol: string, orderId: string): string | undefined {
    return this.owners.get(`${symbol}/${orderId}`);
  }

  /** The exchange calls our order so. */
  calls(sentId: string, clientOrderId: string): void {
    this.sent.set(sentId, clientOrderId);
    trim(this.sent);
  }

  /** Our id of what the exchange calls so; where it is not ours, that. */
  oursOf(sentId: string): string {
    return this.sent.get(sentId) ?? sentId;
  }

  /** Something was missed: nobody knows whether it was a trade. */
  forgetWholeness(): void {
    for (const order of this.byClientOrderId.values()) if (!order.ended) order.isWhole = false;
  }

  private add(
    symbol: string,
    clientOrderId: string,
    isConditional: boolean,
    orderQty: Lots | null,
  ): KnownOrder {
    const order: KnownOrder = {
      ...{ clientOrderId, symbol, isConditional, orderQty, orderId: null, stopId: null },
      ...{ accepted: false, ended: false, amend: null, trades: new Map(), isWhole: orderQty !== null },
    };
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
