import {
  decimalText,
  id,
  idOrNull,
  read,
  side,
  timeMs,
  tradeId,
  type Raw,
  wordOf,
} from '@bowline/exchange-binance-common';
import { z } from 'zod';
import { algoStatus, orderStatus, positionSide } from './fields.js';

const executionType = wordOf([
  'NEW',
  'CANCELED',
  'CALCULATED',
  'EXPIRED',
  'TRADE',
  'AMENDMENT',
  'REJECTED',
  'EXPIRED_IN_MATCH',
]);

const orderTradeUpdate = z
  .looseObject({
    T: timeMs,
    o: z.looseObject({
      s: z.string(),
      c: z.string(),
      S: side,
      q: decimalText,
      p: decimalText,
      x: executionType,
      X: orderStatus,
      i: id,
      l: decimalText,
      z: decimalText,
      L: decimalText,
      N: z.string().nullish(),
      n: decimalText.nullish(),
      T: timeMs,
      t: tradeId,
      m: z.boolean(),
      ps: positionSide,
      /** Why it expired, as a number. */
      er: z.union([z.string(), z.int()]).optional(),
    }),
  })
  .transform((raw) => {
    const { o } = raw;
    return {
      type: 'order' as const,
      raw: raw as Raw,
      at: raw.T,
      symbol: o.s,
      clientOrderId: o.c,
      orderId: o.i,
      side: o.S,
      positionSide: o.ps,
      execType: o.x,
      status: o.X,
      orderQty: o.q,
      price: o.p,
      cumQty: o.z,
      expiryReason: o.er === undefined ? null : Number(o.er),
      trade: {
        tradeId: o.t,
        qty: o.l,
        price: o.L,
        fee: o.n ?? null,
        feeAsset: o.N ?? null,
        maker: o.m,
        at: o.T,
      },
    };
  });
export type OrderUpdate = z.output<typeof orderTradeUpdate>;

const tradeLite = z
  .looseObject({
    T: timeMs,
    s: z.string(),
    c: z.string(),
    S: side,
    i: id,
    l: decimalText,
    L: decimalText,
    t: tradeId,
    m: z.boolean(),
  })
  .transform((raw) => ({
    type: 'trade_lite' as const,
    raw: raw as Raw,
    symbol: raw.s,
    clientOrderId: raw.c,
    orderId: raw.i,
    tradeId: raw.t,
  }));

const accountUpdate = z
  .looseObject({
    T: timeMs,
    E: timeMs,
    a: z.looseObject({
      m: wordOf([
        'ORDER',
        'FUNDING_FEE',
        'MARGIN_TYPE_CHANGE',
        'DEPOSIT',
        'WITHDRAW',
        'ADJUSTMENT',
        'ADMIN_DEPOSIT',
        'ASSET_TRANSFER',
      ]),
      B: z.array(z.looseObject({ a: z.string(), wb: decimalText })).default([]),
      P: z
        .array(
          z.looseObject({
            s: z.string(),
            pa: decimalText,
            ep: decimalText,
            mt: z.string(),
            ps: positionSide,
          }),
        )
        .default([]),
    }),
  })
  .transform((raw) => ({
    type: 'account' as const,
    raw: raw as Raw,
    at: raw.T,
    reason: raw.a.m,
    balances: raw.a.B.map(({ a, wb }) => ({ asset: a, balance: wb })),
    positions: raw.a.P.map(({ ep, mt, pa, ps, s }) => ({
      symbol: s,
      quantity: pa,
      entryPrice: ep,
      marginType: mt,
      positionSide: ps,
    })),
  }));
export type AccountUpdate = z.output<typeof accountUpdate>;

const algoUpdate = z
  .looseObject({
    T: timeMs,
    o: z.looseObject({
      caid: z.string(),
      aid: id,
      s: z.string(),
      S: side,
      ps: positionSide,
      q: decimalText,
      X: algoStatus,
      ai: idOrNull,
      aq: decimalText.optional(),
      tp: decimalText.optional(),
      rm: z.string().optional(),
    }),
  })
  .transform((raw) => {
    const { o } = raw;
    return {
      type: 'algo' as const,
      raw: raw as Raw,
      at: raw.T,
      symbol: o.s,
      clientAlgoId: o.caid,
      algoId: o.aid,
      side: o.S,
      status: o.X,
      orderQty: o.q,
      cumQty: o.aq ?? { units: 0n, scale: 0 },
      actualOrderId: o.ai,
    };
  });
export type AlgoUpdate = z.output<typeof algoUpdate>;

const configUpdate = z
  .looseObject({
    T: timeMs,
    E: timeMs,
    ac: z.looseObject({ s: z.string(), l: z.int() }).optional(),
    ai: z.looseObject({ j: z.boolean() }).optional(),
  })
  .transform((raw) => ({
    type: 'config' as const,
    raw: raw as Raw,
    at: raw.T,
    leverage: raw.ac === undefined ? null : { symbol: raw.ac.s, leverage: raw.ac.l },
    multiAssets: raw.ai === undefined ? null : raw.ai.j,
  }));

const marginCall = z
  .looseObject({ E: timeMs, p: z.array(z.looseObject({ s: z.string() })).default([]) })
  .transform((raw) => ({ type: 'margin_call' as const, raw: raw as Raw, symbols: raw.p.map(({ s }) => s) }));

const listenKeyExpired = z
  .looseObject({ listenKey: z.string().optional() })
  .transform((raw) => ({ type: 'listen_key_expired' as const, raw: raw as Raw }));

const EVENTS = {
  ORDER_TRADE_UPDATE: orderTradeUpdate,
  TRADE_LITE: tradeLite,
  ACCOUNT_UPDATE: accountUpdate,
  ALGO_UPDATE: algoUpdate,
  ACCOUNT_CONFIG_UPDATE: configUpdate,
  MARGIN_CALL: marginCall,
  listenKeyExpired,
} as const;

export type UserEvent =
  | z.output<(typeof EVENTS)[keyof typeof EVENTS]>
  /** The exchange has more to say than is known here. */
  | { readonly type: 'unknown'; readonly name: string; readonly raw: Raw };

const named = z.looseObject({ e: z.string() });

/** An event of the user stream. Throws a PayloadError where an event that is known has another shape. */
export function userEvent(value: unknown): UserEvent {
  const raw = read('an event', named, value);
  if (!Object.hasOwn(EVENTS, raw.e)) return { type: 'unknown', name: raw.e, raw };
  return read(raw.e, EVENTS[raw.e as keyof typeof EVENTS], raw);
}
