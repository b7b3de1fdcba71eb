import { formatUnits, parseDecimal } from '@bowline/domain';
import { z } from 'zod';
import { didYouMean } from '../config/suggest.js';

/** What a document says of one field of a request: its check is a function, which no schema shows. */
export interface LeafMeta {
  /** Completes "expected ...". */
  readonly expected: string;
  readonly meaning: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** Metadata of every field that `leaf` made. */
export const leaves = z.registry<LeafMeta>();

/** A reader's answer to a value that it cannot use, where "expected ..." does not help. */
interface Refusal {
  readonly refused: string;
}

/** A field: reads what JSON has there; what it refuses is one error that says what was given and what would do. */
export function leaf<T>(meta: LeafMeta, read: (value: unknown) => T | Refusal | null) {
  const schema = z.unknown().transform((value, context): T => {
    const got = read(value);
    if (got !== null && !isRefusal(got)) return got;
    const said = isRefusal(got) ? got.refused : `expected ${meta.expected}`;
    const given = value === undefined ? `missing; ${said}` : `${said}, got ${shown(value)}`;
    context.addIssue({ code: 'custom', message: given });
    return z.NEVER;
  });
  leaves.add(schema, meta);
  return schema;
}

function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'refused' in value;
}

/** A value as far as a message needs it. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value);
    case 'number':
    case 'boolean':
      return String(value);
    case 'object':
      return value === null ? 'null' : 'an object';
    default:
      return 'nothing';
  }
}

const ID = /^[A-Za-z0-9._-]{1,64}$/;

/** The id of a client, exchange, strategy, or symbol, as configurations have them. */
export function idLeaf(what: string, meaning: string) {
  const expected = `${what} of 1 to 64 letters, digits, dots, dashes or underscores`;
  return textLeaf({ expected, meaning, pattern: ID });
}

/** A text of a certain form. */
export function textLeaf({
  expected,
  meaning,
  pattern,
}: {
  readonly expected: string;
  readonly meaning: string;
  readonly pattern: RegExp;
}) {
  return leaf({ expected, meaning, json: { type: 'string', pattern: pattern.source } }, (value) =>
    typeof value === 'string' && pattern.test(value) ? value : null,
  );
}

/** One of a few words, in any case. */
export function wordLeaf<const T extends string>(words: readonly T[], meaning: string) {
  const expected = words.length === 1 ? words[0] : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
  return leaf<T>({ expected, meaning, json: { type: 'string', enum: words } }, (value) => {
    if (typeof value !== 'string') return null;
    const found = words.find((word) => word.toLowerCase() === value.toLowerCase());
    if (found !== undefined) return found;
    const near = didYouMean(value, words);
    return near === null ? null : { refused: `expected ${expected} (did you mean ${near}?)` };
  });
}

/** Digits on either side of the point. */
const MOST_DIGITS = 18;
const MONEY_TEXT = '^\\+?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?$';

/** A price or quantity: exact, above 0, as a number or a text. Read into its shortest decimal text. */
export function moneyLeaf(meaning: string) {
  const meta: LeafMeta = {
    expected: `a number above 0 with at most ${MOST_DIGITS} digits on either side of the point`,
    meaning,
    json: {
      anyOf: [
        { type: 'number', exclusiveMinimum: 0 },
        { type: 'string', pattern: MONEY_TEXT },
      ],
    },
  };
  return leaf(meta, (value) => {
    const text = numberText(value);
    const amount = text === null ? null : parseDecimal(text);
    if (amount === null || amount.units <= 0n || amount.scale > MOST_DIGITS) return null;
    if (amount.units >= 10n ** BigInt(amount.scale + MOST_DIGITS)) return null;
    return formatUnits(amount.units, amount.scale);
  });
}

/** A number above 0 that only statistics use: a double. */
export function floatLeaf(meaning: string) {
  const json = {
    anyOf: [
      { type: 'number', exclusiveMinimum: 0 },
      { type: 'string', pattern: MONEY_TEXT },
    ],
  };
  return leaf({ expected: 'a number above 0', meaning, json }, (value) => {
    const text = numberText(value);
    const number = text === null || parseDecimal(text) === null ? NaN : Number(text);
    return number > 0 && number < Infinity ? number : null;
  });
}

/** A whole number of milliseconds from 1 to `atMost`. */
export function durationLeaf(atMost: number, meaning: string) {
  const json = { type: 'integer', minimum: 1, maximum: atMost };
  return leaf({ expected: `a whole number of milliseconds from 1 to ${atMost}`, meaning, json }, (value) => {
    const text = numberText(value);
    const number = text !== null && /^\d+$/.test(text) ? Number(text) : 0;
    return number >= 1 && number <= atMost ? number : null;
  });
}

/** Milliseconds since the epoch that a person can have meant: September 2001 to November 2286. */
const FIRST_MS = 1e12;
const LAST_MS = 1e13;
const ISO = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/i;

/** An instant: milliseconds since the epoch, or ISO 8601 with its offset. */
export function timeLeaf(meaning: string) {
  const meta: LeafMeta = {
    expected: 'a time such as 2024-01-31T12:00:00Z, or milliseconds since 1970',
    meaning,
    json: {
      anyOf: [
        { type: 'string', format: 'date-time' },
        { type: 'integer', minimum: FIRST_MS, maximum: LAST_MS },
      ],
    },
  };
  return leaf(meta, (value) => {
    const digits = numberText(value);
    return digits !== null && /^[\d.]+$/.test(digits) ? epochMs(digits) : isoMs(value);
  });
}

function epochMs(digits: string): number | Refusal | null {
  const number = Number(digits);
  if (/^\d+$/.test(digits) && number >= FIRST_MS && number < LAST_MS) return number;
  if (number >= FIRST_MS / 1e3 && number < LAST_MS / 1e3) {
    return { refused: 'expected milliseconds since 1970, not seconds' };
  }
  const finer = [1e3, 1e6].some((scale) => number >= FIRST_MS * scale && number < LAST_MS * scale);
  return finer ? { refused: 'expected milliseconds since 1970, nothing finer' } : null;
}

function isoMs(value: unknown): number | Refusal | null {
  if (typeof value !== 'string') return null;
  const text = value.trim();
  const match = ISO.exec(text);
  if (match === null) return null;
  // Which of the world's midnights a local time means, only its writer knows.
  if (match[1] === undefined) return { refused: 'expected a time with Z, or with an offset such as +01:00' };
  const zone = match[1].toUpperCase();
  const local = text.slice(0, -zone.length).replace(' ', 'T').replace(',', '.');
  const ms = Date.parse(`${local}${zone}`);
  // Date.parse takes the 30th of February for a day in March.
  const plain = Date.parse(`${local}Z`);
  if (Number.isNaN(ms) || !new Date(plain).toISOString().startsWith(local.slice(0, 10))) return null;
  return ms;
}

/** The text of a number; a JSON number has the shortest that reads back as it. */
function numberText(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.length <= 64 ? value.trim() : null;
}
