import {
  ANALYTICS_ROUTE,
  ordersResponseSchema,
  pairsResponseSchema,
  positionsResponseSchema,
  tradesResponseSchema,
} from '@bowline/contracts';
import { moneyText, plainTable, pnlText, type Column } from '@bowline/report';
import type { Schema } from './desk-client.js';
import type { Page } from './pages.js';
import type { Paint } from './paint.js';

/** A list of a running desk: where it comes from, and how it looks. */
export interface DeskList<T> {
  readonly path: string;
  readonly schema: Schema<Page<T>>;
  /** Said where there is nothing. */
  readonly none: string;
  /** Whether an item is shown where nobody asks for a status. */
  readonly current: (item: T) => boolean;
  readonly columns: readonly ListColumn<T>[];
}

interface ListColumn<T> extends Column {
  readonly cell: (item: T, paint: Paint) => string;
}

export function listText<T>({ columns, none }: DeskList<T>, items: readonly T[], paint: Paint): string {
  if (items.length === 0) return none;
  return plainTable(
    columns,
    items.map((item) => columns.map(({ cell }) => cell(item, paint))),
    paint.dim,
  );
}

type Item<S> = S extends Schema<Page<infer T>> ? T : never;

function left<T>(head: string, max: number, cell: ListColumn<T>['cell']): ListColumn<T> {
  return { head, align: 'left', max, cell };
}

function right<T>(head: string, cell: ListColumn<T>['cell']): ListColumn<T> {
  return { head, align: 'right', cell };
}

interface Owned {
  readonly clientId: string;
  readonly exchange: string;
  readonly symbol: string;
  readonly strategyId: string;
}

function owner<T extends Owned>(): ListColumn<T>[] {
  return [
    left('Account', 28, ({ clientId, exchange }) => `${clientId}.${exchange}`),
    left('Symbol', 14, ({ symbol }) => symbol),
    left('Strategy', 18, ({ strategyId }) => strategyId),
  ];
}

const NOTHING = '–';

export const POSITIONS: DeskList<Item<typeof positionsResponseSchema>> = {
  path: ANALYTICS_ROUTE.positions.path,
  schema: positionsResponseSchema,
  none: 'no strategy position is open',
  current: ({ status }) => status !== 'closed',
  columns: [
    ...owner(),
    left('Side', 5, ({ side }) => side),
    left('Status', 8, ({ status }) => status),
    right('Quantity', ({ openQuantity }) => openQuantity),
    right('Entry', ({ entryPrice }) => priceText(entryPrice)),
    right('Mark', ({ markPrice }) => priceText(markPrice)),
    right('Unrealized', ({ unrealizedPnl }, paint) => pnl(unrealizedPnl, paint)),
    right('Take profit', ({ takeProfitPrice }) => priceText(takeProfitPrice)),
    right('Stop loss', ({ stopLossPrice }) => priceText(stopLossPrice)),
  ],
};

export const PAIRS: DeskList<Item<typeof pairsResponseSchema>> = {
  path: ANALYTICS_ROUTE.pairs.path,
  schema: pairsResponseSchema,
  none: 'there is no OCO pair',
  current: ({ status }) => status !== 'closed',
  columns: [
    ...owner(),
    left('Side', 5, ({ side }) => side),
    left('Pair', 10, ({ status, unprotectedSince }, paint) =>
      status === 'degraded' || unprotectedSince !== null ? paint.bad(status) : status,
    ),
    left('Mode', 9, ({ protection }) => protection ?? NOTHING),
    right('Quantity', ({ openQuantity }) => openQuantity),
    right('Entry', ({ entryPrice }) => priceText(entryPrice)),
    right('Take profit', ({ takeProfit }) => priceText(takeProfit?.price ?? null)),
    left('', 16, ({ takeProfit }) => takeProfit?.status ?? NOTHING),
    right('Stop loss', ({ stopLoss }) => priceText(stopLoss?.price ?? null)),
    left('', 16, ({ stopLoss }) => stopLoss?.status ?? NOTHING),
  ],
};

const LEGS: Readonly<Record<string, string>> = { e: 'entry', t: 'take profit', s: 'stop loss', x: 'exit' };

export const ORDERS: DeskList<Item<typeof ordersResponseSchema>> = {
  path: ANALYTICS_ROUTE.orders.path,
  schema: ordersResponseSchema,
  none: 'there are no orders',
  current: () => true,
  columns: [
    left('Created', 19, ({ createdTime }) => timeText(createdTime)),
    ...owner(),
    left('Leg', 11, ({ leg }) => LEGS[leg] ?? leg),
    left('Side', 4, ({ side }) => side),
    left('Type', 11, ({ orderType }) => orderType),
    right('Quantity', ({ orderQty }) => orderQty),
    right('Filled', ({ cumQty }) => cumQty),
    right('Price', ({ avgPx, limitPrice, stopPrice }) => priceText(avgPx ?? limitPrice ?? stopPrice)),
    left('Status', 16, ({ orderStatus }) => orderStatus),
  ],
};

export const TRADES: DeskList<Item<typeof tradesResponseSchema>> = {
  path: ANALYTICS_ROUTE.trades.path,
  schema: tradesResponseSchema,
  none: 'nothing has been closed yet',
  current: () => true,
  columns: [
    left('Closed', 19, ({ exitTime }) => timeText(exitTime)),
    ...owner(),
    left('Side', 5, ({ side }) => side),
    right('Quantity', ({ quantity }) => quantity),
    right('Entry', ({ entryPrice }) => priceText(entryPrice)),
    right('Exit', ({ exitPrice }) => priceText(exitPrice)),
    left('Reason', 11, ({ closeReason }) => closeReason),
    right('Realized', ({ realizedPnl }) => pnlText(realizedPnl)),
    right('Fees', ({ fees }) => moneyText(fees)),
    right('Net P&L', ({ netPnl }, paint) => pnl(netPnl, paint)),
  ],
};

/** Prices as they are: a coin of a thousandth of a cent has no cents. */
function priceText(price: string | null): string {
  return price ?? NOTHING;
}

export function pnl(amount: string | null, paint: Paint): string {
  if (amount === null) return NOTHING;
  const text = pnlText(amount);
  return text.startsWith('+') ? paint.good(text) : text.startsWith('-') ? paint.bad(text) : text;
}

/** `2025-01-06 12:00:00` of an ISO time. */
export function timeText(time: string): string {
  return time.slice(0, 19).replace('T', ' ');
}
