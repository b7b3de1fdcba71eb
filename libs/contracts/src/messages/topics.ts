import type {
  ExchangePositionReport,
  Execution,
  ExternalFill,
  ForcedClose,
  FundingCharged,
  Intent,
  OrderKey,
  OrderTerms,
  PositionReport,
} from '@bowline/domain';
import { z } from 'zod';
import {
  closeIntent,
  execution,
  exchangePosition,
  externalFill,
  forcedClose,
  fundingCharged,
  name,
  openIntent,
  orderKey,
  orderTerms,
  positionReport,
  positionSide,
  reverseIntent,
  safeInteger,
  timeMs,
} from './domain-shapes.js';
import type { ChannelName } from './names.js';
import { auditEntry } from './audit.js';
import { fillView, orderView, positionView, sharesView, tradeView } from './views.js';

export const channelName: z.ZodType<ChannelName> = z.strictObject({
  clientId: name,
  exchange: name,
  symbol: name,
});

const decimalText = z.string().regex(/^\d{1,24}(\.\d{1,18})?$/);

/** `signals.<client>`, key: the client. A strategy's wish, for one client that follows it. */
export const signalsTopic = z.strictObject({
  /** Given by the sender, or derived from what it says. */
  id: name,
  strategyId: name,
  symbol: name,
  signal: z.union([z.literal(1), z.literal(0), z.literal(-1)]),
  /** The strategy's own time: orders its signals. */
  time: timeMs,
  /** Limit price, or what slippage is measured against. Decimal text, as are the others. */
  price: decimalText.nullable(),
  takeProfit: decimalText.nullable(),
  stopLoss: decimalText.nullable(),
  /** Standard deviation of log returns per bar; replaces the computed one. */
  volatility: z.number().positive().nullable(),
  /** Base units; replaces the computed one. */
  quantity: decimalText.nullable(),
  /** After this it does not enter any more. */
  expiresAt: timeMs.nullable(),
});
export type ClientSignal = z.output<typeof signalsTopic>;

/** `order-intents.<client>`, key: the channel. */
export const orderIntentsTopic = z.strictObject({
  channel: channelName,
  intent: z.union([openIntent, closeIntent, reverseIntent]) as z.ZodType<Intent>,
  /** Numbers the intents of one strategy in this channel, from 1; `positions` tells which one it knows of. */
  sequence: safeInteger.positive(),
});
export type OrderIntentMessage = z.output<typeof orderIntentsTopic>;

/** `orders.<account>`, key: the channel. */
export const ordersTopic = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('place'),
    channel: channelName,
    strategyId: name,
    terms: orderTerms as z.ZodType<OrderTerms>,
    /** An opening order is refused after this; null: never, which is what everything else has. */
    expiresAt: timeMs.nullable(),
    at: timeMs,
  }),
  z.strictObject({
    type: z.literal('cancel'),
    channel: channelName,
    strategyId: name,
    key: orderKey as z.ZodType<OrderKey>,
    at: timeMs,
  }),
  z.strictObject({
    type: z.literal('replace'),
    channel: channelName,
    strategyId: name,
    key: orderKey as z.ZodType<OrderKey>,
    terms: orderTerms as z.ZodType<OrderTerms>,
    at: timeMs,
  }),
  /** Nothing is to be done: what was EXTERNAL's is the strategy's now, because a person has said so. */
  z.strictObject({
    type: z.literal('adopted'),
    channel: channelName,
    strategyId: name,
    strategyPositionId: name,
    signedQty: safeInteger,
    by: name,
    reason: name,
    at: timeMs,
  }),
  /** The channel's oco-manager lives. It leaves no trace in any journal. */
  z.strictObject({ type: z.literal('heartbeat'), channel: channelName, at: timeMs }),
]);
export type OrdersMessage = z.output<typeof ordersTopic>;
export type HeartbeatMessage = Extract<OrdersMessage, { readonly type: 'heartbeat' }>;
export type OrderCommandMessage = Exclude<OrdersMessage, HeartbeatMessage>;

/** What an execution-gateway tells a channel. */
export type ExchangeInput = Execution | ExchangePositionReport | ExternalFill | ForcedClose | FundingCharged;

const exchangeInput = z.discriminatedUnion('type', [
  execution,
  exchangePosition,
  externalFill,
  forcedClose,
  fundingCharged,
] as never) as unknown as z.ZodType<ExchangeInput>;

/** `executions.<account>`, key: the channel. What the exchange says, in the channel's own order. */
export const executionsTopic = z.strictObject({ channel: channelName, input: exchangeInput });
export type ExecutionMessage = z.output<typeof executionsTopic>;

/** `positions.<client>`, key: the channel. What has become of the channel, after every change of it. */
export const positionsTopic = z.strictObject({
  channel: channelName,
  at: timeMs,
  /** For the order-generator: one a strategy that was touched. */
  reports: z.array(
    z.strictObject({
      report: positionReport as z.ZodType<PositionReport>,
      /** The last intent of this strategy that the channel has dealt with; 0: none. */
      sequence: safeInteger.nonnegative(),
    }),
  ),
  /** Strategy positions that were touched, as they are now; the last time with status `closed`. */
  positions: z.array(positionView),
  trades: z.array(tradeView),
  orders: z.array(orderView),
  fills: z.array(fillView),
  shares: sharesView,
});
export type PositionsMessage = z.output<typeof positionsTopic>;

/** What of it decides something: nobody checks the rest who does not read it. */
export const positionReports = z.object({
  channel: positionsTopic.shape.channel,
  reports: positionsTopic.shape.reports,
});
export type PositionReportsMessage = z.output<typeof positionReports>;

/** `accounts.<client>`, key: the account. */
export const accountsTopic = z.strictObject({
  clientId: name,
  exchange: name,
  asset: name,
  /** Cash; null: the exchange has not said yet. */
  balance: z.bigint().nullable(),
  unknownOrders: safeInteger.nonnegative(),
  openOrders: safeInteger.nonnegative(),
  at: timeMs,
});
export type AccountMessage = z.output<typeof accountsTopic>;

/** What a command is about: everything of the client that matches. Null: whatever it is. */
export const controlScope = z.strictObject({
  exchange: name.nullable(),
  symbol: name.nullable(),
  strategyId: name.nullable(),
});
export type ControlScope = z.output<typeof controlScope>;

/** One strategy in one channel of the client. */
export const adoptionScope = z.strictObject({ exchange: name, symbol: name, strategyId: name });
export type AdoptionScope = z.output<typeof adoptionScope>;

/** `control.<client>`, key: the client. What a person, or a rule, tells the desk to do. */
export const controlTopic = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('trading_state'),
    clientId: name,
    scope: controlScope,
    tradingState: z.enum(['ACTIVE', 'REDUCING', 'HALTED']),
    by: name,
    reason: name,
  }),
  /** Closes what matches; always allowed. */
  z.strictObject({
    type: z.literal('close'),
    clientId: name,
    scope: controlScope,
    by: name,
    reason: name,
  }),
  /** What was given up is tried again. */
  z.strictObject({
    type: z.literal('retry'),
    clientId: name,
    scope: controlScope,
    by: name,
    reason: name,
  }),
  /** The exchanges are asked at once for trades and positions, and the channels compare. Of no one strategy. */
  z.strictObject({
    type: z.literal('reconcile'),
    clientId: name,
    scope: controlScope,
    by: name,
    reason: name,
  }),
  /** Gives the strategy what is EXTERNAL in the channel. Decimal texts. */
  z.strictObject({
    type: z.literal('adopt'),
    clientId: name,
    scope: adoptionScope,
    side: positionSide,
    quantity: decimalText,
    /** Entry price, for which `by` vouches. */
    price: decimalText,
    /** Null: none; of a position that the strategy has already, the one that it has. */
    takeProfit: decimalText.nullable(),
    stopLoss: decimalText.nullable(),
    by: name,
    reason: name,
  }),
]);
export type ControlMessage = z.output<typeof controlTopic>;
export type AdoptMessage = Extract<ControlMessage, { readonly type: 'adopt' }>;

/**
 * The topic of what a reader of the bus could not take, key: the group. One for the whole desk: whose it is may be what
 * is wrong with it.
 */
export const DEAD_LETTERS = 'dead-letters';

export const deadLettersTopic = z.strictObject({
  /** As it came. */
  message: z.strictObject({
    topic: z.string(),
    key: z.string(),
    id: z.string(),
    source: z.string(),
    epoch: safeInteger,
    time: timeMs,
    cause: z.string().nullable(),
    traceparent: z.string().nullable(),
    data: z.string(),
  }),
  group: z.string(),
  /** How often it had been handed over. */
  attempts: safeInteger.positive(),
  reason: z.string(),
});
export type DeadLetterMessage = z.output<typeof deadLettersTopic>;

/** `audit.<client>`, key: the shard that tells. What was decided and shows in no other topic. */
export const auditTopic = z.strictObject({ clientId: name, entries: z.array(auditEntry) });
export type AuditMessage = z.output<typeof auditTopic>;
