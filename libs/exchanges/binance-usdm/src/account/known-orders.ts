import type { Lots, Ticks } from '@bowline/domain';

/** What this client has sent or heard of an order, so that the same is not told twice. */
export interface KnownOrder {
  readonly clientOrderId: string;
  readonly symbol: string;
  /** It was placed in the list of conditional orders. */
  readonly isAlgo: boolean;
  /** Its id in the book; null: it has none yet, or nobody has told. */
  orderId: string | null;
  /** Its id among the conditional orders. */
  algoId: string | null;
  accepted: boolean;
  /** Over, filled whole included: its id may be used again. */
  ended: boolean;
  /** The last change that was asked for here. */
  amend: { readonly orderQty: Lots; readonly price: Ticks; told: boolean } | null;
  /** Its first trade, where the stream has told it. */
  firstTradeId: number | null;
}

/** More than an account has within the time in which it may still hear of an order. */
const REMEMBERED = 20_000;

export class KnownOrders {
  private readonly byClientOrderId = new Map<string, KnownOrder>();
  /** By symbol and id in the book, whose order it is. */
  private readonly owners = new Map<string, string>();

  get(clientOrderId: string): KnownOrder | undefined {
    return this.byClientOrderId.get(clientOrderId);
  }

  /** The order, known from now on. An id that is used again is another order. */
  placed(symbol: string, clientOrderId: string, isAlgo: boolean): KnownOrder {
    const known = this.get(clientOrderId);
    return known === undefined || known.ended ? this.add(symbol, clientOrderId, isAlgo) : known;
  }

  /** The order, known from now on. */
  heard(symbol: string, clientOrderId: string, isAlgo: boolean): KnownOrder {
    return this.get(clientOrderId) ?? this.add(symbol, clientOrderId, isAlgo);
  }

  /** An order of the book is this order, or what this conditional order has become. */
  link(order: KnownOrder, orderId: string): void {
    order.orderId = orderId;
    this.owners.set(`${order.symbol}/${orderId}`, order.clientOrderId);
    trim(this.owners);
  }

  /** Whose order of the book it is; undefined: nobody knows. */
  ownerOf(symbol: string, orderId: string): string | undefined {
    return this.owners.get(`${symbol}/${orderId}`);
  }

  private add(symbol: string, clientOrderId: string, isAlgo: boolean): KnownOrder {
    const order: KnownOrder = {
      ...{ clientOrderId, symbol, isAlgo, orderId: null, algoId: null },
      ...{ accepted: false, ended: false, amend: null, firstTradeId: null },
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
