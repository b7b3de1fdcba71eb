import { parseDecimal, type Decimal } from '@bowline/domain';
import { z } from 'zod';

/** What the exchange has sent, whole: fields that nobody here knows are still in it. */
export type Raw = Readonly<Record<string, unknown>>;

/** An id of any size, as text. */
export const id = z.union([z.string().min(1), z.int()]).transform(String);

/** An id that may not be there yet: absent, empty, or 0. */
export const idOrNull = z
  .union([z.string(), z.int(), z.null()])
  .optional()
  .transform((value) =>
    value === undefined || value === null || /^0?$/.test(String(value)) ? null : String(value),
  );

/** An id that counts up within a symbol. */
export const tradeId = z.int().nonnegative();

/** Milliseconds since the Unix epoch. */
export const timeMs = z.int().nonnegative();

/** A decimal number, as text or not. */
export const decimalText = z.union([z.string(), z.number()]).transform((value, context): Decimal => {
  const parsed = parseDecimal(String(value));
  if (parsed !== null) return parsed;
  context.addIssue({ code: 'custom', message: `is no decimal number: ${JSON.stringify(value)}` });
  return z.NEVER;
});

export const flag = z
  .union([z.boolean(), z.enum(['true', 'false'])])
  .transform((value) => value === true || value === 'true');

/** One of these words; any other is `unknown`: the exchange adds words without asking. */
export function wordOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum([...words, 'unknown']).catch('unknown');
}

export const side = z.enum(['BUY', 'SELL']);
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
  throw new PayloadError(`${what} of Binance cannot be read${where}: ${detail}`, { cause: parsed.error });
}
