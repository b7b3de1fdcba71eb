/** Keys of which one replaces the other, because they are two measures of the same distance. */
const SAME_DISTANCE: ReadonlyMap<string, string> = new Map(
  ['takeProfit', 'stopLoss', 'trailingStop', 'breakEven'].flatMap((leg) => [
    [`${leg}Sd`, `${leg}Pct`],
    [`${leg}Pct`, `${leg}Sd`],
  ]),
);

/** The other key for the same distance: `takeProfitPct` of `takeProfitSd`. Null for any other key. */
export function twinOf(key: string): string | null {
  return SAME_DISTANCE.get(key) ?? null;
}

/**
 * A client's parameters with a strategy's overrides laid over them. What the strategy says replaces what the client
 * says, a distance also where the two measure it differently, and sizing and execution as a whole. `null` switches off.
 */
export function overlay<T extends object>(base: T, overrides: T): T {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(base)) if (value !== undefined) result[key] = value;
  for (const [key, value] of Object.entries(overrides)) {
    if (value === undefined) continue;
    const twin = twinOf(key);
    // Given both, one of them null, the null must not remove the other.
    if (twin !== null && (overrides as Record<string, unknown>)[twin] === undefined) delete result[twin];
    result[key] = value;
  }
  return result as T;
}
