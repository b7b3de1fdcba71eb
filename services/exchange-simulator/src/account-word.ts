import { orderKey, positionSide, side } from '@bowline/contracts';
import type { AccountWord, LineWord } from '@bowline/exchange-simulator';
import type { ExchangeRequest } from '@bowline/ports';
import { z } from 'zod';

/**
 * What may come in on a line, checked. Quantities and prices that make no order pass: refusing them is the exchange's
 * business, and it says so in a report.
 */
const text = z.string().min(1).max(256);
const at = z.number();
const whole = z.int();

const about = { clientOrderId: text, symbol: text, at };
const request: z.ZodType<ExchangeRequest> = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('place'),
    ...about,
    terms: z.strictObject({
      key: orderKey,
      side,
      positionSide,
      orderType: z.enum(['market', 'limit', 'stop_market']),
      orderQty: whole,
      limitPrice: whole.nullable(),
      stopPrice: whole.nullable(),
      timeInForce: z.enum(['GTC', 'IOC', 'FOK', 'GTX']),
      reduceOnly: z.boolean(),
    }),
    expiresAt: z.number().nullable(),
    ocoGroup: text.nullable(),
  }),
  z.strictObject({ type: z.literal('cancel'), ...about }),
  z.strictObject({ type: z.literal('amend'), ...about, orderQty: whole, price: whole.nullable() }),
  z.strictObject({ type: z.literal('query_order'), ...about }),
  z.strictObject({ type: z.literal('query_position'), symbol: text, afterTradeId: whole, at }),
]);

const ping = z.strictObject({ type: z.literal('ping') });
const refused = z.strictObject({ type: z.literal('refused'), detail: z.string() });

/** What an account may say. */
export const accountWord: z.ZodType<AccountWord | Exclude<LineWord, { type: 'pong' }>> = z.discriminatedUnion(
  'type',
  [z.strictObject({ type: z.literal('request'), number: whole.positive(), request }), ping, refused],
);

/** What is wrong with a word, in one line. */
export function problemOf(error: z.ZodError): string {
  return error.issues
    .map(({ message, path }) => [path.join('.'), message].filter(Boolean).join(': '))
    .join('; ');
}
