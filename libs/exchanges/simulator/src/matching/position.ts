import {
  allocateFunding,
  divFloor,
  tickLots,
  type Cash,
  type Decimal,
  type Lots,
  type TickLots,
  type Ticks,
} from '@bowline/domain';
import { feeRate, type FeeRate } from '../bar/fees.js';
import type { Account, Wallet } from './account.js';
import type { Market } from './market.js';
import type { Order } from './order.js';
import type { OrderPositionSide } from './vocabulary.js';

/**
 * What an account holds in a symbol, in the exchange's own averaging: one net position in one-way mode, or one of
 * the two of hedge mode.
 */
export class Position {
  /** Above 0 long, below 0 short. LONG is never below 0, SHORT never above. */
  quantity: Lots = 0;
  /** Sum of entry price x quantity of what is open, never below 0. Closing q of Q takes floor(cost x q / Q), the last close the rest. */
  cost: TickLots = 0n;
  /** Before fees. */
  realizedPnl: Cash = 0n;
  fees: Cash = 0n;
  /** Live orders that may only close it: resting in the book, or waiting for their trigger. */
  readonly closers: Order[] = [];
  readonly makerFee: FeeRate;
  readonly takerFee: FeeRate;

  constructor(
    readonly account: Account,
    readonly market: Market,
    readonly side: OrderPositionSide,
    readonly wallet: Wallet,
  ) {
    this.makerFee = feeRate(market.instrument, account.feeMakerBps);
    this.takerFee = feeRate(market.instrument, account.feeTakerBps);
  }

  /** What an order of this direction could close. */
  closable(isBuy: boolean): Lots {
    return Math.max(0, isBuy ? -this.quantity : this.quantity);
  }

  /**
   * Books a trade of `value` = price x quantity and returns the P&L that it realizes. A trade through zero closes
   * first, then opens the other way.
   */
  trade(isBuy: boolean, quantity: Lots, price: Ticks, value: TickLots): Cash {
    const closed = Math.min(quantity, this.closable(isBuy));
    if (closed === 0) {
      this.open(isBuy, quantity, value);
      return 0n;
    }
    if (closed === quantity) return this.close(isBuy, quantity, value);
    const closedValue = tickLots(price, closed);
    const pnl = this.close(isBuy, closed, closedValue);
    this.open(isBuy, quantity - closed, value - closedValue);
    return pnl;
  }

  private open(isBuy: boolean, quantity: Lots, value: TickLots): void {
    this.cost += value;
    this.quantity += isBuy ? quantity : -quantity;
  }

  private close(isBuy: boolean, quantity: Lots, value: TickLots): Cash {
    const held = Math.abs(this.quantity);
    const share = quantity === held ? this.cost : divFloor(this.cost * BigInt(quantity), BigInt(held));
    this.cost -= share;
    this.quantity += isBuy ? quantity : -quantity;
    const pnl = (isBuy ? share - value : value - share) * this.market.instrument.tickLotCash;
    this.realizedPnl += pnl;
    return pnl;
  }

  /** Pays or receives funding, into or out of the wallet; returns what the wallet has changed by. */
  fund(price: Ticks, rate: Decimal): Cash {
    if (this.quantity === 0) return 0n;
    const share = { owner: this.account.id, signedLots: this.quantity };
    const { charge } = allocateFunding([share], price, rate, this.market.instrument);
    this.wallet.balance += charge;
    return charge;
  }

  /** What closing everything at `price` would realize. */
  unrealizedAt(price: Ticks): Cash {
    if (this.quantity === 0) return 0n;
    const value = tickLots(price, Math.abs(this.quantity));
    return (this.quantity > 0 ? value - this.cost : this.cost - value) * this.market.instrument.tickLotCash;
  }
}
