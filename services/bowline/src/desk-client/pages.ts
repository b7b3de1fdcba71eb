import { MOST_ITEMS } from '@bowline/contracts';
import type { DeskClient, Query, Schema } from './desk-client.js';

export interface Page<T> {
  readonly items: readonly T[];
  /** Give it as `after` for the items that follow; null: there are none. */
  readonly next: number | null;
}

export interface Collected<T> {
  readonly items: readonly T[];
  /** Whether there is more than was asked for. */
  readonly more: boolean;
}

/** The newest `limit` items that `wanted` says yes to, from the newest to the oldest. */
export async function collect<T>(
  client: DeskClient,
  path: string,
  schema: Schema<Page<T>>,
  query: Query,
  limit: number,
  wanted: (item: T) => boolean,
): Promise<Collected<T>> {
  const items: T[] = [];
  let after: number | undefined;
  for (;;) {
    const { items: found, next }: Page<T> = await client.get(path, schema, {
      ...query,
      limit: Math.min(limit, MOST_ITEMS),
      after,
    });
    items.push(...found.filter(wanted));
    if (next === null || items.length >= limit) {
      return { items: items.slice(0, limit), more: next !== null || items.length > limit };
    }
    after = next;
  }
}
