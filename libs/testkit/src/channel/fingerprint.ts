/** A state as text, maps, sets and bigints included: equal for states that were built in the same order. */
export function fingerprint(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === 'bigint') return `${part}n`;
    if (part instanceof Map) return { map: [...(part as Map<unknown, unknown>)] };
    if (part instanceof Set) return { set: [...(part as Set<unknown>)] };
    return part;
  });
}
