import { z } from 'zod';
import { leaf, moneyLeaf, textLeaf, timeLeaf } from './leaf.js';
import type { FieldError } from './problem.js';
import { readObject, type Read } from './request-object.js';
import { signalRequestSchema, type PlacedSignal, type SignalRequest } from './signal-request.js';

const POSITIONS: Readonly<Record<string, 1 | 0 | -1>> = { long: 1, flat: 0, short: -1 };

const shape = signalRequestSchema.shape;

/** The message of an alert: what TradingView fills in, and what its writer says beside it. */
export const tradingViewSchema = z.strictObject({
  secret: leaf<string>(
    {
      expected: "the source's secret",
      meaning: 'One of the secrets of the source; also `passphrase`.',
      json: { type: 'string' },
    },
    (value) => (typeof value === 'string' ? value : null),
  ).optional(),
  strategyId: shape.strategyId,
  symbol: textLeaf({
    expected: 'a symbol such as BTCUSDT or BINANCE:BTCUSDT.P',
    meaning:
      'What it is about; also `ticker`. As the exchange spells it, or as TradingView does: `BINANCE:BTCUSDT.P` is BTCUSDT.',
    pattern: /^[A-Za-z0-9._:-]{1,80}$/,
  }),
  signal: shape.signal.optional(),
  marketPosition: leaf<1 | 0 | -1>(
    {
      expected: 'long, short or flat',
      meaning:
        'What to be once the order has filled: `{{strategy.market_position}}`. Where it is given, `action` is not looked at: an order that sells may close a long as well as open a short.',
      json: { type: 'string', enum: Object.keys(POSITIONS) },
    },
    (value) => {
      const word = typeof value === 'string' ? value.trim().toLowerCase() : '';
      return Object.hasOwn(POSITIONS, word) ? POSITIONS[word] : null;
    },
  ).optional(),
  id: shape.id,
  time: timeLeaf(
    'When the alert fired: `{{timenow}}`. Without it an `id` is needed: else the same alert, delivered twice, would act twice.',
  ).optional(),
  price: shape.price,
  takeProfit: shape.takeProfit,
  stopLoss: shape.stopLoss,
  quantity: moneyLeaf('Replaces the computed quantity: base units.').optional(),
});

/** Names that alerts use. */
const ALIASES = {
  strategy: 'strategyId',
  action: 'signal',
  ticker: 'symbol',
  passphrase: 'secret',
} as const;

/** The secret in an alert's message, where one is: asked for before anything else is looked at. */
export function tradingViewSecret(message: unknown): string | null {
  if (typeof message !== 'object' || message === null) return null;
  const { passphrase, secret = passphrase } = message as { secret?: unknown; passphrase?: unknown };
  return typeof secret === 'string' ? secret : null;
}

/**
 * Reads the message of an alert.
 *
 * @param symbols what is traded, for the choice between a symbol as it stands and without TradingView's additions
 */
export function readTradingView(message: unknown, symbols: readonly string[]): Read<readonly [PlacedSignal]> {
  const read = readObject(tradingViewSchema, ALIASES, message, '');
  if (!read.ok) return read;
  const { pathOf } = read;
  const { marketPosition, secret: _secret, signal = null, symbol, ...said } = read.value;
  const wish = marketPosition ?? signal;
  const errors: FieldError[] = [];
  if (wish === null) errors.push({ path: 'action', message: `missing; ${ACTION}` });
  if (said.time === undefined && said.id === undefined) errors.push({ path: 'time', message: TIME });
  if (wish === null || errors.length > 0) return { ok: false, errors };
  const request: SignalRequest = { ...said, symbol: tradedSymbol(symbol, symbols), signal: wish };
  return { ok: true, value: [{ path: '', pathOf, request }] };
}

const ACTION =
  'write "action": "{{strategy.order.action}}", "market_position": "{{strategy.market_position}}", or an action of buy, sell or close';
const TIME =
  'missing; write "time": "{{timenow}}", or an id of its own, so that an alert that is delivered twice acts once';

/** Without the exchange before the colon, and the mark of a perpetual contract behind, unless it is traded so. */
function tradedSymbol(text: string, symbols: readonly string[]): string {
  const bare = text.slice(text.indexOf(':') + 1);
  const plain = bare.replace(/\.P$/, '');
  return [text, bare].find((symbol) => symbols.includes(symbol)) ?? plain;
}

export type AlertText =
  | { readonly ok: true; readonly value: Readonly<Record<string, string>> }
  /** Says where, and never what: it may be the secret. */
  | { readonly ok: false; readonly message: string };

const PAIR = /([A-Za-z_][A-Za-z0-9_]{0,63})=(?:"([^"]*)"|([^\s,;"]+))(?=[\s,;]|$)/y;
const BETWEEN = /[\s,;]*/y;

/** Reads an alert in text: `strategy=trend symbol=BTCUSDT action=buy`, with blanks, commas, semicolons or line breaks between. */
export function parseAlertText(text: string): AlertText {
  const value = new Map<string, string>();
  let at = skip(text, 0);
  while (at < text.length) {
    PAIR.lastIndex = at;
    const pair = PAIR.exec(text);
    if (pair === null) return { ok: false, message: `expected name=value at character ${at + 1}` };
    const [all, name, quoted, plain] = pair;
    if (value.has(name)) return { ok: false, message: `${name} is given twice` };
    value.set(name, quoted ?? plain ?? '');
    at = skip(text, at + all.length);
  }
  if (value.size === 0) return { ok: false, message: 'the body is empty; send name=value pairs, or JSON' };
  return { ok: true, value: Object.fromEntries(value) };
}

function skip(text: string, at: number): number {
  BETWEEN.lastIndex = at;
  BETWEEN.exec(text);
  return BETWEEN.lastIndex;
}
