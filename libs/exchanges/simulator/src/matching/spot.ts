import {
  cash,
  CASH_SCALE,
  divFloor,
  divHalfUp,
  tickLots,
  type Cash,
  type Decimal,
  type Lots,
  type TickLots,
} from '@bowline/domain';
import { feeOn } from '../bar/fees.js';
import type { Account, Wallet } from './account.js';
import type { Market } from './market.js';
import type { OrderList } from './order-list.js';
import type { Order } from './order.js';
import type { Liquidity } from './vocabulary.js';

/** What an account has of an asset. */
export interface AssetBalance {
  readonly asset: string;
  /** Not held for open orders. */
  readonly free: Cash;
  readonly locked: Cash;
}

/** What one side of a trade has cost and brought. */
export interface Settled {
  /** In the settlement currency. */
  readonly fee: Cash;
  /** In the base currency, out of what was bought. */
  readonly baseFee: Cash;
  /** Whole lots that the account got less of for it. */
  readonly feeBaseLots: Lots;
  readonly realizedPnl: Cash;
}

/** Fees in an asset have so many decimals, as Binance's commissions have. */
const FEE_UNIT = 10n ** BigInt(CASH_SCALE - 8);

/** What the account holds of the market's base currency, in whole lots: what an exchange of spot has for a position. */
export function heldLots(account: Account, market: Market): Lots {
  return lotsIn(market, account.wallets.get(market.instrument.base)?.balance ?? 0n);
}

/** Books one side of a trade: what was sold leaves its wallet, what was bought comes in, the fee is taken from that. */
export function settleSpot(order: Order, quantity: Lots, value: TickLots, liquidity: Liquidity): Settled {
  const { account, isBuy, market, position } = order;
  const base = account.wallet(market.instrument.base);
  const quote = position.wallet;
  const bps = liquidity === 'MAKER' ? account.feeMakerBps : account.feeTakerBps;
  const bought = BigInt(quantity) * market.lotCash;
  const paid = value * market.instrument.tickLotCash;
  // A rebate is cash: it is not part of what was bought.
  const inBase = isBuy && account.feeOn === 'received' && bps.units > 0n;
  const baseFee = inBase ? shareOf(bought, bps) : 0n;
  const fee = inBase ? 0n : feeOn(value, liquidity === 'MAKER' ? position.makerFee : position.takerFee);
  const before = lotsIn(market, base.balance);
  base.balance += isBuy ? bought - baseFee : -bought;
  quote.balance += (isBuy ? -paid : paid) - fee;
  position.fees += fee;
  // What the holding has grown by in whole lots is what its owner got: the parts of lots add up over the fills.
  const feeBaseLots = inBase ? before + quantity - lotsIn(market, base.balance) : 0;
  return { fee, baseFee, feeBaseLots, realizedPnl: 0n };
}

/** Whether the account lacks what these orders together would hold: of a list where one ends the other, only the larger counts. */
export function lacksFunds(orders: readonly Order[]): boolean {
  let needed = 0n;
  for (const order of orders) {
    const own = order.price === null && order.stopPrice === null ? marketCost(order) : needOf(order);
    if (own > needed) needed = own;
  }
  const [first] = orders;
  return first !== undefined && needed > freeOf(first, 0n);
}

/** The same for an order that is triggered: what it has held until now is its own. */
export function lacksFundsNow(order: Order): boolean {
  const needed = order.price === null ? marketCost(order) : lockOf(order);
  return needed > freeOf(order, lockOf(order));
}

/** The same for an order that is amended. */
export function lacksFundsAmended(order: Order, orderQty: Lots, price: number | null): boolean {
  return fundsOf(order, orderQty - order.cumQty, price) > freeOf(order, lockOf(order));
}

/** What the account has, each asset by itself, in the order in which it came to have them. */
export function assetBalances(account: Account): readonly AssetBalance[] {
  return [...account.wallets.values()].map((wallet) => {
    const locked = lockedIn(account, wallet);
    return { asset: wallet.asset, free: wallet.balance - locked, locked };
  });
}

/** The most lots that the book would trade at once for an amount of the quote currency, given as decimal text. */
export function lotsFor(market: Market, isBuy: boolean, quoteOrderQty: string): Lots {
  const side = isBuy ? market.book.asks : market.book.bids;
  let left = cash(quoteOrderQty);
  let lots = 0;
  for (let rank = 0; rank < side.depth; rank += 1) {
    const level = side.levelAt(rank)!;
    const lotPrice = BigInt(level.price) * market.instrument.tickLotCash;
    const affordable = left / lotPrice;
    if (affordable < BigInt(level.quantity)) return lots + Number(affordable);
    lots += level.quantity;
    left -= lotPrice * BigInt(level.quantity);
  }
  return lots;
}

function freeOf(order: Order, own: Cash): Cash {
  const wallet = spentBy(order);
  return wallet.balance - lockedIn(order.account, wallet) + own;
}

function lockedIn(account: Account, wallet: Wallet): Cash {
  let locked = 0n;
  // Of the orders of a list only one will trade: what the largest needs is held once.
  const lists = new Map<OrderList, Cash>();
  for (const order of account.open.values()) {
    if (!order.market.isSpot || spentBy(order) !== wallet) continue;
    const own = lockOf(order);
    if (order.list === null) {
      locked += own;
      continue;
    }
    const known = lists.get(order.list) ?? 0n;
    if (own <= known) continue;
    locked += own - known;
    lists.set(order.list, own);
  }
  return locked;
}

/** What an order holds while it is open: a buy the most that it may cost, a sell what it sells. */
function lockOf(order: Order): Cash {
  return order.isPending ? 0n : needOf(order);
}

function needOf(order: Order): Cash {
  return fundsOf(order, order.leavesQty, order.price ?? order.stopPrice);
}

function fundsOf(order: Order, quantity: Lots, price: number | null): Cash {
  if (!order.isBuy) return BigInt(quantity) * order.market.lotCash;
  return price === null ? 0n : costOf(order, tickLots(price, quantity));
}

/** What a buy of so much takes from the quote currency at most, the fee included where it is taken from there. */
function costOf({ account, market, position }: Order, value: TickLots): Cash {
  const cost = value * market.instrument.tickLotCash;
  if (account.feeOn === 'received' || value === 0n) return cost;
  const fee = feeOn(value, position.takerFee);
  const makerFee = feeOn(value, position.makerFee);
  const larger = fee > makerFee ? fee : makerFee;
  return larger > 0n ? cost + larger : cost;
}

/** What a market order would cost as the book stands. */
function marketCost(order: Order): Cash {
  const { isBuy, leavesQty, market } = order;
  if (!isBuy) return BigInt(leavesQty) * market.lotCash;
  let value = 0n;
  let left = leavesQty;
  for (let rank = 0; rank < market.book.asks.depth && left > 0; rank += 1) {
    const level = market.book.asks.levelAt(rank)!;
    const taken = Math.min(left, level.quantity);
    value += tickLots(level.price, taken);
    left -= taken;
  }
  return costOf(order, value);
}

function spentBy({ account, isBuy, market, position }: Order): Wallet {
  return isBuy ? position.wallet : account.wallet(market.instrument.base);
}

function lotsIn({ lotCash }: Market, balance: Cash): Lots {
  return Number(divFloor(balance, lotCash));
}

/** So many hundredths of a percent, half-up to 8 decimals. */
function shareOf(amount: Cash, bps: Decimal): Cash {
  return divHalfUp(amount * bps.units, 10_000n * 10n ** BigInt(bps.scale) * FEE_UNIT) * FEE_UNIT;
}
