import { z } from 'zod';
import { ADAPTERS } from '../adapters.js';
import { booleanField, choiceField, textField } from './fields.js';
import { byId } from './ids.js';

const url = (protocol: 'http' | 'ws', meaning: string) =>
  textField({
    expected: `${protocol}:// or ${protocol}s://, host, and a path where there is one`,
    pattern: new RegExp(`^${protocol}s?://[^?#\\s]+$`),
    default: "the exchange's own",
    meaning,
  }).optional();

const connection = z
  .strictObject({
    adapter: choiceField(ADAPTERS, {
      default: "the exchange's name where that is one of them, else ccxt",
      meaning: 'What speaks to the exchange.',
    }).optional(),
    ccxtId: textField({
      expected: 'an id of ccxt, such as okx',
      pattern: /^[a-z0-9]{1,40}$/,
      default: "the exchange's name",
      meaning: 'How ccxt calls the exchange; of the adapter ccxt only.',
    }).optional(),
    rest: url('http', 'Where its REST API is.'),
    stream: url('ws', 'Where its WebSocket streams are.'),
    testnet: booleanField({
      default: 'false',
      meaning: "Whether it is the exchange's testnet; rest and stream come first.",
    }).optional(),
  })
  .describe('How one exchange is reached.');

/** How exchanges are reached, by their names. */
export const connections = byId(
  'an exchange',
  connection,
  'How exchanges are reached, where that is not the usual way.',
);

export type ConnectionSection = z.output<typeof connection>;
