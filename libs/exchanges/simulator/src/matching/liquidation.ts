import { tickLots, type Cash, type Lots, type Ticks } from '@bowline/domain';
import type { Account, Wallet } from './account.js';
import type { AccountCharge } from './charges.js';
import type { DeleverageEvent } from './commands.js';
import type { Execution } from './execution.js';
import { cumulated, equityOf, maintenanceMargin, notionalOf } from './maintenance.js';
import type { CumulatedBracket, LiquidationRules } from './maintenance.js';
import type { Market } from './market.js';
import { Order, type OrderTerms } from './order.js';
import type { Position } from './position.js';
import type { Reporter } from './reporter.js';
import type { ForcedClose } from './vocabulary.js';

interface Surroundings {
  readonly execution: Execution;
  readonly reporter: Reporter;
  /** Takes over what the market does not. */
  readonly house: Account;
  readonly nextOrderId: () => number;
  readonly onCharge: (charge: AccountCharge) => void;
}

/**
 * Positions that the exchange closes by itself: those of accounts that cannot carry them any more, and those that are
 * chosen to take the other side of somebody's bankruptcy. Margin is shared over all positions of a currency (cross).
 */
export class Liquidation {
  private readonly brackets: readonly CumulatedBracket[];
  private readonly bracketsOf = new Map<string, readonly CumulatedBracket[]>();

  /** @param rules null: no account is liquidated. Throws a RangeError on brackets that cannot be. */
  constructor(
    private readonly rules: LiquidationRules | null,
    private readonly around: Surroundings,
  ) {
    this.brackets = rules === null ? [] : cumulated(rules.brackets);
    for (const [symbol, brackets] of Object.entries(rules?.bracketsOf ?? {}))
      this.bracketsOf.set(symbol, cumulated(brackets));
  }

  /** The margin that the position needs at its reference price; 0 where nobody is liquidated. */
  maintenanceOf(position: Position): Cash {
    if (this.rules === null || position.quantity === 0) return 0n;
    const brackets = this.bracketsOf.get(position.market.instrument.symbol) ?? this.brackets;
    return maintenanceMargin(brackets, notionalOf(position));
  }

  /** Closes what the accounts cannot carry at the prices of the moment, the largest position first. */
  settle(accounts: Iterable<Account>): void {
    if (this.rules === null) return;
    for (const account of accounts) {
      if (account === this.around.house) continue;
      for (const wallet of account.wallets.values()) this.settleWallet(account, wallet);
    }
  }

  /**
   * Closes a position, or as much of it as is said, at the reference price and outside the book. Throws a RangeError
   * where there is nothing to close.
   */
  deleverage(
    account: Account,
    market: Market,
    { positionSide = 'BOTH', quantity, symbol }: DeleverageEvent,
  ): void {
    const position = account.position(market, positionSide);
    const held = Math.abs(position.quantity);
    const price = market.referencePrice();
    if (held === 0 || price === null)
      throw new RangeError(`${account.id} has no position ${positionSide} in ${symbol} to deleverage`);
    const closed = quantity ?? held;
    if (!Number.isSafeInteger(closed) || closed <= 0 || closed > held)
      throw new RangeError(`of ${symbol} ${account.id} has ${held} lots to deleverage, not ${closed}`);
    const order = this.order(position, 'ADL', closed, price);
    this.around.reporter.tell(order, 'NEW');
    this.takeOver(order);
  }

  private settleWallet(account: Account, wallet: Wallet): void {
    while (this.isShort(account, wallet)) {
      for (const order of [...account.open.values()])
        // What is in a list with one that has ended has ended too.
        if (order.position.wallet === wallet && !order.terminal)
          this.around.execution.expire(order, 'LIQUIDATION');
      const largest = this.largestOf(account, wallet);
      if (largest === null) return;
      this.close(largest);
    }
  }

  private isShort(account: Account, wallet: Wallet): boolean {
    let maintenance = 0n;
    for (const position of account.positions())
      if (position.wallet === wallet) maintenance += this.maintenanceOf(position);
    return maintenance > 0n && equityOf(account, wallet) < maintenance;
  }

  private largestOf(account: Account, wallet: Wallet): Position | null {
    let largest: Position | null = null;
    let most = 0n;
    for (const position of account.positions()) {
      const margin = position.wallet === wallet ? this.maintenanceOf(position) : 0n;
      if (margin > most) [largest, most] = [position, margin];
    }
    return largest;
  }

  /** In the book down to the price at which the account's equity is gone; what remains goes to the insurance fund at it. */
  private close(position: Position): void {
    const { market, wallet } = position;
    const order = this.order(position, 'LIQUIDATION', Math.abs(position.quantity), bankruptcyPrice(position));
    this.around.reporter.tell(order, 'NEW');
    market.book.match(order, this.around.execution);
    if (order.leavesQty > 0) this.takeOver(order);
    this.clear(position, wallet);
  }

  private takeOver(order: Order): void {
    const { house, execution, nextOrderId, reporter } = this.around;
    const { leavesQty, market, price } = order;
    const terms = termsOf(`house-${reporter.time}`, !order.isBuy, leavesQty, Number(price));
    const counter = new Order(
      nextOrderId(),
      house,
      market,
      house.position(market, 'BOTH'),
      terms,
      reporter.time,
    );
    execution.takeOver(order, counter);
  }

  /** What an account owes when it has nothing left to be closed, the insurance fund pays. */
  private clear(position: Position, wallet: Wallet): void {
    const { account, market, side: positionSide } = position;
    if (wallet.balance >= 0n) return;
    for (const each of account.positions()) if (each.wallet === wallet && each.quantity !== 0) return;
    const amount = -wallet.balance;
    wallet.balance = 0n;
    const { symbol } = market.instrument;
    const said = { account: account.id, symbol, positionSide, asset: wallet.asset, amount };
    this.around.onCharge({ kind: 'INSURANCE_CLEAR', time: this.around.reporter.time, ...said });
  }

  private order(position: Position, forced: ForcedClose, quantity: Lots, price: Ticks): Order {
    const { account, market } = position;
    const { nextOrderId, reporter } = this.around;
    const orderId = nextOrderId();
    // As Binance names them.
    const id = forced === 'ADL' ? 'adl_autoclose' : `autoclose-${orderId}`;
    const plain = termsOf(id, position.quantity < 0, quantity, price);
    const terms = { ...plain, reduceOnly: !account.hedgeMode, closing: true, forced };
    return new Order(orderId, account, market, position, terms, reporter.time);
  }
}

function termsOf(clientOrderId: string, isBuy: boolean, orderQty: Lots, price: Ticks): OrderTerms {
  return {
    ...{ clientOrderId, isBuy, orderQty, price, stopPrice: null, workingType: null },
    orderType: 'LIMIT',
    timeInForce: 'IOC',
    ...{ reduceOnly: false, closing: false, closePosition: false },
    selfTradePrevention: 'NONE',
  };
}

/** The price at which the account would have nothing left, everything else being as it is: at least one tick. */
function bankruptcyPrice(position: Position): Ticks {
  const { account, market, quantity, wallet } = position;
  const reference = market.referencePrice();
  if (reference === null)
    throw new Error(`a position in ${market.instrument.symbol} is liquidated without a price`);
  const equity = equityOf(account, wallet);
  const value = tickLots(reference, Math.abs(quantity)) * market.instrument.tickLotCash;
  const tick = BigInt(Math.abs(quantity)) * market.instrument.tickLotCash;
  // Rounded towards the account's ruin: what is left of a tick is the fund's.
  const ticks = quantity > 0 ? (value - equity + tick - 1n) / tick : (value + equity) / tick;
  return Math.max(1, Number(ticks));
}
