import { parseDecimal, type Decimal } from '@bowline/domain';
import { z } from 'zod';
import { didYouMean } from '../suggest.js';

/** What is known of one key besides its check: the messages, the reference page and the JSON schema come from it. */
export interface FieldMeta {
  /** Completes "expected ...". */
  readonly expected: string;
  /** For the reference: `number`, `whole number`, `true or false`, `market or limit`, `text`. */
  readonly type: string;
  readonly unit?: string;
  /** As it would be written. Absent: required, off, or explained by `meaning`. */
  readonly default?: string;
  readonly meaning: string;
  /** What an editor should accept: the file holds numbers where we read texts. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** Metadata of every leaf of the configuration. */
export const fields = z.registry<FieldMeta>();

/** A reader's answer to a text that it cannot use, where "expected ..." is not all there is to say. */
export interface Refusal {
  /** Instead of the usual "expected ...". */
  readonly refused: string;
  /** Said at the end. */
  readonly hint?: string;
}

type Read<T> = (text: string) => T | Refusal | null;

interface FieldOptions {
  readonly meaning: string;
  readonly unit?: string;
  readonly default?: string;
}

export interface NumberOptions extends FieldOptions {
  readonly above?: number;
  readonly atLeast?: number;
  readonly below?: number;
  readonly atMost?: number;
}

const MAX_DECIMALS = 18;
const MAX_WHOLE_DIGITS = 18;

/** An exact decimal, read from the text in the file. */
export function decimalField(options: NumberOptions) {
  return field(numberMeta(options, 'number'), (text) => boundedDecimal(text, options));
}

/** A number that only statistics and draws use: a double. */
export function floatField(options: NumberOptions) {
  return field(numberMeta(options, 'number'), (text) => {
    const value = boundedDecimal(text, options);
    return value === null || 'refused' in value ? value : Number(text);
  });
}

/** A whole number. */
export function wholeField(options: NumberOptions) {
  return field(numberMeta(options, 'whole number'), (text) => {
    const value = boundedDecimal(text, options);
    if (value === null || 'refused' in value) return value;
    const number = Number(value.units);
    return value.scale === 0 && Number.isSafeInteger(number) ? number : null;
  });
}

/** One of a few words. */
export function choiceField<const T extends string>(
  values: readonly T[],
  options: FieldOptions & { anyCase?: boolean },
) {
  const listed = values.length === 1 ? values[0] : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
  const meta: FieldMeta = {
    ...shared(options),
    expected: String(listed),
    type: String(listed),
    json: { enum: values },
  };
  return field<T>(meta, (text) => {
    const found = values.find((value) => value === text || (options.anyCase && value === text.toUpperCase()));
    if (found !== undefined) return found;
    const near = didYouMean(text, values);
    return near === null ? null : { refused: `expected ${listed}`, hint: `did you mean ${near}?` };
  });
}

/** `true` or `false`, as YAML or Python spell them. */
export function booleanField(options: FieldOptions) {
  const meta: FieldMeta = {
    ...shared(options),
    expected: 'true or false',
    type: 'true or false',
    json: { type: 'boolean' },
  };
  return field<boolean>(meta, (text) => {
    if (/^(?:true|True|TRUE)$/.test(text)) return true;
    if (/^(?:false|False|FALSE)$/.test(text)) return false;
    if (/^(?:yes|on|1)$/i.test(text)) return { refused: 'expected true or false', hint: 'write true' };
    return /^(?:no|off|0)$/i.test(text) ? { refused: 'expected true or false', hint: 'write false' } : null;
  });
}

/** A text of a certain form. */
export function textField(
  options: FieldOptions & {
    expected: string;
    type?: string;
    pattern?: RegExp;
    read?: Read<string>;
    secret?: boolean;
  },
) {
  const { expected, pattern = /\S/ } = options;
  const meta: FieldMeta = {
    ...shared(options),
    expected,
    type: options.type ?? 'text',
    json: { type: 'string', pattern: pattern.source },
  };
  const read = options.read ?? ((text: string) => (pattern.test(text) ? text : null));
  return field(meta, read, options.secret === true);
}

/** What the problem of a leaf carries beside its message. */
export interface LeafParams {
  /** Whether the value must not be shown. */
  readonly secret: boolean;
  readonly hint: string | undefined;
}

/** A leaf: reads the scalar's text; what it refuses is one problem that says what would do. */
export function field<T>(meta: FieldMeta, read: Read<T>, secret = false) {
  const schema = z.string({ error: () => `expected ${meta.expected}` }).transform((text, context): T => {
    const value = read(text);
    if (value !== null && !isRefusal(value)) return value;
    const message = isRefusal(value) ? value.refused : `expected ${meta.expected}`;
    const hint = isRefusal(value) ? value.hint : undefined;
    context.addIssue({ code: 'custom', message, params: { secret, hint } satisfies LeafParams });
    return z.NEVER;
  });
  fields.add(schema, meta);
  return schema;
}

/** Sign of a - b. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const difference = a.units * 10n ** BigInt(b.scale) - b.units * 10n ** BigInt(a.scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'refused' in value;
}

function boundedDecimal(
  text: string,
  { above, atLeast, below, atMost }: NumberOptions,
): Decimal | Refusal | null {
  if (text.length > 64) return null;
  const value = parseDecimal(text);
  if (!value) return null;
  if (value.scale > MAX_DECIMALS) return { refused: `expected at most ${MAX_DECIMALS} decimals` };
  const magnitude = value.units < 0n ? -value.units : value.units;
  if (magnitude >= 10n ** BigInt(value.scale + MAX_WHOLE_DIGITS)) {
    return { refused: `expected at most ${MAX_WHOLE_DIGITS} digits before the decimal point` };
  }
  const versus = (bound: number) => compareDecimals(value, parseDecimal(String(bound)) as Decimal);
  const fits =
    (above === undefined || versus(above) > 0) &&
    (atLeast === undefined || versus(atLeast) >= 0) &&
    (below === undefined || versus(below) < 0) &&
    (atMost === undefined || versus(atMost) <= 0);
  return fits ? value : null;
}

function numberMeta(options: NumberOptions, type: 'number' | 'whole number'): FieldMeta {
  const { above, atLeast, below, atMost, unit } = options;
  const bounds =
    atLeast !== undefined && atMost !== undefined
      ? `from ${atLeast} to ${atMost}`
      : [
          above === undefined ? null : `above ${above}`,
          atLeast === undefined ? null : `of at least ${atLeast}`,
          below === undefined ? null : `below ${below}`,
          atMost === undefined ? null : `of at most ${atMost}`,
        ]
          .filter((part) => part !== null)
          .join(' and ');
  return {
    ...shared(options),
    expected: [`a ${type}`, bounds, unit === undefined ? '' : `(${unit})`]
      .filter((part) => part !== '')
      .join(' '),
    type: bounds === '' ? type : `${type} ${bounds}`,
    json: {
      type: type === 'number' ? 'number' : 'integer',
      ...(above === undefined ? {} : { exclusiveMinimum: above }),
      ...(atLeast === undefined ? {} : { minimum: atLeast }),
      ...(below === undefined ? {} : { exclusiveMaximum: below }),
      ...(atMost === undefined ? {} : { maximum: atMost }),
    },
  };
}

function shared(options: FieldOptions): Pick<FieldMeta, 'meaning' | 'unit' | 'default'> {
  return {
    meaning: options.meaning,
    ...(options.unit === undefined ? {} : { unit: options.unit }),
    ...(options.default === undefined ? {} : { default: options.default }),
  };
}
