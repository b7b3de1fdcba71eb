import type { LiveRow } from '@bowline/contracts';
import {
  cash,
  cashValue,
  signOf,
  tickLots,
  type Cash,
  type Lots,
  type PositionSide,
  type Ticks,
  type TimeMs,
} from '@bowline/domain';
import type { LiveChannel, LiveContent } from './live-content.js';
import { lotsOf, ticksOf } from './live-units.js';

type PositionRow = LiveRow<'strategy_positions'>;

/** What a strategy position went through: its row, and all that moved lots or cash, in order of time. */
export interface Life {
  readonly channel: number;
  readonly row: PositionRow;
  readonly side: PositionSide;
  readonly events: readonly LifeEvent[];
}

export interface LifeEvent {
  readonly time: TimeMs;
  /** Signed. */
  readonly lots: Lots;
  /** What it cost (below 0) or brought, fee included. */
  readonly cash: Cash;
  /** Of a fill. */
  readonly price: Ticks | null;
  readonly fee: Cash;
  readonly funding: Cash;
}

/**
 * The positions of a store with what happened to them. What fills and funding do not tell, such as a liquidation or a
 * residue that became dust, is one more event at the end, which brings the position to what its row says: the sums of
 * all events are the books.
 */
export function livesOf({ channels, fills, funding, positions }: LiveContent): Life[] {
  const places = new Map(channels.map((channel, place) => [keyOf(channel), place]));
  const lives = new Map<string, { row: PositionRow; own: LifeEvent[] }[]>();
  for (const row of positions) {
    if (row.entryTime !== null) listOf(lives, positionKey(row)).push({ row, own: [] });
  }
  const note = (of: Owner, event: LifeEvent): void => {
    // A position that a late fill has brought back has two rows: what happens belongs to the last that had begun.
    const known = listOf(lives, positionKey(of));
    const begun = known.filter(({ row }) => row.entryTime! <= event.time);
    (begun.at(-1) ?? known[0])?.own.push(event);
  };
  for (const fill of fills) note(fill, fillEvent(channels[places.get(keyOf(fill))!], fill));
  for (const booked of funding) {
    const amount = cash(booked.amount);
    note(booked, { time: booked.time, lots: 0, cash: amount, price: null, fee: 0n, funding: amount });
  }
  return [...lives.values()].flat().map(({ own, row }) => {
    const channel = places.get(keyOf(row))!;
    own.sort((a, b) => a.time - b.time);
    const events = [...own, ...settling(channels[channel], row, own)];
    return { channel, row, side: row.side as PositionSide, events };
  });
}

function fillEvent({ instrument }: LiveChannel, fill: LiveRow<'fills'>): LifeEvent {
  const price = ticksOf(instrument, fill.lastPx);
  const lots = lotsOf(instrument, fill.lastQty) * (fill.side === 'BUY' ? 1 : -1);
  const fee = cash(fill.fee);
  return {
    time: fill.time,
    lots,
    cash: -cashValue(instrument, tickLots(price, lots)) - fee,
    price,
    fee,
    funding: 0n,
  };
}

/** What is missing between the events and what the row says. */
function settling({ instrument }: LiveChannel, row: PositionRow, events: readonly LifeEvent[]): LifeEvent[] {
  const sum = (amount: (event: LifeEvent) => Cash): Cash =>
    events.reduce((total, event) => total + amount(event), 0n);
  const held = events.reduce((total, event) => total + event.lots, 0);
  const sign = signOf(row.side as PositionSide);
  const fees = cash(row.fees);
  const funding = cash(row.funding);
  const cost = cash(row.openCost) * BigInt(sign);
  const lots = lotsOf(instrument, row.openQuantity) * sign - held;
  const missing = cash(row.realizedPnl ?? '0') - fees + funding - cost - sum((event) => event.cash);
  if (lots === 0 && missing === 0n) return [];
  return [
    {
      time: row.exitTime ?? row.updatedAt,
      lots,
      cash: missing,
      price: null,
      fee: fees - sum((event) => event.fee),
      funding: funding - sum((event) => event.funding),
    },
  ];
}

type Market = Pick<LiveChannel, 'clientId' | 'exchange' | 'symbol'>;
type Owner = Market & { readonly strategyPositionId: string };

function keyOf({ clientId, exchange, symbol }: Market): string {
  return JSON.stringify([clientId, exchange, symbol]);
}

function positionKey(owner: Owner): string {
  return `${keyOf(owner)}\n${owner.strategyPositionId}`;
}

function listOf<T>(lists: Map<string, T[]>, key: string): T[] {
  let list = lists.get(key);
  if (list === undefined) lists.set(key, (list = []));
  return list;
}
