/**
 * Checks that span several fields work on the values as they were read, not on what the schema made of them: so
 * they also speak where some other field is wrong, and every problem is said at once.
 */
export type Raw = Readonly<Record<string, unknown>>;

/** The value as a mapping; empty where it is none. */
export function section(value: unknown): Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : {};
}

/** The value as a list; empty where it is none. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** Whether a field says something other than "off". */
export function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}
