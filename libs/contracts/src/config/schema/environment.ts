import { z } from 'zod';
import { DEFAULTS } from '../defaults.js';
import { secretReference } from '../secret-reference.js';
import { connections } from './connections.js';
import { booleanField, choiceField, decimalField, floatField, textField, wholeField } from './fields.js';

/** What surrounds the desk. Historical mode checks these sections and uses none of them. */

export const environment = choiceField(['local-dev', 'local-integration', 'cloud-dev', 'production'], {
  default: DEFAULTS.environment,
  meaning: 'Where the desk runs; it decides what the other sections are where they say nothing.',
});

export const mode = choiceField(['live', 'mock', 'simulation', 'historical'], {
  meaning: 'How the desk runs. A command that has a mode of its own, such as backtest, ignores it.',
});

const word = (meaning: string) => textField({ expected: 'a name', meaning });
const project = word('Google Cloud project.');

export const storage = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('duckdb'),
      path: textField({ expected: 'a file name', meaning: 'The database file.' }),
    }),
    z.strictObject({ type: z.literal('bigquery'), project, dataset: word('BigQuery dataset.').optional() }),
  ])
  .describe('Where a running desk keeps its records.');

export const messaging = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('local_pubsub'),
      queueSize: wholeField({
        atLeast: 1,
        unit: 'messages',
        default: DEFAULTS.queueSize,
        meaning: 'Messages that may wait for one reader before no more signals are taken in.',
      }).optional(),
    }),
    z.strictObject({
      type: z.literal('redis'),
      host: word('Host name of the server. The environment variable REDIS_URL comes first.'),
      port: wholeField({
        atLeast: 1,
        atMost: 65_535,
        default: '6379',
        meaning: 'Port of the server.',
      }).optional(),
    }),
    z.strictObject({
      type: z.literal('pubsub'),
      project,
      topic: word('What the names of all topics begin with.').optional(),
    }),
  ])
  .describe('What carries messages between the services of a running desk.');

const latencyMs = wholeField({
  atLeast: 0,
  unit: 'ms',
  default: DEFAULTS.mockLatencyMs,
  meaning: 'How long a request travels to the exchange, and a report back.',
}).optional();

const fillRatio = floatField({
  above: 0,
  atMost: 1,
  default: DEFAULTS.mockFillRatio,
  unit: 'fraction',
  meaning: 'Share of an order that fills.',
}).optional();

export const dependencies = z
  .strictObject({
    exchanges: z
      .discriminatedUnion('type', [
        z.strictObject({
          type: z.literal('mock'),
          latencyMs,
          fillRatio,
        }),
        z.strictObject({
          type: z.literal('simulator'),
          url: textField({
            expected: 'http:// or https://, host and port',
            pattern: /^https?:\/\/[^/?#\s]+\/?$/,
            default: DEFAULTS.exchangeUrl,
            meaning:
              'Where the exchange simulator is. The environment variable BOWLINE_EXCHANGE_URL comes first.',
          }).optional(),
          latencyMs,
          latencyDistribution: choiceField(['constant', 'uniform', 'normal'], {
            meaning: 'How delays are drawn. Checked, and not used yet: all delays are the same.',
          }).optional(),
          fillProbability: floatField({
            atLeast: 0,
            atMost: 1,
            unit: 'fraction',
            meaning: 'Probability that a touched limit order fills. Checked, and not used yet: it fills.',
          }).optional(),
        }),
        z.strictObject({
          type: z.literal('paper_trading'),
          useRealMarketData: booleanField({
            default: 'true',
            meaning:
              "Whether prices are the real market's, read from its public streams; fills are simulated. Only true can be had: made-up prices are what mock and simulator have.",
          })
            .refine((isReal) => isReal, {
              error: () =>
                'paper trading is with the real market; made-up prices are what type: mock and type: simulator have',
            })
            .optional(),
          latencyMs,
          fillRatio,
          connections: connections.optional(),
        }),
        z.strictObject({ type: z.literal('live'), connections: connections.optional() }),
      ])
      .describe('Which exchanges it trades at.')
      .optional(),
    marketData: z
      .strictObject({
        url: textField({
          expected: 'http:// or https://, host and port; {exchange} stands for its name',
          pattern: /^https?:\/\/[^/?#\s]+\/?$/,
          default: 'each process reads the exchange by itself',
          meaning:
            'Where processes of the role market-data are. The environment variable BOWLINE_MARKET_DATA_URL comes first.',
        }).optional(),
      })
      .describe('Where the other roles read prices.')
      .optional(),
  })
  .describe('What a running desk depends on.');

export const journal = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('embedded') }),
    z.strictObject({ type: z.literal('redis') }),
  ])
  .describe(
    'Where the roles keep what they have decided: in files of their own folder, or in the Redis of REDIS_URL or `messaging`.',
  );

export const processLimits = z
  .strictObject({
    token: textField({
      expected: 'a reference such as env:BOWLINE_TOKEN or file:/run/secrets/token, never the token itself',
      type: 'reference',
      meaning:
        'Where the token is found that commands and lists over HTTP need. Without one a desk answers its own machine only.',
      read: secretReference,
      secret: true,
    }).optional(),
    memoryLimitMb: wholeField({
      atLeast: 1,
      unit: 'MB',
      meaning: 'Memory of one process: bounds its heap where `bowline up` starts it.',
    }).optional(),
    cpuLimit: decimalField({
      above: 0,
      unit: 'cores',
      meaning: 'Cores of one process. For whoever runs containers; nothing here bounds them.',
    }).optional(),
    logLevel: choiceField(['DEBUG', 'INFO', 'WARN', 'WARNING', 'ERROR'], {
      anyCase: true,
      meaning: 'Least level that is logged.',
    }).optional(),
  })
  .describe('Bounds of each process of a running desk.');
