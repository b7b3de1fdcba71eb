import type { CodeCount } from '@bowline/store-duckdb';

/** How often something happened, by client, strategy, and code. */
export class CodeCounts {
  private readonly counts = new Map<string, Mutable<CodeCount>>();

  add({ clientId, code, strategyId }: Omit<CodeCount, 'count'>, by = 1): void {
    const key = JSON.stringify([clientId, strategyId, code]);
    const known = this.counts.get(key);
    if (known === undefined) this.counts.set(key, { clientId, strategyId, code, count: by });
    else known.count += by;
  }

  /** By code, of those that are asked for. */
  byCode(wanted: (counted: CodeCount) => boolean): Map<string, number> {
    const codes = new Map<string, number>();
    for (const counted of this.counts.values()) {
      if (wanted(counted)) codes.set(counted.code, (codes.get(counted.code) ?? 0) + counted.count);
    }
    return codes;
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
