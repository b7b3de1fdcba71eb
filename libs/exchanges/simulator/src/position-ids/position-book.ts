import type { Lots, TickLots, Ticks, TimeMs } from '@bowline/domain';

/** A position of an account, one of several in its symbol. */
export interface OpenPosition {
  readonly positionId: string;
  readonly symbol: string;
  /** Signed. */
  readonly quantity: Lots;
  /** Sum of price x quantity, above 0. */
  readonly cost: TickLots;
  readonly openedAt: TimeMs;
  /** The reference of the order that opened it; null: it had none. */
  readonly externalReference: string | null;
}

/** A trade as it meets an account's positions. */
export interface PositionTrade {
  readonly symbol: string;
  /** Signed. */
  readonly quantity: Lots;
  readonly price: Ticks;
  readonly externalReference: string | null;
  readonly at: TimeMs;
}

/** What a trade has done to one position. */
export interface PositionShare {
  readonly positionId: string;
  /** Signed. */
  readonly quantity: Lots;
}

/** What has become of the positions of a symbol that were merged. */
export interface Merge {
  readonly vanished: readonly string[];
  /** Where they are; null: they canceled each other out. */
  readonly into: string | null;
}

/** The positions of one account, each with an id of its own. Whose they are is not known here. */
export class PositionBook {
  /** Oldest first. */
  private held: OpenPosition[] = [];

  /** @param nextId gives ids that were never used at the exchange */
  constructor(private readonly nextId: () => string) {}

  in(symbol: string): readonly OpenPosition[] {
    return this.held.filter((position) => position.symbol === symbol);
  }

  /** What an order of this side may close, above 0. */
  closable(symbol: string, side: 'BUY' | 'SELL'): Lots {
    let quantity = 0;
    for (const position of this.in(symbol)) {
      if (side === 'BUY' ? position.quantity < 0 : position.quantity > 0)
        quantity += Math.abs(position.quantity);
    }
    return quantity;
  }

  /** A trade that opens: it adds to the position that its order has opened, while that is there under its id. */
  open(trade: PositionTrade, ofOrder: string | null): PositionShare {
    const { quantity } = trade;
    const known = this.held.find(({ positionId }) => positionId === ofOrder);
    const cost = BigInt(trade.price) * BigInt(Math.abs(quantity));
    if (known !== undefined && known.quantity > 0 === quantity > 0) {
      this.put({ ...known, quantity: known.quantity + quantity, cost: known.cost + cost });
      return { positionId: known.positionId, quantity };
    }
    const { at: openedAt, externalReference, symbol } = trade;
    const positionId = this.nextId();
    this.held.push({ positionId, symbol, quantity, cost, openedAt, externalReference });
    return { positionId, quantity };
  }

  /**
   * A trade that closes: first the position that is named, then the oldest. What is beyond all of them opens one.
   */
  close(trade: PositionTrade, first: string | null): readonly PositionShare[] {
    const shares: PositionShare[] = [];
    const sign = trade.quantity > 0 ? 1 : -1;
    let left = Math.abs(trade.quantity);
    const open = this.in(trade.symbol).filter(({ quantity }) => quantity > 0 !== trade.quantity > 0);
    const named = open.filter(({ positionId }) => positionId === first);
    for (const position of [...named, ...open.filter(({ positionId }) => positionId !== first)]) {
      const held = Math.abs(position.quantity);
      const quantity = Math.min(left, held);
      if (quantity === 0) break;
      left -= quantity;
      const cost = position.cost - (position.cost * BigInt(quantity)) / BigInt(held);
      this.put({ ...position, quantity: position.quantity + sign * quantity, cost });
      shares.push({ positionId: position.positionId, quantity: sign * quantity });
    }
    if (left > 0) shares.push(this.open({ ...trade, quantity: sign * left }, null));
    return shares;
  }

  /** The newest of the symbol takes up the others, at their average; null where there is nothing to merge. */
  merge(symbol: string): Merge | null {
    const merged = this.in(symbol);
    const newest = merged.at(-1);
    if (newest === undefined || merged.length === 1) return null;
    let quantity = 0;
    for (const position of merged) quantity += position.quantity;
    const left = merged.filter((position) => position.quantity > 0 === quantity > 0);
    let cost = 0n;
    let lots = 0;
    for (const position of left) {
      cost += position.cost;
      lots += Math.abs(position.quantity);
    }
    const others = merged.filter((position) => position !== newest).map(({ positionId }) => positionId);
    this.held = this.held.filter(({ positionId }) => !others.includes(positionId));
    // Opposite sides close each other: what is left was entered at the average of its own side.
    this.put({
      ...newest,
      quantity,
      cost: lots === 0 ? 0n : (cost * BigInt(Math.abs(quantity))) / BigInt(lots),
    });
    return quantity === 0
      ? { vanished: [...others, newest.positionId], into: null }
      : { vanished: others, into: newest.positionId };
  }

  private put(position: OpenPosition): void {
    this.held = this.held
      .map((each) => (each.positionId === position.positionId ? position : each))
      .filter(({ quantity }) => quantity !== 0);
  }
}
