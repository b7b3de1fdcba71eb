import { z } from 'zod';
import { DEFAULTS } from '../defaults.js';
import { execution } from './execution.js';
import { booleanField, choiceField, decimalField } from './fields.js';

/** How large an entry is: exactly one of these. */
export const sizing = z
  .strictObject({
    fixedQuantity: decimalField({
      above: 0,
      unit: 'base units',
      meaning: 'Every entry is this quantity.',
    }).optional(),
    fixedNotional: decimalField({
      above: 0,
      unit: 'quote currency',
      meaning: `Every entry is worth this amount. Where no sizing is set at all: ${DEFAULTS.fixedNotional}, with a warning.`,
    }).optional(),
    percentOfBalance: decimalField({
      above: 0,
      unit: 'percent: 2 means 2 %',
      meaning:
        "Every entry is worth this share of the account's balance (accountBalance + netPnl); with routing, a signal is worth this share of the balance of all the client's accounts.",
    }).optional(),
    riskPerTrade: decimalField({
      above: 0,
      atMost: 100,
      unit: 'percent: 2 means 2 %',
      meaning:
        "Every entry loses this share of the account's balance at its stop: balance x share / |entry - stop|; with routing, a signal loses this share of the balance of all the client's accounts.",
    }).optional(),
  })
  .describe('How large an entry is; exactly one of its keys.');

/** `orderParams` of a client or of a strategy override. */
export const orderParams = z
  .strictObject({
    defaultOrderType: choiceField(['market', 'limit'], {
      default: DEFAULTS.orderType,
      meaning:
        'Order type of entries. The price of a signal is then the limit, or what slippage of a market order is measured from.',
    }).optional(),
    limitOffsetBps: decimalField({
      atLeast: 0,
      below: 10_000,
      unit: 'basis points',
      default: DEFAULTS.limitOffsetBps,
      meaning: 'A limit entry rests this far behind the acting price.',
    }).optional(),
    timeInForce: choiceField(['GTC', 'IOC', 'FOK', 'GTX'], {
      default: DEFAULTS.timeInForce,
      meaning:
        'How long a limit entry works: until canceled, at once in part or whole, at once whole, or only as maker.',
    }).optional(),
    maxSlippageBps: decimalField({
      atLeast: 0,
      unit: 'basis points',
      meaning: 'A market entry that would slip more is denied.',
    })
      .nullable()
      .optional(),
    entryPoint: choiceField(['open', 'close'], {
      default: DEFAULTS.entryPoint,
      meaning: 'A signal acts at the open of the next bar, or at the close of the last one.',
    }).optional(),
    mode: choiceField(['longOnly', 'longShort'], {
      default: DEFAULTS.mode,
      meaning: 'Whether a signal of -1 opens a short position, or only closes the long one.',
    }).optional(),
    scaleIn: booleanField({
      default: String(DEFAULTS.scaleIn),
      meaning: 'Whether a repeated signal of the same side adds to the position.',
    }).optional(),
    sizing: sizing.optional(),
    execution: execution.nullable().optional(),
  })
  .describe('What entries look like, and how large they are.');

export type Sizings = z.output<typeof sizing>;
export type OrderParams = z.output<typeof orderParams>;
