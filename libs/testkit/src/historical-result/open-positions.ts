import { averagePriceText, cashValue, signOf, tickLots } from '@bowline/domain';
import type { ExchangePositionRecord, OpenPositionRecord, ResultChannel } from '@bowline/ports';
import type { Traded } from './trades.js';

/** What is open at the end, marked at the last close. */
export function openPositionRecords(
  traded: readonly Traded[],
  channels: readonly ResultChannel[],
): OpenPositionRecord[] {
  return traded
    .filter((each) => each.trade === null)
    .map((each) => {
      const { bars, instrument } = channels[each.channel];
      const markPrice = bars.close[bars.length - 1];
      const value = tickLots(markPrice, each.quantity) - each.entryValue;
      return {
        channel: each.channel,
        strategyId: each.strategyId,
        strategyPositionId: each.strategyPositionId,
        side: each.side,
        openQty: each.quantity,
        cost: each.entryValue,
        entryTime: bars.openTime[each.entryBar],
        takeProfitPrice: each.takeProfit,
        stopLossPrice: each.stopLoss,
        markPrice,
        unrealizedPnl: cashValue(instrument, value * BigInt(signOf(each.side))),
        realizedPnl: 0n,
        fees: each.entryFee,
        funding: 0n,
      };
    });
}

/** The net of each channel on a one-way account, entered at the average of the shares on its side. */
export function exchangePositionRecords(
  traded: readonly Traded[],
  channels: readonly ResultChannel[],
): ExchangePositionRecord[] {
  return channels.flatMap((channel, at) => {
    const open = traded.filter((each) => each.trade === null && each.channel === at);
    const sumOfShares = open.reduce((sum, each) => sum + signOf(each.side) * each.quantity, 0);
    if (sumOfShares === 0) return [];
    const side = sumOfShares > 0 ? ('LONG' as const) : ('SHORT' as const);
    const sameSide = open.filter((each) => each.side === side);
    const cost = sameSide.reduce((sum, each) => sum + each.entryValue, 0n);
    const shares = sameSide.reduce((sum, each) => sum + each.quantity, 0);
    const quantity = Math.abs(sumOfShares);
    return [
      {
        channel: at,
        key: `${channel.symbol}_${side}`,
        side,
        quantity,
        entryPrice: averagePriceText(channel.instrument, cost, shares) ?? '0',
        sumOfShares,
      },
    ];
  });
}
