import { z } from 'zod';

/** Answers of the routes that take something in, and of those that tell about the desk itself. */
const time = z.iso.datetime().describe('ISO 8601, UTC.');

export const signalsAcceptedSchema = z.object({
  accepted: z
    .array(
      z.object({
        id: z.string().describe('The one that was given, or the one that was derived.'),
        clients: z
          .array(z.string())
          .describe('Whom it went to: those who follow the strategy in the symbol.'),
        duplicate: z
          .literal(true)
          .describe('The same signal stands earlier in this request; it went out once.')
          .optional(),
      }),
    )
    .describe('In the order of the request. All of it is confirmed by the bus.'),
});
export type SignalsAccepted = z.output<typeof signalsAcceptedSchema>;

const scopeSchema = z.object({
  exchange: z.string().nullable().describe('Null: whatever it is, here and below.'),
  symbol: z.string().nullable(),
  strategyId: z.string().nullable(),
});

const tradingState = z.enum(['ACTIVE', 'REDUCING', 'HALTED']);

export const controlAcceptedSchema = z.object({
  type: z.enum(['trading_state', 'close', 'retry', 'reconcile', 'adopt']),
  state: tradingState.nullable(),
  scope: scopeSchema,
  by: z.string(),
  reason: z.string(),
  addressed: z
    .array(
      z.object({
        client: z.string(),
        id: z.string().describe('Of the message, which everything that follows from it names as its cause.'),
        channels: z
          .array(z.string())
          .describe('What it is about: client.exchange.SYMBOL, as the configuration has them.'),
      }),
    )
    .describe('Every client that it went to. All of it is confirmed by the bus.'),
});
export type ControlAccepted = z.output<typeof controlAcceptedSchema>;

export const statusSchema = z.object({
  version: z.string(),
  mode: z.string().describe('mock, simulation, or live.'),
  startedAt: time,
  deskTime: time.describe("The desk's own time: in mock mode a virtual one."),
  speed: z
    .number()
    .nullable()
    .describe('Virtual seconds to a real one; null: real time, or as fast as it can.'),
  seed: z.number().nullable().describe('Of what is drawn; null: nothing is.'),
  roles: z.array(z.string()),
  clients: z.array(z.string()),
  epochs: z
    .array(z.object({ shard: z.string(), epoch: z.number().int() }))
    .describe('Of the leases that this process holds.'),
  halts: z
    .array(
      z.object({
        client: z.string(),
        scope: scopeSchema,
        state: tradingState,
        by: z.string(),
        reason: z.string(),
        at: time,
      }),
    )
    .nullable()
    .describe('What is not ACTIVE, and who said so. Null where no order-generator runs in the process.'),
  quarantines: z
    .array(
      z.object({
        shard: z.string(),
        key: z.string(),
        messageId: z.string(),
        error: z.string(),
        at: time,
      }),
    )
    .describe('Keys that wait because a message of theirs fails again and again.'),
});
export type StatusResponse = z.output<typeof statusSchema>;

export const healthSchema = z.object({
  status: z.enum(['ok', 'failing']),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })),
});
