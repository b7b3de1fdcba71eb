import { snakeCase } from '../config/suggest.js';
import { ALERTS, BARS, CONTROLS, DENIALS, FILLS, ORDERS, SIGNALS } from './activity-tables.js';
import type { LiveTable, RowOf } from './columns.js';
import { ACCOUNTS, CHANNELS, FUNDING, STRATEGY_POSITIONS, TRADES } from './position-tables.js';

export {
  LIVE_SQL_TYPES,
  type LiveColumn,
  type LiveColumns,
  type LiveColumnType,
  type LiveTable,
  type RowOf,
} from './columns.js';

/**
 * The tables that analytics keeps of a running desk. This is their only definition: rows in programs, the database's
 * types, comments and keys, the answers over HTTP, and docs/reference/store.md are made from it.
 */
export const LIVE_TABLES = {
  strategy_positions: STRATEGY_POSITIONS,
  trades: TRADES,
  orders: ORDERS,
  fills: FILLS,
  funding: FUNDING,
  signals: SIGNALS,
  denials: DENIALS,
  alerts: ALERTS,
  controls: CONTROLS,
  channels: CHANNELS,
  accounts: ACCOUNTS,
  bars: BARS,
} as const;

export type LiveTableName = keyof typeof LIVE_TABLES;

/** Every name, in the order in which the documentation lists them. */
export const LIVE_TABLE_NAMES = Object.keys(LIVE_TABLES) as readonly LiveTableName[];

/** A row of a table: decimals as exact texts, times as milliseconds since the epoch. */
export type LiveRow<Name extends LiveTableName> = RowOf<(typeof LIVE_TABLES)[Name]['columns']>;

/** Rows to be written, by table. */
export type LiveRows = { readonly [Name in LiveTableName]?: readonly LiveRow<Name>[] };

/** `strategyPositionId` as `strategy_position_id`. */
export const columnName = snakeCase;

/** What names a row of its table, as one text: of the row itself, or of anything that has its key. */
export function liveKey(name: LiveTableName, row: object): string {
  const { key }: LiveTable = LIVE_TABLES[name];
  const values = row as Readonly<Record<string, string | number>>;
  let text = '';
  for (const field of key) {
    const part = String(values[field]);
    // With its length in front no value can pass for the end of one and the beginning of the next.
    text += `${part.length}:${part}`;
  }
  return text;
}
