import { averagePriceText, type Cash, type Instrument } from '@bowline/domain';
import type { ExchangeFact, ExchangeReport } from '@bowline/ports';
import type { MatchingEngine, PositionReport } from '../matching/index.js';
import type { ExchangeCore } from './exchange-core.js';
import { orderStatusOf, tradeReport } from './to-report.js';

/** A fact that is not the engine's own report: it gets an id when it is told. */
export type Answer = ExchangeReport | ExchangeFact;

/** The order's trades, and how it stands. */
export function orderAnswer(
  { engine }: ExchangeCore,
  account: string,
  { clientOrderId, symbol }: { readonly clientOrderId: string; readonly symbol: string },
): readonly Answer[] {
  const order = engine.order(account, clientOrderId);
  if (order === null || order.symbol !== symbol) return [{ type: 'order_absent', symbol, clientOrderId }];
  const { cumQty, orderId, orderQty, orderStatus } = order;
  const trades = cumQty === 0 ? [] : engine.tradesSince(account, 0, symbol);
  return [
    ...trades.filter((trade) => trade.orderId === orderId).map(tradeReport),
    {
      type: 'order_status',
      symbol,
      clientOrderId,
      orderStatus: orderStatusOf(orderStatus),
      orderQty,
      cumQty,
    },
  ];
}

/** The account's trades in the symbol after the one that is named, its cash, and what it holds. */
export function positionAnswer(
  core: ExchangeCore,
  account: string,
  instrument: Instrument,
  afterTradeId: number,
): readonly Answer[] {
  const { engine } = core;
  return [
    ...engine.tradesSince(account, afterTradeId, instrument.symbol).map(tradeReport),
    balanceFact(engine, account, instrument),
    positionFact(core, account, instrument),
  ];
}

/** What the account holds, and the last trade that has made it so. */
export function positionFact(core: ExchangeCore, account: string, instrument: Instrument): ExchangeFact {
  const { symbol } = instrument;
  const held = core.engine.positions(account).filter((position) => position.symbol === symbol);
  const only = held.length === 1 ? held[0] : null;
  return {
    type: 'position',
    symbol,
    signedQty: core.engine.signedQty(account, symbol),
    entryPrice: only && entryPriceOf(only, instrument),
    lastTradeId: core.lastTradeId(account, symbol),
  };
}

/** Nobody keeps what spot was bought at. */
function entryPriceOf({ cost, quantity }: PositionReport, instrument: Instrument): string | null {
  return instrument.kind === 'spot' ? null : averagePriceText(instrument, cost, Math.abs(quantity));
}

/** Cash in the instrument's settlement currency. */
export function balanceFact(engine: MatchingEngine, account: string, { settle }: Instrument): ExchangeFact {
  const balance: Cash = engine.balances(account).get(settle) ?? 0n;
  return { type: 'balance', asset: settle, balance };
}
