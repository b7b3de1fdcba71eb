import type { Lots, Side, Ticks } from '@bowline/domain';
import { partialLots } from '../bar/partial-lots.js';
import type { MarketTick } from '../market/index.js';
import type { BookLevel, MarketEvent, NewOrderRequest, OrderSnapshot } from '../matching/index.js';

/** Prices between which a tick meets no order. */
interface QuietRange {
  readonly above: Ticks;
  readonly below: Ticks;
}

/**
 * The outside market of one symbol, as far as the accounts have to do with it. A tick that meets none of their orders
 * changes nothing but what the book shows: it is kept, and replaced by the next one. The engine gets the last of them
 * before an order arrives, and each that meets an order.
 * (An outside that leaves a price and comes back between two such ticks has kept its place in the queue there.)
 */
export class OutsideMarket {
  private latest: MarketTick | null = null;
  /** The engine has not seen the latest tick. */
  private unseen = false;
  /** Null: orders have changed since it was worked out. */
  private quiet: QuietRange | null = null;
  private readonly shareOf: ((wanted: Lots) => Lots) | null;

  constructor(
    fillRatio: number,
    /** Every open order of every account in the symbol. */
    private readonly openOrders: () => readonly OrderSnapshot[],
    private readonly handle: (event: MarketEvent) => void,
  ) {
    const part = partialLots(fillRatio);
    this.shareOf = fillRatio === 1 ? null : (wanted) => Math.max(1, part(wanted));
  }

  /** What it last traded at; null where it has not. */
  get price(): Ticks | null {
    return this.latest?.price ?? null;
  }

  onTick(tick: MarketTick): void {
    this.latest = tick;
    this.unseen = true;
    this.quiet ??= quietRange(this.openOrders());
    const { above, below } = this.quiet;
    const lowest = Math.min(tick.price, tick.asks[0]?.[0] ?? tick.price);
    const highest = Math.max(tick.price, tick.bids[0]?.[0] ?? tick.price);
    if (lowest <= above || highest >= below) this.show(null);
  }

  /** Shows the market as it stands, before a request is carried out. */
  beforeRequest(order: NewOrderRequest | null): void {
    this.show(order);
  }

  onOrdersChanged(): void {
    this.quiet = null;
  }

  private show(arriving: NewOrderRequest | null): void {
    const { latest, shareOf, unseen } = this;
    if (latest === null) return;
    if (!unseen && (shareOf === null || arriving === null || !takes(arriving, latest))) return;
    this.unseen = false;
    const { asks, bids, price, quantity, symbol } = latest;
    if (shareOf === null) {
      this.handle({ kind: 'quote', symbol, bids, asks });
      return this.handle({ kind: 'trade', symbol, price, quantity });
    }
    const wanted = this.wantedFrom(latest, arriving);
    this.handle({
      kind: 'quote',
      symbol,
      bids: wanted.SELL === 0 ? bids : upTo(bids, shareOf(wanted.SELL)),
      asks: wanted.BUY === 0 ? asks : upTo(asks, shareOf(wanted.BUY)),
    });
    if (!unseen) return;
    const resting = sumOf(this.openOrders(), (order) => restsAt(order, price));
    const traded = resting === 0 ? quantity : Math.min(quantity, shareOf(resting));
    this.handle({ kind: 'trade', symbol, price, quantity: traded });
  }

  /** What the accounts would take from the quotes: orders that these cross, stops that the trade triggers, and the one that arrives. */
  private wantedFrom(tick: MarketTick, arriving: NewOrderRequest | null): Record<Side, Lots> {
    const orders = this.openOrders();
    const wanted = { BUY: 0, SELL: 0 };
    for (const side of ['BUY', 'SELL'] as const) {
      wanted[side] = sumOf(orders, (order) => order.side === side && meets(order, tick));
    }
    if (arriving !== null && takes(arriving, tick)) wanted[arriving.side] += arriving.orderQty;
    return wanted;
  }
}

function quietRange(orders: readonly OrderSnapshot[]): QuietRange {
  let above = Number.NEGATIVE_INFINITY;
  let below = Number.POSITIVE_INFINITY;
  for (const { conditional, price, side, stopPrice } of orders) {
    const at = conditional ? stopPrice : price;
    if (at === null) continue;
    // Buy limits and sell stops wait for the price to fall, the other two for it to rise.
    if ((side === 'BUY') !== conditional) above = Math.max(above, at);
    else below = Math.min(below, at);
  }
  return { above, below };
}

/** Whether an order takes from the quotes on arrival. */
function takes({ orderType, price, side }: NewOrderRequest, tick: MarketTick): boolean {
  return orderType === 'MARKET' || (orderType === 'LIMIT' && crosses(side, price ?? null, tick));
}

/** Whether an open order takes from the quotes of a tick, or is triggered by its trade. */
function meets({ conditional, price, side, stopPrice }: OrderSnapshot, tick: MarketTick): boolean {
  if (!conditional) return crosses(side, price, tick);
  if (stopPrice === null) return false;
  return side === 'BUY' ? stopPrice <= tick.price : stopPrice >= tick.price;
}

function crosses(side: Side, price: Ticks | null, { asks, bids }: MarketTick): boolean {
  if (price === null) return false;
  return side === 'BUY' ? asks.length > 0 && price >= asks[0][0] : bids.length > 0 && price <= bids[0][0];
}

/** Whether a trade at `traded` fills it. */
function restsAt({ conditional, price, side }: OrderSnapshot, traded: Ticks): boolean {
  if (conditional || price === null) return false;
  return side === 'BUY' ? price >= traded : price <= traded;
}

function sumOf(orders: readonly OrderSnapshot[], which: (order: OrderSnapshot) => boolean): Lots {
  return orders.reduce((sum, order) => (which(order) ? sum + order.leavesQty : sum), 0);
}

/** The best levels, as far as `quantity` reaches. */
function upTo(levels: readonly BookLevel[], quantity: Lots): readonly BookLevel[] {
  const shown: BookLevel[] = [];
  let left = quantity;
  for (const [price, size] of levels) {
    if (left === 0) break;
    const part = Math.min(left, size);
    shown.push([price, part]);
    left -= part;
  }
  return shown;
}
