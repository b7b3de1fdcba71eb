import { parseDecimal, type Decimal } from '@bowline/domain';
import { z } from 'zod';

/** What arrived is not what it should be: says where, and what. */
export class PayloadError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PayloadError';
  }
}

/** Throws a PayloadError. */
export function read<Schema extends z.ZodType>(what: string, schema: Schema, raw: unknown): z.output<Schema> {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
  const detail = issue?.message ?? 'it has another shape';
  throw new PayloadError(`${what} cannot be read${where}: ${detail}`, { cause: parsed.error });
}

/** Every decimal number of so many digits has a double of its own, and comes back from it as the same text. */
const EXACT_DIGITS = 15;

/**
 * The decimal number that ccxt has read, as it was before ccxt made a double of it; null where it cannot be told,
 * because it had more digits than a double keeps, or is no number.
 */
export function exactDecimal(value: string | number): Decimal | null {
  const parsed = parseDecimal(String(value));
  if (parsed === null || typeof value === 'string') return parsed;
  const digits = String(parsed.units < 0n ? -parsed.units : parsed.units).replace(/0+$/, '');
  return digits.length <= EXACT_DIGITS ? parsed : null;
}

/** A number of ccxt: a double, or text where it could not be one. */
export const decimal = z.union([z.string(), z.number()]).transform((value, context): Decimal => {
  const exact = exactDecimal(value);
  if (exact !== null) return exact;
  context.addIssue({ code: 'custom', message: `is no exact decimal number: ${JSON.stringify(value)}` });
  return z.NEVER;
});

/** What ccxt leaves out where the exchange does not say it. */
export function optional<Schema extends z.ZodType>(schema: Schema) {
  return z
    .union([schema, z.null(), z.undefined()])
    .optional()
    .transform((value): z.output<Schema> | null => value ?? null);
}

/** An id; none where it is empty. */
export const idOrNull = optional(z.union([z.string(), z.int()])).transform((value) =>
  value === null || value === '' ? null : String(value),
);

/** Milliseconds since the Unix epoch. */
export const timeMs = z.number().nonnegative().transform(Math.floor);

/** One of these words; any other is `unknown`: ccxt passes on what it does not know. */
export function wordOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum([...words, 'unknown']).catch('unknown');
}

/** What the exchange itself has sent, where ccxt has kept it. */
export const info = z
  .unknown()
  .optional()
  .transform((value): Readonly<Record<string, unknown>> =>
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {},
  );
