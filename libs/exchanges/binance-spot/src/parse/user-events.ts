import { decimalText, id, read, side, timeMs, wordOf, type Raw } from '@bowline/exchange-binance-common';
import { z } from 'zod';
import { orderStatus } from './rest.js';

const executionType = wordOf([
  'NEW',
  'CANCELED',
  'REPLACED',
  'REJECTED',
  'TRADE',
  'EXPIRED',
  'TRADE_PREVENTION',
]);

const executionReport = z
  .looseObject({
    E: timeMs,
    s: z.string(),
    c: z.string(),
    C: z.string().nullish(),
    S: side,
    q: decimalText,
    x: executionType,
    X: orderStatus,
    i: id,
    l: decimalText,
    z: decimalText,
    L: decimalText,
    n: decimalText.nullish(),
    N: z.string().nullish(),
    T: timeMs,
    /** -1 where it is of no trade. */
    t: z.int(),
    m: z.boolean(),
  })
  .transform((raw) => ({
    type: 'order' as const,
    raw: raw as Raw,
    at: raw.T,
    symbol: raw.s,
    // In the report of a cancel `c` is the id of the cancel.
    clientOrderId: raw.C === undefined || raw.C === null || raw.C === '' ? raw.c : raw.C,
    orderId: raw.i,
    side: raw.S,
    execType: raw.x,
    status: raw.X,
    orderQty: raw.q,
    cumQty: raw.z,
    trade: {
      tradeId: raw.t,
      qty: raw.l,
      price: raw.L,
      fee: raw.n ?? null,
      feeAsset: raw.N ?? null,
      maker: raw.m,
    },
  }));
export type OrderUpdate = z.output<typeof executionReport>;

const accountPosition = z
  .looseObject({
    u: timeMs,
    B: z.array(z.looseObject({ a: z.string(), f: decimalText, l: decimalText })),
  })
  .transform((raw) => ({
    type: 'account' as const,
    raw: raw as Raw,
    at: raw.u,
    balances: raw.B.map(({ a, f, l }) => ({ asset: a, free: f, locked: l })),
  }));
export type AccountUpdate = z.output<typeof accountPosition>;

const balanceUpdate = z
  .looseObject({ a: z.string(), d: decimalText, T: timeMs })
  .transform((raw) => ({ type: 'transfer' as const, raw: raw as Raw, at: raw.T, asset: raw.a, by: raw.d }));

const listStatus = z
  .looseObject({ s: z.string(), g: id, L: z.string() })
  .transform((raw) => ({ type: 'list' as const, raw: raw as Raw, symbol: raw.s, orderListId: raw.g }));

const streamTerminated = z.looseObject({}).transform((raw) => ({ type: 'over' as const, raw: raw as Raw }));

const EVENTS = {
  executionReport,
  outboundAccountPosition: accountPosition,
  balanceUpdate,
  listStatus,
  eventStreamTerminated: streamTerminated,
} as const;

export type UserEvent =
  | z.output<(typeof EVENTS)[keyof typeof EVENTS]>
  /** The exchange has more to say than is known here. */
  | { readonly type: 'unknown'; readonly name: string; readonly raw: Raw };

const named = z.looseObject({ e: z.string() });
const wrapped = z.looseObject({ event: z.looseObject({}) });

/** An event of the user stream. Throws a PayloadError where an event that is known has another shape. */
export function userEvent(value: unknown): UserEvent {
  const envelope = wrapped.safeParse(value);
  const raw = read('an event', named, envelope.success ? envelope.data.event : value);
  if (!Object.hasOwn(EVENTS, raw.e)) return { type: 'unknown', name: raw.e, raw };
  return read(raw.e, EVENTS[raw.e as keyof typeof EVENTS], raw);
}

/** Answers to requests over the line. Null: it is none. */
export function answerOf(value: unknown): z.output<typeof answer> | null {
  const parsed = answer.safeParse(value);
  return parsed.success ? parsed.data : null;
}

const answer = z.looseObject({
  id: z.union([z.string(), z.int()]),
  status: z.int(),
  error: z.looseObject({ code: z.int(), msg: z.string() }).optional(),
});
