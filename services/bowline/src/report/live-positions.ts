import {
  applyFill,
  cash,
  cashValue,
  signOf,
  unrealized,
  type Cash,
  type Lots,
  type Share,
  type TimeMs,
} from '@bowline/domain';
import { ExchangeBook } from '@bowline/engine';
import type { ExchangePositionRecord, OpenPositionRecord } from '@bowline/ports';
import type { LiveChannel, LiveContent } from './live-content.js';
import { lotsOf, tickLotsOf, ticksOrNull } from './live-units.js';
import type { CutChannel } from './live-equity.js';
import type { Life } from './lives.js';

/** Positions that are open at the end of the report, at the last close. */
export function openPositions(
  { channels }: LiveContent,
  lives: readonly Life[],
  cut: readonly CutChannel[],
  to: TimeMs | null,
): OpenPositionRecord[] {
  return lives.flatMap((life) => {
    const { channel, row, side } = life;
    const { instrument } = channels[channel];
    const { bars } = cut[channel];
    const state =
      to === null || row.updatedAt < to
        ? stateNow(channels[channel], life)
        : stateAt(channels[channel], life, to);
    if (state.openQty <= 0 || bars.length === 0) return [];
    const markPrice = bars.close[bars.length - 1];
    const share = { quantity: state.openQty * signOf(side), cost: state.cost };
    return [
      {
        channel,
        strategyId: row.strategyId,
        strategyPositionId: row.strategyPositionId,
        side,
        ...state,
        entryTime: row.entryTime!,
        takeProfitPrice: ticksOrNull(instrument, row.takeProfitPrice),
        stopLossPrice: ticksOrNull(instrument, row.stopLossPrice),
        markPrice,
        unrealizedPnl: cashValue(instrument, unrealized(share, markPrice)),
      },
    ];
  });
}

type OpenState = Pick<OpenPositionRecord, 'openQty' | 'cost' | 'realizedPnl' | 'fees' | 'funding'>;

function stateNow({ instrument }: LiveChannel, { row }: Life): OpenState {
  return {
    openQty: lotsOf(instrument, row.openQuantity),
    cost: tickLotsOf(instrument, row.openCost),
    realizedPnl: cash(row.realizedPnl ?? '0'),
    fees: cash(row.fees),
    funding: cash(row.funding),
  };
}

/** What the position was at an earlier time: its fills until then, booked as the ledger does. */
function stateAt({ instrument }: LiveChannel, { events, side }: Life, to: TimeMs): OpenState {
  const share: Share = { quantity: 0, cost: 0n };
  let realizedPnl: Cash = 0n;
  let fees: Cash = 0n;
  let funding: Cash = 0n;
  for (const event of events) {
    if (event.time >= to) break;
    if (event.price !== null) realizedPnl += cashValue(instrument, applyFill(share, event.lots, event.price));
    fees += event.fee;
    funding += event.funding;
  }
  return { openQty: share.quantity * signOf(side), cost: share.cost, realizedPnl, fees, funding };
}

/**
 * What the exchange holds at the end, beside the sum of the shares. Of now the exchange's quantity is the sum less what
 * it differed by when the two were last compared; of an earlier time it is what the fills until then add up to.
 */
export function exchangePositions(
  content: LiveContent,
  lives: readonly Life[],
  open: readonly OpenPositionRecord[],
  to: TimeMs | null,
): ExchangePositionRecord[] {
  return content.channels.flatMap((channel, place) => {
    const { instrument, row } = channel;
    const books = booksOf(
      row.hedgeMode,
      lives.filter((life) => life.channel === place),
      to,
    );
    const own = open.filter((position) => position.channel === place);
    return books.flatMap(({ book, side: only }) => {
      const shares = own.filter(({ side }) => only === null || side === only);
      const shareSum = shares.reduce((sum, { openQty, side }) => sum + openQty * signOf(side), 0);
      const isNow = only === null && (to === null || (row.updatedAt ?? 0) < to);
      const sumOfShares: Lots = isNow ? signedLots(channel, row.sumOfShares) : shareSum;
      const quantity: Lots = isNow ? sumOfShares - signedLots(channel, row.difference) : book.quantity;
      if (quantity === 0 && sumOfShares === 0) return [];
      const side = (quantity === 0 ? sumOfShares : quantity) > 0 ? ('LONG' as const) : ('SHORT' as const);
      return [
        {
          channel: place,
          key: `${channel.symbol}_${side}`,
          side,
          quantity: Math.abs(quantity),
          entryPrice: book.quantity === 0 ? '0' : book.averageText(instrument),
          sumOfShares,
        },
      ];
    });
  });
}

/** The exchange's own books from the fills: one, or in hedge mode one a side. */
function booksOf(hedgeMode: boolean, lives: readonly Life[], to: TimeMs | null) {
  const net = { book: new ExchangeBook(), side: null };
  const long = { book: new ExchangeBook(), side: 'LONG' as const };
  const short = { book: new ExchangeBook(), side: 'SHORT' as const };
  const fills = lives
    .flatMap(({ events, side }) =>
      events.flatMap(({ lots, price, time }) => (price === null ? [] : [{ lots, price, side, time }])),
    )
    .filter(({ time }) => to === null || time < to)
    .sort((a, b) => a.time - b.time);
  for (const { lots, price, side } of fills) {
    const { book } = !hedgeMode ? net : side === 'LONG' ? long : short;
    book.add(lots, price);
  }
  return hedgeMode ? [long, short] : [net];
}

function signedLots({ instrument }: LiveChannel, quantity: string): Lots {
  return quantity.startsWith('-') ? -lotsOf(instrument, quantity.slice(1)) : lotsOf(instrument, quantity);
}
