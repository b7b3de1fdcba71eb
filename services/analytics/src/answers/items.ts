import {
  DEFAULT_ITEMS,
  LIVE_TABLES,
  type LiveItem,
  type LiveRow,
  type LiveTable,
  type LiveTableName,
} from '@bowline/contracts';

/** What a list may be asked for. */
export interface ListQuery {
  readonly client?: string | undefined;
  readonly exchange?: string | undefined;
  readonly symbol?: string | undefined;
  readonly strategy?: string | undefined;
  readonly limit?: number | undefined;
  readonly after?: number | undefined;
}

/** What a row may belong to. */
interface Owned {
  readonly sequence?: number;
  readonly clientId: string;
  readonly exchange: string | null;
  readonly symbol?: string | null;
  readonly strategyId?: string | null;
}

/** Whether a row is of the client, exchange, symbol, and strategy that the query names. */
export function isAskedFor({ client, exchange, strategy, symbol }: ListQuery, row: Owned): boolean {
  return (
    (client === undefined || row.clientId === client) &&
    (exchange === undefined || row.exchange === exchange) &&
    (symbol === undefined || row.symbol === symbol) &&
    (strategy === undefined || row.strategyId === strategy)
  );
}

/** A list, from the newest on. */
export interface Page<Item> {
  readonly items: Item[];
  readonly next: number | null;
}

/** The part of `newestFirst` that is asked for, as `itemOf` shows it. */
export function pageOf<Row extends Owned & { readonly sequence: number }, Item>(
  newestFirst: readonly Row[],
  query: ListQuery,
  isWanted: (row: Row) => boolean,
  itemOf: (row: Row) => Item,
): Page<Item> {
  const { after = Infinity, limit = DEFAULT_ITEMS } = query;
  const items: Item[] = [];
  let last = 0;
  for (const row of newestFirst) {
    if (row.sequence >= after || !isAskedFor(query, row) || !isWanted(row)) continue;
    if (items.length === limit) return { items, next: last };
    items.push(itemOf(row));
    last = row.sequence;
  }
  return { items, next: null };
}

/** A row as it is answered: times as ISO 8601. */
export function itemOf<Name extends LiveTableName>(name: Name, row: LiveRow<Name>): LiveItem<Name> {
  const { columns }: LiveTable = LIVE_TABLES[name];
  const fields = Object.entries(row as Readonly<Record<string, unknown>>);
  const answered = fields.map(([field, value]) => [
    field,
    columns[field].type === 'time' && value !== null ? isoText(value as number) : value,
  ]);
  return Object.fromEntries(answered) as LiveItem<Name>;
}

export function isoText(time: number): string {
  return new Date(time).toISOString();
}
