import {
  allocateFunding,
  tickLots,
  type Cash,
  type Decimal,
  type Instrument,
  type Lots,
  type PositionSide,
  type Ticks,
} from '@bowline/domain';
import type { BarFills } from '@bowline/ports';
import { BarMarket } from './bar-market.js';
import type { BarOrder } from './bar-order.js';

export interface BarAccountOptions {
  readonly hedgeMode: boolean;
  /** What was paid in, in the settlement currency. */
  readonly balance: Cash;
  readonly markets: readonly { readonly instrument: Instrument; readonly fills: BarFills }[];
}

/** What the account holds in a symbol, on a side. */
export interface BarHolding {
  /** `BTCUSDT_LONG`. */
  readonly key: string;
  readonly symbol: string;
  readonly side: PositionSide;
  readonly quantity: Lots;
  /** Decimal text, 8 decimals half-even. */
  readonly entryPrice: string;
}

/** The books of one account: what it holds, and its cash. */
export class BarAccount {
  readonly markets: ReadonlyMap<string, BarMarket>;
  private readonly hedgeMode: boolean;
  /** Paid in and received less everything paid, what is held included. */
  private cash: Cash;

  constructor({ balance, hedgeMode, markets }: BarAccountOptions) {
    this.hedgeMode = hedgeMode;
    this.cash = balance;
    this.markets = new Map(
      markets.map(({ fills, instrument }) => [
        instrument.symbol,
        new BarMarket(instrument, fills, hedgeMode),
      ]),
    );
  }

  /** Books a trade, and returns its fee. */
  trade(market: BarMarket, order: BarOrder, lots: Lots, price: Ticks, liquidity: 'maker' | 'taker'): Cash {
    const value = tickLots(price, lots);
    const paid = value * market.instrument.tickLotCash;
    const fee = market.fills.fee(value, liquidity);
    this.cash -= (order.terms.side === 'BUY' ? paid : -paid) + fee;
    market.trade(order, lots, price);
    return fee;
  }

  /** Charges the net position, in hedge mode each side. */
  fund({ instrument, long, short }: BarMarket, price: Ticks, rate: Decimal): void {
    const shares = [long, short].map(({ quantity }) => ({ owner: '', signedLots: quantity }));
    this.cash += allocateFunding(shares, price, rate, instrument, this.hedgeMode).charge;
  }

  /** Cash, with what is held at its average entry: what an exchange shows. */
  balance(): Cash {
    let balance = this.cash;
    for (const { long, short } of this.markets.values()) balance += long.signedCost() + short.signedCost();
    return balance;
  }

  /** Everything that it is worth at these prices. */
  equity(priceOf: (symbol: string) => Ticks): Cash {
    let equity = this.cash;
    for (const [symbol, { long, short }] of this.markets) {
      equity += long.valueAt(priceOf(symbol)) + short.valueAt(priceOf(symbol));
    }
    return equity;
  }

  /** Nothing where it is flat. */
  holdings(): BarHolding[] {
    return [...this.markets].flatMap(([symbol, { long, short }]) =>
      [long, short].flatMap((position): BarHolding[] => {
        const entryPrice = position.averageText();
        if (entryPrice === null) return [];
        const side = position.quantity > 0 ? 'LONG' : 'SHORT';
        return [
          { key: `${symbol}_${side}`, symbol, side, quantity: Math.abs(position.quantity), entryPrice },
        ];
      }),
    );
  }
}
