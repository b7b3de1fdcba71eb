import type {
  CloseIntent,
  Distance,
  Execution,
  ExecutionPlan,
  ExchangePositionReport,
  ForcedClose,
  FundingCharged,
  ExternalFill,
  LegPlan,
  OpenIntent,
  OrderExecution,
  OrderKey,
  OrderTerms,
  PositionReport,
  ProtectionPlan,
  ReverseIntent,
} from '@bowline/domain';
import { z } from 'zod';

/** The domain's own types as they arrive from outside: what the compiler knows of them, checked at the door. */
export const safeInteger = z.number().int();
/** Names of at most this many characters are all that configuration and signals allow, and then some. */
export const name = z.string().min(1).max(256);
export const timeMs = z.number();
const positiveInteger = safeInteger.positive();
const naturalNumber = safeInteger.nonnegative();
export const side = z.enum(['BUY', 'SELL']);
export const positionSide = z.enum(['LONG', 'SHORT']);
const timeInForce = z.enum(['GTC', 'IOC', 'FOK', 'GTX']);
export const tradeId = z.union([z.string().max(128), safeInteger]);
export const closeReason = z.enum([
  'take_profit',
  'stop_loss',
  'signal',
  'reversal',
  'time_exit',
  'manual',
  'halt',
  'liquidation',
]);

const decimalShape = z.strictObject({ units: z.bigint(), scale: naturalNumber });
const distance: z.ZodType<Distance> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('sd'), multiple: z.number() }),
  z.strictObject({ kind: z.literal('pct'), percent: decimalShape }),
]);
const legPlan: z.ZodType<LegPlan> = z.union([
  z.strictObject({ kind: z.literal('price'), price: positiveInteger }),
  distance,
]);
export const protectionPlan: z.ZodType<ProtectionPlan> = z.strictObject({
  takeProfit: legPlan.nullable(),
  stopLoss: legPlan.nullable(),
  volatility: z.number().nullable(),
  trailingStop: distance.nullable(),
  breakEven: distance.nullable(),
  timeExitMs: z.number().nullable(),
});

const executionPlan: z.ZodType<ExecutionPlan> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('twap'), durationMs: positiveInteger, slices: positiveInteger }),
  z.strictObject({
    type: z.literal('vwap'),
    durationMs: positiveInteger,
    profile: z.array(positiveInteger).nonempty(),
  }),
  z.strictObject({ type: z.literal('iceberg'), displayPercent: positiveInteger }),
  z.strictObject({
    type: z.literal('pov'),
    percent: positiveInteger,
    intervalMs: positiveInteger,
    durationMs: positiveInteger,
  }),
  z.strictObject({
    type: z.literal('chunked'),
    chunks: positiveInteger,
    quoting: z.enum(['top_of_book', 'mid']),
    quoteMs: naturalNumber,
    repriceMs: positiveInteger,
    repriceBps: naturalNumber,
    attempts: naturalNumber,
    retryMs: naturalNumber,
  }),
]);

export const openIntent: z.ZodType<OpenIntent> = z.strictObject({
  type: z.literal('open'),
  intentId: name,
  strategyId: name,
  side: positionSide,
  quantity: positiveInteger,
  orderType: z.enum(['market', 'limit']),
  limitPrice: positiveInteger.nullable(),
  timeInForce,
  execution: executionPlan.optional(),
  scaleIn: z.boolean(),
  plan: protectionPlan,
  referencePrice: positiveInteger,
  at: timeMs,
  expiresAt: timeMs.nullable(),
}) as z.ZodType<OpenIntent>;
export const closeIntent: z.ZodType<CloseIntent> = z.strictObject({
  type: z.literal('close'),
  intentId: name,
  strategyId: name,
  reason: closeReason,
  at: timeMs,
});
export const reverseIntent: z.ZodType<ReverseIntent> = z.strictObject({
  type: z.literal('reverse'),
  intentId: name,
  strategyId: name,
  open: openIntent,
  at: timeMs,
});

export const orderKey: z.ZodType<OrderKey> = z.strictObject({
  strategyPositionId: name,
  leg: z.enum(['e', 't', 's', 'x']),
  generation: naturalNumber,
});
export const orderTerms: z.ZodType<OrderTerms> = z.strictObject({
  key: orderKey,
  side,
  positionSide,
  orderType: z.enum(['market', 'limit', 'stop_market']),
  orderQty: positiveInteger,
  limitPrice: positiveInteger.nullable(),
  stopPrice: positiveInteger.nullable(),
  timeInForce,
  reduceOnly: z.boolean(),
  execution: executionPlan.optional(),
}) as z.ZodType<OrderTerms>;

const orderExecution: z.ZodType<OrderExecution> = z.strictObject({
  execType: z.enum([
    'accept',
    'trade',
    'partial_fill',
    'fill',
    'cancel_reject',
    'cancel',
    'replace',
    'replace_reject',
    'restate',
    'reject',
    'expire',
    'lose',
    'resolve_absent',
  ]),
  tradeId: tradeId.nullable(),
  lastQty: naturalNumber,
  lastPx: naturalNumber,
  cumQty: naturalNumber.nullable().optional(),
  orderQty: naturalNumber.nullable().optional(),
  version: z.number().nullable().optional(),
}) as z.ZodType<OrderExecution>;
export const rejectReason = z.enum([
  'WOULD_TRIGGER',
  'INSUFFICIENT_MARGIN',
  'BELOW_MINIMUM',
  'POSITION_TOO_SMALL',
  'CAPACITY',
  'SELF_TRADE',
  'PRICE_OUT_OF_RANGE',
  'NOT_TRADING',
  'NOT_SENT',
  'OTHER',
]);
export const execution: z.ZodType<Execution> = z.strictObject({
  type: z.literal('execution'),
  key: orderKey,
  side,
  report: orderExecution,
  fee: z.bigint(),
  feeBaseLots: naturalNumber,
  reason: rejectReason.nullable(),
  at: timeMs,
});
export const exchangePosition: z.ZodType<ExchangePositionReport> = z.strictObject({
  type: z.literal('position_report'),
  signedQty: safeInteger,
  lastTradeId: tradeId.nullable(),
  at: timeMs,
});
export const externalFill: z.ZodType<ExternalFill> = z.strictObject({
  type: z.literal('external_fill'),
  tradeId,
  signedQty: safeInteger,
  at: timeMs,
});
export const forcedClose: z.ZodType<ForcedClose> = z.strictObject({
  type: z.literal('forced_close'),
  tradeId,
  side: positionSide,
  quantity: positiveInteger,
  price: positiveInteger,
  fee: z.bigint(),
  at: timeMs,
});
export const fundingCharged: z.ZodType<FundingCharged> = z.strictObject({
  type: z.literal('funding'),
  price: positiveInteger,
  rateUnits: z.bigint(),
  rateScale: naturalNumber,
  at: timeMs,
});

export const positionReport: z.ZodType<PositionReport> = z.strictObject({
  strategyId: name,
  side: positionSide,
  openQty: naturalNumber,
  entryLeavesQty: naturalNumber,
  closing: z.boolean().optional(),
  closed: z.strictObject({ netPnl: z.bigint(), realizedPnl: z.bigint(), traded: z.boolean() }).nullable(),
}) as z.ZodType<PositionReport>;
