import { divCeil, tickLots, type Cash, type Lots } from '@bowline/domain';
import type { Account, Wallet } from './account.js';
import type { Order } from './order.js';
import type { Position } from './position.js';

/**
 * Whether the account cannot carry this order: its initial margin with the order would be above its equity, and above
 * what it is without the order (what only reduces exposure is never held up). Margin is the larger of what the
 * position could become through its working buys and through its working sells, valued at the reference price, over
 * the symbol's leverage; orders that wait for a trigger count once they are triggered. A simplification of what
 * exchanges do: no tiers, no maintenance margin.
 */
export function lacksMargin(order: Order, additional: Lots = order.leavesQty): boolean {
  const { account } = order;
  const { wallet } = order.position;
  const after = initialMargin(account, wallet, order, additional);
  return after > equity(account, wallet) && after > initialMargin(account, wallet, order, 0);
}

/** Cash plus what closing every position at its reference price would realize. */
function equity(account: Account, wallet: Wallet): Cash {
  let sum = wallet.balance;
  for (const position of account.positions()) {
    const price = position.market.referencePrice();
    if (position.wallet === wallet && price !== null) sum += position.unrealizedAt(price);
  }
  return sum;
}

function initialMargin(account: Account, wallet: Wallet, candidate: Order, additional: Lots): Cash {
  let sum = 0n;
  for (const position of account.positions()) {
    // Spot is paid for when it is ordered.
    if (position.wallet !== wallet || position.market.isSpot) continue;
    const price = position.market.referencePrice() ?? candidate.price ?? candidate.stopPrice;
    if (price === null) continue;
    const exposure = worstExposure(position, candidate, additional);
    const { instrument } = position.market;
    const value = tickLots(price, exposure) * instrument.tickLotCash;
    sum += divCeil(value, BigInt(account.leverageOf(instrument.symbol)));
  }
  return sum;
}

function worstExposure(position: Position, candidate: Order, additional: Lots): Lots {
  let buys = candidate.position === position && candidate.isBuy ? additional : 0;
  let sells = candidate.position === position && !candidate.isBuy ? additional : 0;
  for (const order of position.account.open.values()) {
    if (order.position !== position || !order.working) continue;
    if (order.isBuy) buys += order.leavesQty;
    else sells += order.leavesQty;
  }
  return Math.max(Math.abs(position.quantity + buys), Math.abs(position.quantity - sells));
}
