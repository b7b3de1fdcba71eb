import { z } from 'zod';
import {
  accountsResponseSchema,
  alertsResponseSchema,
  channelsResponseSchema,
  controlsResponseSchema,
  denialsResponseSchema,
  fillsResponseSchema,
  ordersResponseSchema,
  pairsResponseSchema,
  positionsResponseSchema,
  signalsResponseSchema,
  statisticsResponseSchema,
  tradesResponseSchema,
} from './analytics-responses.js';
import { idLeaf, leaf, wordLeaf } from './leaf.js';
import type { ApiRoute } from './routes.js';

/** Rows of one answer, at most. */
export const MOST_ITEMS = 1_000;
/** Rows of one answer where nobody says how many. */
export const DEFAULT_ITEMS = 100;

const client = idLeaf('a client id', "Only this client's.").optional();
const exchange = idLeaf('an exchange', 'Only at this exchange.').optional();
const symbol = idLeaf('a symbol', 'Only in this symbol.').optional();
const strategy = idLeaf('a strategy id', "Only this strategy's.").optional();

const limit = leaf<number>(
  {
    expected: `a whole number from 1 to ${MOST_ITEMS}`,
    meaning: 'As many items at most.',
    json: { type: 'integer', minimum: 1, maximum: MOST_ITEMS, default: DEFAULT_ITEMS },
  },
  (value) => wholeNumber(value, 1, MOST_ITEMS),
).optional();
const after = leaf<number>(
  {
    expected: 'what `next` of an answer said, a whole number',
    meaning: 'Only what is older than this: `next` of the answer before.',
    json: { type: 'integer', minimum: 0 },
  },
  (value) => wholeNumber(value, 0, Number.MAX_SAFE_INTEGER),
).optional();

function wholeNumber(value: unknown, least: number, most: number): number | null {
  if (typeof value !== 'string' || !/^\d{1,16}$/.test(value)) return null;
  const number = Number(value);
  return number >= least && number <= most ? number : null;
}

/** What of a list is wanted. */
const page = { limit, after };
const channel = { client, exchange, symbol };
const owned = { ...channel, strategy };

const positionStatus = wordLeaf(['opening', 'open', 'closing', 'closed'], 'Only in this state.').optional();
const pairStatus = wordLeaf(
  ['pending', 'arming', 'active', 'resolving', 'degraded', 'suspended', 'closed'],
  'Only in this state.',
).optional();
const orderStatus = wordLeaf(
  [
    'pending_new',
    'new',
    'partially_filled',
    'pending_cancel',
    'pending_replace',
    'unknown',
    'filled',
    'canceled',
    'rejected',
    'expired',
  ],
  'Only in this state.',
).optional();
const outcome = wordLeaf(['ordered', 'closing', 'ignored', 'denied'], 'Only what became this.').optional();

const KEPT =
  'Of what is over, analytics keeps the last 1,000 items in memory; all of them are in the store (`GET /v1/database`).';

/** What analytics answers. Every route takes the parameters of its query and no others. */
export const ANALYTICS_ROUTE = {
  channels: {
    method: 'GET',
    path: '/v1/channels',
    summary: 'The channels: state, and the sum of the shares beside what the exchange says',
    query: z.strictObject(channel),
    response: channelsResponseSchema,
  },
  accounts: {
    method: 'GET',
    path: '/v1/accounts',
    summary: 'The accounts: balances, and orders that rest or are unknown',
    query: z.strictObject({ client, exchange }),
    response: accountsResponseSchema,
  },
  positions: {
    method: 'GET',
    path: '/v1/positions',
    summary: 'Strategy positions, open and over',
    notes: KEPT,
    query: z.strictObject({ ...owned, status: positionStatus, ...page }),
    response: positionsResponseSchema,
  },
  pairs: {
    method: 'GET',
    path: '/v1/pairs',
    summary: 'OCO pairs: take-profit and stop-loss of each strategy position',
    notes: KEPT,
    query: z.strictObject({ ...owned, status: pairStatus, ...page }),
    response: pairsResponseSchema,
  },
  orders: {
    method: 'GET',
    path: '/v1/orders',
    summary: 'Orders as they are now',
    notes: KEPT,
    query: z.strictObject({ ...owned, status: orderStatus, ...page }),
    response: ordersResponseSchema,
  },
  trades: {
    method: 'GET',
    path: '/v1/trades',
    summary: 'Strategy positions that are over, with their result',
    notes: KEPT,
    query: z.strictObject({ ...owned, ...page }),
    response: tradesResponseSchema,
  },
  fills: {
    method: 'GET',
    path: '/v1/fills',
    summary: 'Fills',
    notes: KEPT,
    query: z.strictObject({ ...owned, ...page }),
    response: fillsResponseSchema,
  },
  signals: {
    method: 'GET',
    path: '/v1/signals',
    summary: 'Signals, and what was made of them',
    notes: KEPT,
    query: z.strictObject({ ...owned, outcome, ...page }),
    response: signalsResponseSchema,
  },
  denials: {
    method: 'GET',
    path: '/v1/denials',
    summary: 'Signals and intents that would have become orders and did not',
    notes: KEPT,
    query: z.strictObject({ ...owned, ...page }),
    response: denialsResponseSchema,
  },
  alerts: {
    method: 'GET',
    path: '/v1/alerts',
    summary: 'What a person should look at',
    notes: KEPT,
    query: z.strictObject({ ...channel, ...page }),
    response: alertsResponseSchema,
  },
  controls: {
    method: 'GET',
    path: '/v1/controls',
    summary: 'Commands as they were carried out',
    notes: KEPT,
    query: z.strictObject({ ...owned, ...page }),
    response: controlsResponseSchema,
  },
  statistics: {
    method: 'GET',
    path: '/v1/statistics',
    summary: 'Figures of all trades: by client, by strategy, and by both',
    query: z.strictObject({ client, strategy }),
    response: statisticsResponseSchema,
  },
  database: {
    method: 'GET',
    path: '/v1/database',
    summary: 'A copy of the live store, as a DuckDB file',
    notes: 'What `bowline report --url` reads. The copy is of one moment; the desk goes on.',
    query: z.strictObject({}),
    contentType: 'application/vnd.duckdb',
    response: z.string(),
  },
} as const satisfies Readonly<Record<string, ApiRoute>>;

export type AnalyticsRouteName = keyof typeof ANALYTICS_ROUTE;

export const ANALYTICS_ROUTES: readonly ApiRoute[] = Object.values(ANALYTICS_ROUTE);
