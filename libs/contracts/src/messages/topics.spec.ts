import { describe, expect, it } from '@jest/globals';
import type {
  CloseReason,
  OrderExecType,
  OrderTerms,
  RejectReason,
  TimeInForce,
  TradingState,
} from '@bowline/domain';
import { decodeJson, encodeJson } from './json.js';
import {
  account,
  auditEntries,
  auditMessage,
  controls,
  deadLetter,
  exchangeInputs,
  executionMessage,
  intentMessage,
  intents,
  orderCommands,
  positions,
  signal,
} from './message-samples.spec-support.js';
import {
  accountsTopic,
  auditTopic,
  controlTopic,
  deadLettersTopic,
  executionsTopic,
  orderIntentsTopic,
  ordersTopic,
  positionsTopic,
  signalsTopic,
} from './topics.js';

interface Schema {
  safeParse(value: unknown): { readonly success: boolean; readonly data?: unknown };
}

const MESSAGES: readonly (readonly [name: string, schema: Schema, message: object])[] = [
  ['a signal', signalsTopic, signal],
  ...Object.values(intents).map(
    (intent) => [`an intent to ${intent.type}`, orderIntentsTopic, intentMessage(intent)] as const,
  ),
  ...Object.values(orderCommands).map((command) => [`${command.type}`, ordersTopic, command] as const),
  ...Object.values(exchangeInputs).map(
    (input) => [input.type, executionsTopic, executionMessage(input)] as const,
  ),
  ['positions', positionsTopic, positions],
  ['an account', accountsTopic, account],
  ['a dead letter', deadLettersTopic, deadLetter],
  ...Object.values(controls).map(
    (command) => [`the command ${command.type}`, controlTopic, command] as const,
  ),
  ...Object.values(auditEntries).map(
    (entry) => [`the audit of ${entry.type}`, auditTopic, { ...auditMessage, entries: [entry] }] as const,
  ),
];

describe.each(MESSAGES)('%s', (_, schema, message) => {
  const inside = pathsOf(message);

  it('arrives as it was sent', () => {
    expect(schema.safeParse(decodeJson(encodeJson(message)))).toEqual({ success: true, data: message });
  });

  it('is refused with a field that nobody knows, wherever it stands', () => {
    const objects = inside.filter(({ value }) => isObject(value)).map(({ path }) => path);
    for (const path of [[], ...objects]) {
      const changed = withChange(message, path, (held) => ({ ...(held as object), unheardOf: 1 }));
      expect([path.join('.'), accepts(schema, changed)]).toEqual([path.join('.'), false]);
    }
  });

  it('is refused without a field, wherever it stands', () => {
    for (const { path } of inside.filter((each) => isField(each.path) && !isOptional(each.path))) {
      const changed = withChange(message, path.slice(0, -1), (held) => without(held as object, path.at(-1)!));
      expect([path.join('.'), accepts(schema, changed)]).toEqual([path.join('.'), false]);
    }
  });

  it('is refused with a value of another type, wherever it stands', () => {
    for (const { path, value } of inside) {
      for (const other of othersThan(value, path)) {
        const changed = withChange(message, path, () => other);
        const what = `${path.join('.')} = ${String(other)}`;
        expect([what, accepts(schema, changed)]).toEqual([what, false]);
      }
    }
  });

  it('is refused with a part of a lot, a tick, or a number of anything', () => {
    for (const { path } of inside.filter(({ path: at, value }) => isWhole(at, value))) {
      const changed = withChange(message, path, (held) => (held as number) + 0.5);
      expect([path.join('.'), accepts(schema, changed)]).toEqual([path.join('.'), false]);
    }
  });

  it('is refused where a whole number is not a safe one', () => {
    for (const { path } of inside.filter(({ path: at, value }) => isWhole(at, value))) {
      const changed = withChange(message, path, () => 2 ** 53);
      expect([path.join('.'), accepts(schema, changed)]).toEqual([path.join('.'), false]);
    }
  });
});

/** All members of a union: one that is added has to be added here, and is refused until its schema knows it. */
const all = <T extends string>(members: Readonly<Record<T, true>>): T[] => Object.keys(members) as T[];

describe('a word of a closed set', () => {
  const close = (reason: string) => intentMessage({ ...intents.close, reason } as never);
  const open = (fields: object) => intentMessage({ ...intents.open, ...fields } as never);
  const place = (fields: object) => {
    const { place: command } = orderCommands;
    if (command.type !== 'place') throw new Error('no order');
    return { ...command, terms: { ...command.terms, ...fields } };
  };
  const execution = (fields: object, report: object = {}) => {
    const { execution: input } = exchangeInputs;
    if (input.type !== 'execution') throw new Error('no execution');
    return executionMessage({ ...input, ...fields, report: { ...input.report, ...report } });
  };
  const halt = (tradingState: string) => ({ ...controls.trading_state, tradingState });

  it.each<[string, Schema, readonly string[], (word: string) => unknown]>([
    [
      'a reason to close',
      orderIntentsTopic,
      all<CloseReason>({
        take_profit: true,
        stop_loss: true,
        signal: true,
        reversal: true,
        time_exit: true,
        manual: true,
        halt: true,
        liquidation: true,
      }),
      close,
    ],
    [
      'a time in force',
      orderIntentsTopic,
      all<TimeInForce>({ GTC: true, IOC: true, FOK: true, GTX: true }),
      (timeInForce) => open({ timeInForce }),
    ],
    [
      'an order type',
      ordersTopic,
      all<OrderTerms['orderType']>({ market: true, limit: true, stop_market: true }),
      (orderType) => place({ orderType }),
    ],
    [
      'a leg',
      ordersTopic,
      all<OrderTerms['key']['leg']>({ e: true, t: true, s: true, x: true }),
      (leg) => place({ key: { strategyPositionId: 'A-1', leg, generation: 0 } }),
    ],
    [
      'what a report is about',
      executionsTopic,
      all<OrderExecType>({
        accept: true,
        trade: true,
        partial_fill: true,
        fill: true,
        cancel_reject: true,
        cancel: true,
        replace: true,
        replace_reject: true,
        restate: true,
        reject: true,
        expire: true,
        lose: true,
        resolve_absent: true,
      }),
      (execType) => execution({}, { execType }),
    ],
    [
      'a reason to reject',
      executionsTopic,
      all<RejectReason>({
        WOULD_TRIGGER: true,
        INSUFFICIENT_MARGIN: true,
        BELOW_MINIMUM: true,
        POSITION_TOO_SMALL: true,
        CAPACITY: true,
        SELF_TRADE: true,
        PRICE_OUT_OF_RANGE: true,
        NOT_TRADING: true,
        NOT_SENT: true,
        OTHER: true,
      }),
      (reason) => execution({ reason }),
    ],
    [
      'a trading state',
      controlTopic,
      all<TradingState>({ ACTIVE: true, REDUCING: true, HALTED: true }),
      halt,
    ],
  ])('may be any of them, and no other: %s', (_, schema, words, messageOf) => {
    const refused = words.filter((word) => !accepts(schema, messageOf(word)));
    expect(refused).toEqual([]);
    expect(accepts(schema, messageOf('anything'))).toBe(false);
  });
});

describe('quantities and prices', () => {
  it.each([
    ['an entry of nothing', intentMessage({ ...intents.open, quantity: 0 } as never)],
    ['an entry of less than nothing', intentMessage({ ...intents.open, quantity: -1 } as never)],
    ['a limit of nothing', intentMessage({ ...intents.open, limitPrice: 0 } as never)],
    ['an intent without a number', { ...intentMessage(intents.close), sequence: 0 }],
  ])('are refused: %s', (_, message) => {
    expect(accepts(orderIntentsTopic, message)).toBe(false);
  });

  it.each(['1e5', '-1', '', '1.', '.5', '1,5', ' 1', '0x1', 'NaN', '1'.repeat(25), `0.${'1'.repeat(19)}`])(
    'are refused in a signal: %j',
    (price) => {
      expect(accepts(signalsTopic, { ...signal, price })).toBe(false);
    },
  );
});

interface Inside {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Everything that stands in a message, with the way to it. */
function pathsOf(value: unknown, path: readonly string[] = []): Inside[] {
  const entries = isObject(value) || Array.isArray(value) ? Object.entries(value) : [];
  const inside = entries.flatMap(([name, held]) => pathsOf(held, [...path, name]));
  return path.length === 0 ? inside : [{ path, value }, ...inside];
}

function withChange(
  value: unknown,
  [name, ...path]: readonly string[],
  change: (held: unknown) => unknown,
): unknown {
  if (name === undefined) return change(value);
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>;
  copy[name] = withChange(copy[name], path, change);
  return copy;
}

function without(held: object, name: string): object {
  return Object.fromEntries(Object.entries(held).filter(([each]) => each !== name));
}

function accepts(schema: Schema, message: unknown): boolean {
  return schema.safeParse(message).success;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Elements of lists have numbers for names. */
function isField(path: readonly string[]): boolean {
  return !/^\d+$/.test(path.at(-1)!);
}

/** What the domain's own types may leave out, and what versions before did not say. */
function isOptional(path: readonly string[]): boolean {
  const [parent, name] = path.slice(-2);
  if (name === 'protection' || name === 'execution') return true;
  const ofReport = parent === 'report' && ['cumQty', 'orderQty', 'version', 'closing'].includes(name ?? '');
  return ofReport;
}

/** Instants and spans may come between two milliseconds, distances are any number; all else is counted. */
function isWhole(path: readonly string[], value: unknown): boolean {
  const name = path.at(-1)!;
  const isTime = /^at$|At$|Ms$|[tT]ime$|Since$/.test(name);
  return typeof value === 'number' && !isTime && !['volatility', 'multiple', 'version'].includes(name);
}

function othersThan(value: unknown, path: readonly string[]): unknown[] {
  const isTradeId = path.at(-1) === 'tradeId' || path.at(-1) === 'lastTradeId';
  const others = { text: 'what', number: 7, bigint: 7n, truth: true, list: [], object: {} };
  return Object.entries(others)
    .filter(([type]) => !(type === typeOf(value) || (isTradeId && ['text', 'number'].includes(type))))
    .filter(([type]) => value !== null || type === 'object' || type === 'truth')
    .map(([, other]) => other);
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'boolean':
      return 'truth';
    default:
      return typeof value;
  }
}
