import { z } from 'zod';
import { durationLeaf, floatLeaf, idLeaf, leaf, moneyLeaf, shown, textLeaf, timeLeaf } from './leaf.js';
import type { FieldError } from './problem.js';
import { readObject, type Read } from './request-object.js';

/** Signals of one request. */
export const MOST_SIGNALS = 500;

/**
 * For how long a signal may enter: where it does not say so, and at most. Shorter than the hour for which its receiver
 * knows its id, so that none acts a second time.
 */
export const SIGNAL_LIFE_MIN = { default: 15, most: 45 } as const;

const DAY_MS = 86_400_000;

const WORDS: Readonly<Record<string, 1 | 0 | -1>> = {
  '1': 1,
  long: 1,
  buy: 1,
  '0': 0,
  flat: 0,
  close: 0,
  '-1': -1,
  short: -1,
  sell: -1,
};

const signal = leaf<1 | 0 | -1>(
  {
    expected: '1, long or buy (be long), -1, short or sell (be short), or 0, flat or close (be flat)',
    meaning: '1, `long`, `buy`: be long. -1, `short`, `sell`: be short. 0, `flat`, `close`: be flat.',
    json: {
      anyOf: [
        { type: 'integer', enum: [1, 0, -1] },
        { type: 'string', enum: Object.keys(WORDS).filter((word) => /^[a-z]/.test(word)) },
      ],
    },
  },
  (value) => {
    // -0 is 0.
    if (typeof value === 'number') return WORDS[String(value + 0)] ?? null;
    const word = typeof value === 'string' ? value.trim().toLowerCase() : '';
    return Object.hasOwn(WORDS, word) ? WORDS[word] : null;
  },
);

/** One signal as a strategy sends it. */
export const signalRequestSchema = z.strictObject({
  id: textLeaf({
    expected: '1 to 64 letters, digits, dots, dashes, underscores or colons',
    meaning:
      'Names the signal among those of its strategy in its symbol: sent again under the same id, it acts once. Derived from what the signal says where it is absent.',
    pattern: /^[A-Za-z0-9._:-]{1,64}$/,
  }).optional(),
  strategyId: idLeaf('a strategy id', 'Whose signal it is; also `strategy`.'),
  symbol: idLeaf('a symbol', 'What it is about, as the exchange spells it.'),
  signal,
  time: timeLeaf(
    "The strategy's own time, which orders its signals: ISO 8601 with Z or an offset, or milliseconds. Default: the desk's time.",
  ).optional(),
  price: moneyLeaf('Limit price; of a market order, what slippage is measured against.').optional(),
  takeProfit: moneyLeaf("Replaces the strategy's take-profit: an absolute price.").optional(),
  stopLoss: moneyLeaf("Replaces the strategy's stop-loss: an absolute price.").optional(),
  volatility: floatLeaf(
    'Replaces the computed volatility: standard deviation of log returns per bar.',
  ).optional(),
  quantity: moneyLeaf('Replaces the computed quantity: base units.').optional(),
  expiresAt: timeLeaf(
    `After this it does not enter any more: at most ${SIGNAL_LIFE_MIN.most} minutes from now. Default: ${SIGNAL_LIFE_MIN.default} minutes from now.`,
  ).optional(),
  expiresInMs: durationLeaf(DAY_MS, 'The same, as milliseconds after `time`.').optional(),
});
export type SignalRequest = z.output<typeof signalRequestSchema>;

/** Names that tools for signals use. */
const ALIASES = { strategy: 'strategyId', action: 'signal' } as const;

/** A request body: one signal, or several. */
export const signalsBodySchema = z.union([
  signalRequestSchema,
  z.array(signalRequestSchema).min(1).max(MOST_SIGNALS),
  z.strictObject({ signals: z.array(signalRequestSchema).min(1).max(MOST_SIGNALS) }),
]);

/** A signal, and where it stands in its request. */
export interface PlacedSignal {
  /** `signals[3]`; '' where it came alone. */
  readonly path: string;
  readonly request: SignalRequest;
  /** `signals[3].strategy`: a field, by the name that the sender has for it. */
  readonly pathOf: (field: keyof SignalRequest) => string;
}

/** Reads one signal, a list of them, or `{"signals": [...]}`. One that is wrong makes the whole body wrong. */
export function readSignals(body: unknown): Read<readonly PlacedSignal[]> {
  const list = signalList(body);
  if ('path' in list) return { ok: false, errors: [list] };
  const { items, name, single } = list;
  if (items.length === 0 || items.length > MOST_SIGNALS) {
    const message = `expected 1 to ${MOST_SIGNALS} signals, got ${items.length}`;
    return { ok: false, errors: [{ path: name, message }] };
  }
  const errors: FieldError[] = [];
  const signals: PlacedSignal[] = [];
  for (const [index, item] of items.entries()) {
    const path = single ? '' : `${name}[${index}]`;
    const read = readSignal(item, path);
    if (read.ok) signals.push(read.value);
    else errors.push(...read.errors);
  }
  return errors.length > 0 ? { ok: false, errors } : { ok: true, value: signals };
}

function readSignal(item: unknown, path: string): Read<PlacedSignal> {
  const read = readObject(signalRequestSchema, ALIASES, item, path);
  if (!read.ok) return read;
  const { pathOf, value } = read;
  if (value.expiresAt === undefined || value.expiresInMs === undefined) {
    return { ok: true, value: { path, pathOf, request: value } };
  }
  const message = 'expiresAt says when it expires already; give one of them';
  return { ok: false, errors: [{ path: pathOf('expiresInMs'), message }] };
}

interface SignalList {
  readonly items: readonly unknown[];
  /** Of the field that holds them. */
  readonly name: string;
  readonly single: boolean;
}

function signalList(body: unknown): SignalList | FieldError {
  if (Array.isArray(body)) return { items: body as readonly unknown[], name: '', single: false };
  if (typeof body !== 'object' || body === null) {
    const message = `expected a signal, a list of signals, or {"signals": [...]}, got ${shown(body)}`;
    return { path: '', message };
  }
  if (!('signals' in body)) return { items: [body], name: '', single: true };
  const [beside] = Object.keys(body).filter((key) => key !== 'signals');
  if (beside !== undefined) return { path: beside, message: 'unknown field; known here: signals' };
  if (Array.isArray(body.signals)) {
    return { items: body.signals as readonly unknown[], name: 'signals', single: false };
  }
  return { path: 'signals', message: `expected a list of signals, got ${shown(body.signals)}` };
}
