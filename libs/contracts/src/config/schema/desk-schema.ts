import { z } from 'zod';
import { DEFAULTS } from '../defaults.js';
import { client } from './client.js';
import {
  dependencies,
  environment,
  journal,
  messaging,
  mode,
  processLimits,
  storage,
} from './environment.js';
import { choiceField, decimalField, floatField, wholeField } from './fields.js';
import { byId } from './ids.js';
import { ingest } from './ingest.js';
import { instruments } from './instruments.js';

const execution = z
  .strictObject({
    slippageBps: decimalField({
      atLeast: 0,
      below: 10_000,
      unit: 'basis points',
      default: DEFAULTS.slippageBps,
      meaning: 'How far market and stop fills slip against us.',
    }).optional(),
    latencyMs: wholeField({
      atLeast: 0,
      unit: 'ms',
      default: DEFAULTS.latencyMs,
      meaning: 'How long after its own time a signal acts.',
    }).optional(),
    fillProbability: floatField({
      atLeast: 0,
      atMost: 1,
      unit: 'fraction',
      default: DEFAULTS.fillProbability,
      meaning: 'Probability that a touched resting limit order fills in that bar.',
    }).optional(),
    partialFillRatio: floatField({
      above: 0,
      atMost: 1,
      unit: 'fraction',
      default: DEFAULTS.partialFillRatio,
      meaning: 'Share of the open quantity that such a fill takes, at least one lot.',
    }).optional(),
    intrabar: choiceField(['pessimistic', 'optimistic', 'path'], {
      default: DEFAULTS.intrabar,
      meaning:
        'Which leg a bar takes that reaches both: the stop, the take-profit, or the nearer along open, high/low, close.',
    }).optional(),
    seed: wholeField({ atLeast: 0, default: DEFAULTS.seed, meaning: 'Seed of the fill draws.' }).optional(),
  })
  .describe('How the simulated exchange fills.');

/** The whole configuration as it is written, keys in camelCase, scalars as texts. */
export const deskSchema = z.strictObject({
  environment: environment.optional(),
  mode: mode.optional(),
  clients: byId('a client', client, 'Every client of the desk.'),
  instruments: instruments.optional(),
  execution: execution.optional(),
  ingest: ingest.optional(),
  storage: storage.optional(),
  messaging: messaging.optional(),
  journal: journal.optional(),
  dependencies: dependencies.optional(),
  process: processLimits.optional(),
});

export type DeskSection = z.output<typeof deskSchema>;
export type ExecutionSection = z.output<typeof execution>;
