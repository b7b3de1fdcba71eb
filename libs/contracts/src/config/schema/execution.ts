import { z } from 'zod';
import { DEFAULTS } from '../defaults.js';
import { choiceField, wholeField } from './fields.js';

const MS = 'ms';
/** As many parts of one order have names of their own, with some kept for those that have to be sent again. */
const MOST_SLICES = 1_000;

const durationMs = wholeField({
  atLeast: 1_000,
  unit: MS,
  meaning: 'How long the entry is worked; what is not filled by then is canceled.',
});

const weight = wholeField({
  atLeast: 1,
  meaning: 'Expected volume of each slice, one after the other, in any unit.',
});

/** `orderParams.execution`: how entries are worked by the gateway. */
export const execution = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('twap'),
      durationMs,
      slices: wholeField({ atLeast: 1, atMost: MOST_SLICES, meaning: 'Equal slices, at equal intervals.' }),
    }),
    z.strictObject({
      type: z.literal('vwap'),
      durationMs,
      profile: z
        .array(weight)
        .min(1, { error: () => 'expected at least one weight' })
        .max(MOST_SLICES, { error: () => `expected at most ${MOST_SLICES} weights` }),
    }),
    z.strictObject({
      type: z.literal('iceberg'),
      displayPercent: wholeField({
        atLeast: 1,
        atMost: 100,
        unit: 'percent: 2 means 2 %',
        meaning: 'Share of the entry that is shown at a time; the next is shown once it is filled.',
      }),
    }),
    z.strictObject({
      type: z.literal('pov'),
      percent: wholeField({
        atLeast: 1,
        atMost: 100,
        unit: 'percent: 2 means 2 %',
        meaning: 'No more than this share of what the market trades meanwhile.',
      }),
      intervalMs: wholeField({
        atLeast: 100,
        unit: MS,
        default: DEFAULTS.povIntervalMs,
        meaning: 'How often it is looked at what was traded.',
      }).optional(),
      durationMs,
    }),
    z.strictObject({
      type: z.literal('chunked'),
      chunks: wholeField({
        atLeast: 1,
        atMost: 100,
        default: DEFAULTS.chunks,
        meaning: 'Equal chunks, worked one after the other.',
      }).optional(),
      quoting: choiceField(['mid', 'top_of_book'], {
        default: DEFAULTS.quoting,
        meaning:
          'A chunk is quoted first: in the middle of the market, or at the best price of its own side.',
      }).optional(),
      quoteMs: wholeField({
        atLeast: 0,
        unit: MS,
        default: DEFAULTS.quoteMs,
        meaning: 'For how long; then what is left is taken at the price of the other side.',
      }).optional(),
      repriceMs: wholeField({
        atLeast: 100,
        unit: MS,
        default: DEFAULTS.repriceMs,
        meaning: 'How often the quote is compared with the market.',
      }).optional(),
      repriceBps: wholeField({
        atLeast: 0,
        unit: 'basis points',
        default: DEFAULTS.repriceBps,
        meaning: 'It is quoted anew where the market is further from it.',
      }).optional(),
      attempts: wholeField({
        atLeast: 0,
        atMost: 1_000,
        default: DEFAULTS.attempts,
        meaning:
          'How often what is left of a chunk is taken; what is not filled then is canceled, and so are later chunks.',
      }).optional(),
      retryMs: wholeField({
        atLeast: 0,
        unit: MS,
        default: DEFAULTS.retryMs,
        meaning: 'Pause between two attempts.',
      }).optional(),
    }),
  ])
  .describe(
    'How entries are worked instead of being sent as they are. Closes and protection never are. Historical mode sends entries whole.',
  );

export type ExecutionSection = z.output<typeof execution>;
