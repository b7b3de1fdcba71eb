import type { Cash, PositionSide } from '@bowline/domain';
import type { HistoricalResult, ResultChannel } from '@bowline/ports';
import { exactly, ratio, times, type Ratio } from './ratio.js';
import type { Outcome } from './state.js';
import { textOf } from './text.js';

/** A result of the historical loop in the reference's words, one outcome a client. */
export function outcomesOf(result: HistoricalResult, clients: readonly string[]): Outcome[] {
  return clients.map((clientId) => {
    const own = <T extends { readonly channel: number }>(list: readonly T[]) =>
      list.filter(({ channel }) => result.channels[channel].clientId === clientId);
    return {
      trades: own(result.trades).map((trade) => {
        const { name, price, quantity, value } = unitsOf(result.channels[trade.channel]);
        return {
          channel: name,
          strategyId: trade.strategyId,
          position: trade.strategyPositionId,
          side: trade.side,
          quantity: quantity(trade.quantity),
          entryTime: trade.entryTime,
          entryValue: value(trade.entryValue),
          exitTime: trade.exitTime,
          exitValue: value(trade.exitValue),
          reason: trade.closeReason,
          realizedPnl: amount(trade.realizedPnl),
          fees: amount(trade.fees),
          funding: amount(trade.funding),
          netPnl: amount(trade.netPnl),
          worst: price(trade.worstPrice),
          best: price(trade.bestPrice),
        };
      }),
      denials: own(result.denials).map(({ channel, code, strategyId, time }) => ({
        channel: unitsOf(result.channels[channel]).name,
        strategyId,
        time,
        code,
      })),
      open: own(result.openPositions).map((open) => {
        const { name, price, quantity, value } = unitsOf(result.channels[open.channel]);
        return {
          channel: name,
          position: open.strategyPositionId,
          side: open.side satisfies PositionSide,
          quantity: quantity(open.openQty),
          cost: value(open.cost),
          takeProfit: open.takeProfitPrice === null ? null : price(open.takeProfitPrice),
          stop: open.stopLossPrice === null ? null : price(open.stopLossPrice),
          mark: price(open.markPrice),
          unrealizedPnl: amount(open.unrealizedPnl),
        };
      }),
      ignored: {},
      equity: Object.fromEntries(
        result.equity
          .filter((curve) => curve.clientId === clientId)
          .map(({ equity, strategyId, times: at }) => [
            strategyId === null ? clientId : `${clientId}.${strategyId}`,
            equity.map((value, i) => ({ time: at[i], equity: amount(value) })),
          ]),
      ),
    };
  });
}

function unitsOf({ clientId, exchange, instrument, symbol }: ResultChannel) {
  const tick = exactly(instrument.tickSize);
  const lot = exactly(instrument.lotSize);
  const text = (units: bigint | number, unit: Ratio) => textOf(times(ratio(units), unit));
  return {
    name: `${clientId}.${exchange}.${symbol}`,
    price: (ticks: number) => text(ticks, tick),
    quantity: (lots: number) => text(lots, lot),
    value: (value: bigint) => text(value, times(tick, lot)),
  };
}

function amount(cash: Cash): string {
  return textOf(ratio(cash, 10n ** 18n));
}
