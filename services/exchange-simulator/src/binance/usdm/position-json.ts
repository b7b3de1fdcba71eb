import { CASH_SCALE, divHalfEven, formatUnits, roundCash, tickLots, type Cash } from '@bowline/domain';
import type { OrderPositionSide } from '@bowline/exchange-simulator';
import { cashText, priceText, quantityText } from '../common/decimal-text.js';
import type { Books, HeldPosition, Listed } from './books.js';

/** A position of an account, in figures. */
export interface PositionFigures {
  readonly listed: Listed;
  readonly positionSide: OrderPositionSide;
  /** Null: it is flat. */
  readonly held: HeldPosition | null;
  readonly unrealized: Cash;
  readonly notional: Cash;
  readonly initialMargin: Cash;
  readonly maintenanceMargin: Cash;
  readonly openOrderMargin: Cash;
  readonly bidNotional: Cash;
  readonly askNotional: Cash;
}

/** The sides that the account's positions have: one, or two in hedge mode. */
export function sidesOf(books: Books, account: string): readonly OrderPositionSide[] {
  return books.exchange.settingsOf(account).hedgeMode ? ['BOTH', 'LONG', 'SHORT'] : ['BOTH'];
}

export function positionFigures(
  books: Books,
  account: string,
  listed: Listed,
  positionSide: OrderPositionSide,
): PositionFigures {
  const { instrument } = listed;
  const { symbol, tickLotCash } = instrument;
  const held = books.position(account, symbol, positionSide);
  const mark = books.markPrice(symbol);
  const leverage = BigInt(books.exchange.settingsOf(account).leverageOf(symbol));
  const sum = { BUY: 0n, SELL: 0n };
  for (const order of books.exchange.openOrders(account, symbol)) {
    if (order.positionSide !== positionSide || order.conditional || order.price === null) continue;
    if (!order.reduceOnly) sum[order.side] += tickLots(order.price, order.leavesQty) * tickLotCash;
  }
  const value = held === null || mark === null ? 0n : tickLots(mark, Math.abs(held.quantity)) * tickLotCash;
  const cost = held === null ? 0n : held.cost * tickLotCash;
  const isLong = (held?.quantity ?? 0) > 0;
  return {
    ...{ listed, positionSide, held },
    unrealized: mark === null ? 0n : isLong ? value - cost : cost - value,
    notional: isLong ? value : -value,
    initialMargin: booked(value / leverage),
    maintenanceMargin: books.exchange.maintenanceMargin(account, symbol, positionSide),
    openOrderMargin: booked((sum.BUY > sum.SELL ? sum.BUY : sum.SELL) / leverage),
    bidNotional: sum.BUY,
    askNotional: sum.SELL,
  };
}

/** As margin is booked: to eight decimals. */
function booked(margin: Cash): Cash {
  return roundCash(margin, 8);
}

/** The price at which closing it all would bring nothing, fees and what was realized on the way included. */
export function breakEvenText(books: Books, account: string, figures: PositionFigures): string {
  const { held, listed, positionSide } = figures;
  if (held === null) return '0.0';
  const { instrument } = listed;
  const { sinceFlat } = books.accounts.position(account, instrument.symbol, positionSide);
  const cost = held.cost * instrument.tickLotCash;
  const lots = BigInt(Math.abs(held.quantity));
  const owed = held.quantity > 0 ? cost - sinceFlat : cost + sinceFlat;
  // Cash for a lot, over what a lot is in base units.
  const { scale, units } = instrument.lot;
  return formatUnits(
    divHalfEven(owed * 10n ** BigInt(8 + scale), lots * units * 10n ** BigInt(CASH_SCALE)),
    8,
  );
}

export function amountText({ held, listed }: PositionFigures): string {
  return quantityText(listed.instrument, held?.quantity ?? 0);
}

export function entryText({ held, listed }: PositionFigures): string {
  return held?.entryPrice ?? priceText(listed.instrument, null);
}

/** A position as `/fapi/v3/positionRisk` has it. */
export function riskOf(books: Books, account: string, figures: PositionFigures): Record<string, unknown> {
  const { instrument } = figures.listed;
  const { symbol } = instrument;
  const { updateTime } = books.accounts.position(account, symbol, figures.positionSide);
  return {
    symbol,
    positionSide: figures.positionSide,
    positionAmt: amountText(figures),
    entryPrice: entryText(figures),
    breakEvenPrice: breakEvenText(books, account, figures),
    markPrice: priceText(instrument, books.markPrice(symbol)),
    unRealizedProfit: cashText(figures.unrealized),
    liquidationPrice: liquidationText(books, account, figures),
    isolatedMargin: '0.00000000',
    notional: cashText(figures.notional),
    marginAsset: instrument.settle,
    isolatedWallet: '0',
    initialMargin: cashText(figures.initialMargin + figures.openOrderMargin),
    maintMargin: cashText(figures.maintenanceMargin),
    positionInitialMargin: cashText(figures.initialMargin),
    openOrderInitialMargin: cashText(figures.openOrderMargin),
    adl: figures.held === null ? 0 : 1,
    bidNotional: cashText(figures.bidNotional),
    askNotional: cashText(figures.askNotional),
    updateTime,
  };
}

/**
 * Where the account's equity would meet the maintenance margin, were this position's price alone to move; the margin
 * taken as it is now. Zero where it never would.
 */
function liquidationText(books: Books, account: string, figures: PositionFigures): string {
  const { held, listed } = figures;
  const { instrument } = listed;
  const mark = books.markPrice(instrument.symbol);
  if (held === null || mark === null || figures.maintenanceMargin === 0n) return '0';
  const { equity, maintenance } = marginOf(books, account, instrument.settle);
  const lots = BigInt(Math.abs(held.quantity)) * instrument.tickLotCash;
  const away = (equity - maintenance) / lots;
  const ticks = BigInt(mark) + (held.quantity > 0 ? -away : away);
  return ticks <= 0n ? '0' : priceText(instrument, Number(ticks));
}

/** What an account has of a currency, in figures. */
export interface MarginFigures {
  readonly wallet: Cash;
  readonly unrealized: Cash;
  readonly equity: Cash;
  readonly maintenance: Cash;
  readonly positionMargin: Cash;
  readonly orderMargin: Cash;
  readonly available: Cash;
}

export function marginOf(books: Books, account: string, asset: string): MarginFigures {
  const wallet = books.exchange.balances(account).get(asset) ?? 0n;
  const sum = { unrealized: 0n, maintenance: 0n, position: 0n, order: 0n };
  for (const listed of books.listedIn(asset))
    for (const side of sidesOf(books, account)) {
      const figures = positionFigures(books, account, listed, side);
      sum.unrealized += figures.unrealized;
      sum.maintenance += figures.maintenanceMargin;
      sum.position += figures.initialMargin;
      sum.order += figures.openOrderMargin;
    }
  const equity = wallet + sum.unrealized;
  const free = equity - sum.position - sum.order;
  return {
    ...{ wallet, unrealized: sum.unrealized, equity, maintenance: sum.maintenance },
    ...{ positionMargin: sum.position, orderMargin: sum.order },
    available: free > 0n ? free : 0n,
  };
}
