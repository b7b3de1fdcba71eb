import { z } from 'zod';
import { DEFAULTS } from '../defaults.js';
import { secretReference } from '../secret-reference.js';
import { choice } from './choice.js';
import { booleanField, decimalField, textField } from './fields.js';
import { byId, idList } from './ids.js';
import { orderParams } from './order-params.js';
import { clientRiskParams, strategyRiskParams } from './risk-params.js';

const secret = (meaning: string) =>
  textField({
    expected: 'a reference such as env:IKENNA_BINANCE_KEY or file:/run/secrets/key, never the secret itself',
    type: 'reference',
    meaning,
    read: secretReference,
    secret: true,
  }).optional();

const account = z
  .strictObject({
    accountBalance: decimalField({
      above: 0,
      unit: 'quote currency',
      default: 'unknown',
      meaning: 'Starting balance. Without it only fixedQuantity and fixedNotional can size entries.',
    })
      .nullable()
      .optional(),
    feeMakerBps: decimalField({
      atLeast: -100,
      atMost: 1000,
      unit: 'basis points',
      default: DEFAULTS.feeMakerBps,
      meaning: 'Fee of resting limit orders; below 0 for a rebate.',
    }).optional(),
    feeTakerBps: decimalField({
      atLeast: 0,
      atMost: 1000,
      unit: 'basis points',
      default: DEFAULTS.feeTakerBps,
      meaning: 'Fee of market, stop and marketable orders.',
    }).optional(),
    hedgeMode: booleanField({
      default: String(DEFAULTS.hedgeMode),
      meaning: 'Whether the account keeps a LONG and a SHORT position of a symbol side by side.',
    }).optional(),
    allowSynthetic: booleanField({
      default: String(DEFAULTS.allowSynthetic),
      meaning:
        'Whether stops may be watched here, by this process and its prices, where the exchange holds none or no more of them. Without it such a position is closed. Historical mode ignores it.',
    }).optional(),
    symbols: idList('a symbol', 'Symbols that are traded here.', 'every symbol that has bars')
      .nullable()
      .optional(),
    apiKey: secret('Where the API key is found. Historical mode ignores it.'),
    apiSecret: secret('Where the API secret is found. Historical mode ignores it.'),
    apiPassphrase: secret(
      'Where the passphrase of the API key is found, at exchanges that want one. Historical mode ignores it.',
    ),
    commandKey: secret(
      'Where the key is found that signs the orders to this account. Without one they go unsigned.',
    ),
    paperTrading: booleanField({
      default: 'false',
      meaning: "Whether this is the exchange's paper account. Historical mode ignores it.",
    }).optional(),
  })
  .describe('One account: the client at this exchange.');

const overrides = z
  .strictObject({
    riskParams: strategyRiskParams.optional(),
    orderParams: orderParams.optional(),
  })
  .describe('What this strategy has otherwise than its client.');

const strategies = choice(
  ({ kind }) => kind === 'list',
  idList('a strategy', 'Strategies that the client follows.', 'every strategy'),
  byId('a strategy', overrides, 'Strategies that the client follows, with their overrides.'),
  {
    expected: 'a list of strategy ids, or a mapping from strategy ids to overrides',
    meaning: 'The strategies that the client follows: a list of ids, or a mapping from ids to overrides.',
  },
);

/** One of `clients`. */
export const client = z
  .strictObject({
    exchanges: byId('an exchange', account, "The client's accounts, one per exchange."),
    commandKey: secret(
      "Where the key is found that signs the client's order intents. Without one they go unsigned.",
    ),
    riskParams: clientRiskParams.optional(),
    orderParams: orderParams.optional(),
    strategies: strategies.optional(),
    routing: byId(
      'an exchange',
      decimalField({
        atLeast: 0,
        unit: 'weight',
        default: 'off',
        meaning:
          'Share of a signal that goes to the exchange: its weight over the sum of weights of those that list the symbol.',
      }),
      'Splits a signal over the exchanges by weight. Off: every exchange takes the whole signal.',
    )
      .nullable()
      .optional(),
    smartRouting: booleanField({
      default: String(DEFAULTS.smartRouting),
      meaning:
        'Splits a signal over the exchanges that list the symbol by what it costs there at the moment: order books as far as they are known, taker fees, and what limits leave. Not with routing, and not in historical mode, which has no order books.',
    }).optional(),
  })
  .describe('Whose money, where, on which strategies.');

export type AccountSection = z.output<typeof account>;
export type ClientSection = z.output<typeof client>;
export type OverridesSection = z.output<typeof overrides>;
