import { z } from 'zod';
import { secretReference } from '../secret-reference.js';
import { booleanField, choiceField, textField } from './fields.js';
import { byId, idList } from './ids.js';

const secrets = z.array(
  textField({
    expected: 'a reference such as env:TREND_SECRET or file:/run/secrets/trend, never the secret itself',
    type: 'list of references',
    meaning:
      'Where the secrets of the source are found, one or two: while one replaces the other, both are taken.',
    read: secretReference,
    secret: true,
  }),
);

const strategies = idList('a strategy', 'The only strategies that it may send signals of.', 'every strategy');

const source = z
  .strictObject({
    kind: choiceField(['standard', 'tradingview'], {
      default: 'standard',
      meaning:
        'How it proves who it is: with the signature of Standard Webhooks, or, as TradingView cannot sign, with the secret in the body.',
    }).optional(),
    secrets,
    strategies: strategies.optional(),
  })
  .describe('One sender of signals by HTTP.');

const file = z.strictObject({
  path: textField({ expected: 'a file name', meaning: 'The file; it need not be there yet.' }),
  format: choiceField(['jsonl', 'csv'], {
    meaning: 'One JSON signal a line, or columns under a first line with their names.',
  }),
  strategies: strategies.optional(),
});

const subscription = z.strictObject({
  topic: textField({
    expected: '1 to 128 letters, digits, dots, dashes or underscores',
    meaning: "The topic; none of Bowline's own.",
    pattern: /^[A-Za-z0-9._-]{1,128}$/,
  }),
  strategies: strategies.optional(),
});

/** Where a running desk gets its signals from. */
export const ingest = z
  .strictObject({
    open: booleanField({
      default: 'true where no source is configured and only this machine reaches the port',
      meaning: 'Whether signals are taken from whoever reaches the port, unsigned.',
    }).optional(),
    sources: byId('a source', source, 'Senders of signals by HTTP.').optional(),
    files: z.array(file).describe('Files that signals are appended to.').optional(),
    subscriptions: z
      .array(subscription)
      .describe('Topics of the bus on which others publish signals, as JSON.')
      .optional(),
  })
  .describe('Where a running desk gets its signals from, and who may send which.');

export type IngestSection = z.output<typeof ingest>;
