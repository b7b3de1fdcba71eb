import {
  averagePriceText,
  formatCash,
  priceText,
  quantityText,
  type OrderKey,
  type TickLots,
  type Ticks,
} from '@bowline/domain';
import type { HistoricalResult, ResultChannel, TradeRecord } from '@bowline/ports';
import { minuteOf } from './clock.js';

/** A trade as people would write it down. */
export interface TradeView {
  /** `client.exchange.symbol`. */
  readonly channel: string;
  readonly strategyId: string;
  readonly position: string;
  readonly side: string;
  readonly quantity: string;
  /** `price at minute`. */
  readonly entry: string;
  readonly exit: string;
  readonly reason: string;
  readonly realizedPnl: string;
  readonly fees: string;
  readonly funding: string;
  readonly netPnl: string;
  readonly worst: string;
  readonly best: string;
}

export interface OrderView {
  /** `position.leg`, with the generation: `a-1.s3`. */
  readonly order: string;
  readonly side: string;
  readonly type: string;
  readonly timeInForce: string;
  readonly quantity: string;
  /** Limit or stop price; null for a market order. */
  readonly price: string | null;
  readonly status: string;
  readonly filled: string;
}

export interface OpenPositionView {
  readonly position: string;
  readonly side: string;
  readonly quantity: string;
  readonly entry: string;
  readonly takeProfit: string | null;
  readonly stopLoss: string | null;
  readonly mark: string;
  readonly unrealizedPnl: string;
  readonly realizedPnl: string;
}

export interface ExchangePositionView {
  readonly key: string;
  readonly quantity: string;
  readonly averageEntry: string | null;
  /** Signed. */
  readonly sumOfShares: string;
}

export function tradeViews({ channels, trades }: HistoricalResult): TradeView[] {
  return trades.map((trade) => {
    const channel = channels[trade.channel];
    const { entryTime, entryValue, exitTime, exitValue } = trade;
    return {
      channel: channelName(channel),
      strategyId: trade.strategyId,
      position: trade.strategyPositionId,
      side: trade.side,
      quantity: quantityText(channel.instrument, trade.quantity),
      entry: `${average(channel, trade, entryValue)} at ${minuteOf(entryTime)}`,
      exit: `${average(channel, trade, exitValue)} at ${minuteOf(exitTime)}`,
      reason: trade.closeReason,
      realizedPnl: formatCash(trade.realizedPnl),
      fees: formatCash(trade.fees),
      funding: formatCash(trade.funding),
      netPnl: formatCash(trade.netPnl),
      worst: priceText(channel.instrument, trade.worstPrice),
      best: priceText(channel.instrument, trade.bestPrice),
    };
  });
}

export function fillTexts({ channels, fills }: HistoricalResult): string[] {
  return fills.map(({ channel, key, lastPx, lastQty, liquidity, side, time }) => {
    const { instrument } = channels[channel];
    const order = `${key.strategyPositionId}.${key.leg}`;
    const quantity = quantityText(instrument, lastQty);
    return `${minuteOf(time)}: ${order} ${side} ${quantity} @ ${priceText(instrument, lastPx)} ${liquidity}`;
  });
}

export function orderViews({ channels, orders }: HistoricalResult): OrderView[] {
  return orders.map((order) => {
    const { instrument } = channels[order.channel];
    const price = order.limitPrice ?? order.stopPrice;
    return {
      order: orderName(order.key),
      side: order.side,
      type: order.orderType,
      timeInForce: order.timeInForce,
      quantity: quantityText(instrument, order.orderQty),
      price: price === null ? null : priceText(instrument, price),
      status: order.orderStatus,
      filled: quantityText(instrument, order.cumQty),
    };
  });
}

export function denialTexts({ denials }: HistoricalResult): string[] {
  return denials.map(({ code, strategyId, time }) => `${strategyId} ${code} at ${minuteOf(time)}`);
}

export function openPositionViews({ channels, openPositions }: HistoricalResult): OpenPositionView[] {
  return openPositions.map((open) => {
    const { instrument } = channels[open.channel];
    const optional = (price: Ticks | null) => (price === null ? null : priceText(instrument, price));
    return {
      position: open.strategyPositionId,
      side: open.side,
      quantity: quantityText(instrument, open.openQty),
      entry: `${averagePriceText(instrument, open.cost, open.openQty) ?? '-'} at ${minuteOf(open.entryTime)}`,
      takeProfit: optional(open.takeProfitPrice),
      stopLoss: optional(open.stopLossPrice),
      mark: priceText(instrument, open.markPrice),
      unrealizedPnl: formatCash(open.unrealizedPnl),
      realizedPnl: formatCash(open.realizedPnl),
    };
  });
}

export function exchangePositionViews({
  channels,
  exchangePositions,
}: HistoricalResult): ExchangePositionView[] {
  return exchangePositions.map(({ channel, entryPrice, key, quantity, sumOfShares }) => {
    const { instrument } = channels[channel];
    return {
      key,
      quantity: quantityText(instrument, quantity),
      averageEntry: entryPrice,
      sumOfShares: quantityText(instrument, sumOfShares),
    };
  });
}

export function channelName({ clientId, exchange, symbol }: ResultChannel): string {
  return `${clientId}.${exchange}.${symbol}`;
}

function orderName({ generation, leg, strategyPositionId }: OrderKey): string {
  return `${strategyPositionId}.${leg}${generation}`;
}

function average({ instrument }: ResultChannel, { quantity }: TradeRecord, value: TickLots): string {
  return averagePriceText(instrument, value, quantity) ?? '-';
}
