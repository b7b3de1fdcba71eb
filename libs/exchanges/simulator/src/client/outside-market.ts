import type { Lots, Side, Ticks } from '@bowline/domain';
import { partialLots } from '../bar/partial-lots.js';
import type { MarketQuote, MarketTick } from '../market/index.js';
import type { BookLevel, Depth, MarketEvent, NewOrderRequest, OrderSnapshot } from '../matching/index.js';
import { mergedLevels, publicBook } from './public-book.js';

/** Prices between which a tick meets no order. */
interface QuietRange {
  readonly above: Ticks;
  readonly below: Ticks;
}

/** As many levels a side as the engine gets to see: what is deeper is on display, and no order of a desk gets there. */
const SHOWN_LEVELS = 50;

/** A trade of the outside. */
type OutsideTrade = Pick<MarketTick, 'price' | 'quantity'>;

/**
 * The outside market of one symbol, as far as the accounts have to do with it. A tick that meets none of their orders
 * changes nothing but what the book shows: it is kept, and replaced by the next one. The engine gets the last of them
 * before an order arrives, and each that meets an order.
 * (An outside that leaves a price and comes back between two such ticks has kept its place in the queue there.)
 */
export class OutsideMarket {
  private quotes: MarketQuote | null = null;
  private trade: OutsideTrade | null = null;
  /** The engine has not seen the latest of them. */
  private unseenQuotes = false;
  private unseenTrade = false;
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
    return this.trade?.price ?? null;
  }

  onTick(tick: MarketTick): void {
    const { price, quantity } = tick;
    this.quotes = tick;
    this.trade = { price, quantity };
    this.unseenQuotes = true;
    this.unseenTrade = true;
    this.showUnlessQuiet(
      Math.min(price, bestOf(tick.asks) ?? price),
      Math.max(price, bestOf(tick.bids) ?? price),
    );
  }

  onQuote(quote: MarketQuote): void {
    this.quotes = quote;
    this.unseenQuotes = true;
    const lowest = bestOf(quote.asks) ?? Number.POSITIVE_INFINITY;
    this.showUnlessQuiet(lowest, bestOf(quote.bids) ?? Number.NEGATIVE_INFINITY);
  }

  /** Shows the market as it stands, before a request is carried out. */
  beforeRequest(order: NewOrderRequest | null): void {
    this.show(order);
  }

  onOrdersChanged(): void {
    this.quiet = null;
  }

  /** What everybody sees: the outside's levels, with the orders of the accounts. `engine` is what the engine has of it. */
  book(engine: () => Depth): Depth {
    const { quotes } = this;
    if (quotes === null) return engine();
    if (this.unseenQuotes || this.shareOf !== null) return publicBook(quotes, this.openOrders());
    const { asks, bids } = engine();
    // Of the levels that it was shown, the accounts may have taken something since.
    return {
      bids: mergedLevels(bids, quotes.bids.slice(SHOWN_LEVELS), -1),
      asks: mergedLevels(asks, quotes.asks.slice(SHOWN_LEVELS), 1),
    };
  }

  private showUnlessQuiet(lowest: Ticks, highest: Ticks): void {
    this.quiet ??= quietRange(this.openOrders());
    const { above, below } = this.quiet;
    if (lowest <= above || highest >= below) this.show(null);
  }

  private show(arriving: NewOrderRequest | null): void {
    const { quotes, shareOf, trade, unseenQuotes, unseenTrade } = this;
    if (quotes === null) return;
    const isTaken = shareOf !== null && arriving !== null && takes(arriving, quotes);
    if (!unseenQuotes && !unseenTrade && !isTaken) return;
    this.unseenQuotes = false;
    this.unseenTrade = false;
    const { symbol } = quotes;
    const bids = shownOf(quotes.bids);
    const asks = shownOf(quotes.asks);
    if (shareOf === null) {
      if (unseenQuotes) this.handle({ kind: 'quote', symbol, bids, asks });
      if (unseenTrade && trade !== null) this.handle({ kind: 'trade', symbol, ...trade });
      return;
    }
    const wanted = this.wantedFrom(quotes, arriving);
    this.handle({
      kind: 'quote',
      symbol,
      bids: wanted.SELL === 0 ? bids : upTo(bids, shareOf(wanted.SELL)),
      asks: wanted.BUY === 0 ? asks : upTo(asks, shareOf(wanted.BUY)),
    });
    if (!unseenTrade || trade === null) return;
    const { price, quantity } = trade;
    const resting = sumOf(this.openOrders(), (order) => restsAt(order, price));
    const traded = resting === 0 ? quantity : Math.min(quantity, shareOf(resting));
    this.handle({ kind: 'trade', symbol, price, quantity: traded });
  }

  /** What the accounts would take from the quotes: orders that these cross, stops that the trade triggers, and the one that arrives. */
  private wantedFrom(quotes: MarketQuote, arriving: NewOrderRequest | null): Record<Side, Lots> {
    const orders = this.openOrders();
    const wanted = { BUY: 0, SELL: 0 };
    for (const side of ['BUY', 'SELL'] as const) {
      wanted[side] = sumOf(orders, (order) => order.side === side && meets(order, quotes, this.price));
    }
    if (arriving !== null && takes(arriving, quotes)) wanted[arriving.side] += arriving.orderQty;
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
function takes({ orderType, price, side }: NewOrderRequest, quotes: MarketQuote): boolean {
  return orderType === 'MARKET' || (orderType === 'LIMIT' && crosses(side, price ?? null, quotes));
}

/** Whether an open order takes from the quotes of the market, or is triggered by its last trade. */
function meets(
  { conditional, price, side, stopPrice }: OrderSnapshot,
  quotes: MarketQuote,
  traded: Ticks | null,
): boolean {
  if (!conditional) return crosses(side, price, quotes);
  if (stopPrice === null || traded === null) return false;
  return side === 'BUY' ? stopPrice <= traded : stopPrice >= traded;
}

function crosses(side: Side, price: Ticks | null, { asks, bids }: MarketQuote): boolean {
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

function bestOf(levels: readonly BookLevel[]): Ticks | null {
  return levels.length === 0 ? null : levels[0][0];
}

/** A copy where it is cut: what the engine is shown does not change any more. */
function shownOf(levels: readonly BookLevel[]): readonly BookLevel[] {
  return levels.length > SHOWN_LEVELS ? levels.slice(0, SHOWN_LEVELS) : levels;
}
