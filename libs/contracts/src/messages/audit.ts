import { z } from 'zod';
import { name, safeInteger, timeMs } from './domain-shapes.js';

/** What was decided, for people who ask later. */
export const auditEntry = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('signal'),
    signalId: name,
    strategyId: name,
    /** Null where the client does not trade the symbol. */
    exchange: name.nullable(),
    symbol: name,
    signal: z.union([z.literal(1), z.literal(0), z.literal(-1)]),
    signalTime: timeMs,
    /** `ordered`: an entry; `closing`: a close, with the entry that follows it if there is one. */
    outcome: z.enum(['ordered', 'closing', 'ignored', 'denied']),
    /** Of what was ignored or denied. */
    code: name.nullable(),
    /** The same for people. */
    text: z.string().nullable(),
    at: timeMs,
  }),
  /** An intent, or an adoption, that the channel refused. */
  z.strictObject({
    type: z.literal('intent_denied'),
    intentId: name,
    strategyId: name,
    exchange: name,
    symbol: name,
    code: name,
    text: z.string(),
    at: timeMs,
  }),
  z.strictObject({
    type: z.literal('alert'),
    code: name,
    exchange: name,
    symbol: name,
    strategyPositionId: name.nullable(),
    leg: z.enum(['e', 't', 's', 'x']).nullable(),
    quantity: safeInteger,
    at: timeMs,
  }),
  /** A command as it was carried out. */
  z.strictObject({
    type: z.literal('control'),
    command: z.enum(['trading_state', 'close', 'retry', 'reconcile', 'adopt']),
    exchange: name.nullable(),
    symbol: name.nullable(),
    strategyId: name.nullable(),
    tradingState: z.enum(['ACTIVE', 'REDUCING', 'HALTED']).nullable(),
    by: name,
    reason: name,
    at: timeMs,
  }),
  /** A message that always failed was put aside. */
  z.strictObject({
    type: z.literal('dead_letter'),
    shard: name,
    messageId: name,
    topic: name,
    error: z.string(),
    at: timeMs,
  }),
]);
export type AuditEntry = z.output<typeof auditEntry>;
