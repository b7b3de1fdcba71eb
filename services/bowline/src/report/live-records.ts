import type { LiveRow } from '@bowline/contracts';
import {
  cash,
  type Leg,
  type OrderKey,
  type PositionSide,
  type Side,
  type Ticks,
  type TimeMs,
} from '@bowline/domain';
import type { DenialRecord, FillRecord, OrderRecord, TickBars, TradeRecord } from '@bowline/ports';
import type { LiveChannel, LiveContent } from './live-content.js';
import { rowAt } from './live-bars.js';
import { lotsOf, tickLotsOf, ticksOf, ticksOrNull } from './live-units.js';
import type { Life } from './lives.js';

/** Whether an instant is one that the report is about. */
export type IsWithin = (time: TimeMs) => boolean;

/** Rows as records of a report; client by client, else in the order in which they became known. */
export function liveRecords(content: LiveContent, lives: readonly Life[], isWithin: IsWithin) {
  const { channels } = content;
  const places = new Map(channels.map((channel, place) => [keyOf(channel), place]));
  const placeOf = (row: { clientId: string; exchange: string | null; symbol: string }): number =>
    places.get(keyOf(row)) ?? -1;
  // Channels are in the order of their clients.
  const clients = channels.map(({ clientId }) => channels.findIndex((each) => each.clientId === clientId));
  const byClient = <T extends { channel: number }>(records: T[], time: (record: T) => TimeMs): T[] =>
    records.sort(
      (a, b) => clients[a.channel] - clients[b.channel] || time(a) - time(b) || a.channel - b.channel,
    );
  const fillPrices = pricesOf(lives);
  return {
    trades: byClient(
      content.trades
        .filter(({ exitTime }) => isWithin(exitTime))
        .map((row) => {
          const channel = placeOf(row);
          return tradeRecord(channel, channels[channel], row, fillPrices.get(lifeKey(channel, row)) ?? []);
        }),
      ({ exitTime }) => exitTime,
    ),
    orders: byClient(
      content.orders
        .filter(({ createdTime }) => isWithin(createdTime))
        .map((row) => orderRecord(placeOf(row), channels[placeOf(row)], row)),
      ({ createdTime }) => createdTime,
    ),
    fills: byClient(
      content.fills
        .filter(({ time }) => isWithin(time))
        .map((row) => fillRecord(placeOf(row), channels[placeOf(row)], row)),
      ({ time }) => time,
    ),
    // What was denied everywhere at once belongs to no channel.
    denials: byClient(
      content.denials
        .filter((row) => isWithin(row.time) && placeOf(row) >= 0)
        .map((row): DenialRecord => {
          const { code, strategyId, text, time } = row;
          return { channel: placeOf(row), strategyId, time, code, text };
        }),
      ({ time }) => time,
    ),
  };
}

/** How many signals of the time led nowhere, by code. */
export function ignoredSignals({ signals }: LiveContent, isWithin: IsWithin): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { code, outcome, time } of signals) {
    if (outcome === 'ignored' && code !== null && isWithin(time)) counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}

/** Prices of the fills of each position. */
function pricesOf(lives: readonly Life[]): Map<string, Ticks[]> {
  return new Map(
    lives.map(({ channel, events, row }) => [
      lifeKey(channel, row),
      events.flatMap(({ price }) => (price === null ? [] : [price])),
    ]),
  );
}

function lifeKey(channel: number, row: { strategyPositionId: string; entryTime: TimeMs | null }): string {
  return `${channel} ${row.entryTime} ${row.strategyPositionId}`;
}

function tradeRecord(
  channel: number,
  { bars, instrument }: LiveChannel,
  row: LiveRow<'trades'>,
  fillPrices: readonly Ticks[],
): TradeRecord {
  const { entryTime, exitTime, side, strategyPositionId } = row;
  const { highest, lowest } = extremes(bars, entryTime, exitTime, fillPrices);
  const quantity = lotsOf(instrument, row.quantity);
  const entryValue = tickLotsOf(instrument, row.entryValue);
  const exitValue = tickLotsOf(instrument, row.exitValue);
  const averages = [entryValue, exitValue].map((value) => Math.round(Number(value) / quantity));
  const worst = Math.min(lowest, ...averages);
  const best = Math.max(highest, ...averages);
  return {
    channel,
    strategyId: row.strategyId,
    strategyPositionId,
    side: side as PositionSide,
    quantity,
    entryTime,
    entryValue,
    exitTime,
    exitValue,
    closeReason: row.closeReason as TradeRecord['closeReason'],
    realizedPnl: cash(row.realizedPnl),
    fees: cash(row.fees),
    funding: cash(row.funding),
    netPnl: cash(row.netPnl),
    worstPrice: side === 'LONG' ? worst : best,
    bestPrice: side === 'LONG' ? best : worst,
    signalPrice: ticksOrNull(instrument, row.signalPrice),
    orders: row.orders.split(' ').flatMap((name) => orderKey(strategyPositionId, name)),
  };
}

/** `e0` of a position; none for an empty text. */
function orderKey(strategyPositionId: string, name: string): OrderKey[] {
  return name === '' ? [] : [{ strategyPositionId, leg: name[0] as Leg, generation: Number(name.slice(1)) }];
}

/**
 * The lowest and the highest price while a position was open: of the bars that lie wholly within, since the others
 * show what was before or after it too, and of its own fills.
 */
function extremes(bars: TickBars, entryTime: TimeMs, exitTime: TimeMs, fills: readonly number[]) {
  let lowest = Math.min(...fills);
  let highest = Math.max(...fills);
  const { high, intervalMs, length, low, openTime } = bars;
  for (let row = length === 0 ? 0 : rowAt(bars, entryTime); row < length; row += 1) {
    if (openTime[row] < entryTime) continue;
    if (openTime[row] + intervalMs > exitTime) break;
    lowest = Math.min(lowest, low[row]);
    highest = Math.max(highest, high[row]);
  }
  return { lowest, highest };
}

const SHOWN: readonly string[] = ['partially_filled', 'filled', 'canceled', 'expired', 'rejected'];

function orderRecord(channel: number, { instrument }: LiveChannel, row: LiveRow<'orders'>): OrderRecord {
  const { generation, leg, orderStatus, strategyPositionId } = row;
  return {
    channel,
    strategyId: row.strategyId,
    key: { strategyPositionId, leg: leg as Leg, generation },
    side: row.side as Side,
    orderType: row.orderType as OrderRecord['orderType'],
    timeInForce: row.timeInForce as OrderRecord['timeInForce'],
    orderQty: lotsOf(instrument, row.orderQty),
    limitPrice: ticksOrNull(instrument, row.limitPrice),
    stopPrice: ticksOrNull(instrument, row.stopPrice),
    orderStatus: SHOWN.includes(orderStatus) ? (orderStatus as OrderRecord['orderStatus']) : 'new',
    cumQty: lotsOf(instrument, row.cumQty),
    cumValue: tickLotsOf(instrument, row.cumValue),
    createdTime: row.createdTime,
    updatedTime: row.updatedTime,
  };
}

function fillRecord(channel: number, { instrument }: LiveChannel, row: LiveRow<'fills'>): FillRecord {
  const { generation, leg, strategyPositionId } = row;
  return {
    channel,
    strategyId: row.strategyId,
    key: { strategyPositionId, leg: leg as Leg, generation },
    tradeId: row.tradeId,
    side: row.side as Side,
    lastQty: lotsOf(instrument, row.lastQty),
    lastPx: ticksOf(instrument, row.lastPx),
    fee: cash(row.fee),
    liquidity: null,
    time: row.time,
  };
}

function keyOf({
  clientId,
  exchange,
  symbol,
}: {
  clientId: string;
  exchange: string | null;
  symbol: string;
}): string {
  return JSON.stringify([clientId, exchange, symbol]);
}
