import { z } from 'zod';
import { choice } from './choice.js';
import { booleanField, choiceField, decimalField, field, textField } from './fields.js';
import { byId } from './ids.js';

const currency = (meaning: string) =>
  textField({
    expected: 'a currency code such as BTC or USDT',
    type: 'currency',
    meaning,
    pattern: /^[A-Za-z0-9._-]{1,20}$/,
  }).optional();

const DATE = /^\d{4}-\d{2}-\d{2}(?:[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:[Zz]|\+00:00)?)?$/;

const expiry = field<number>(
  {
    expected: 'a UTC date such as 2026-06-26 or 2026-06-26T08:00:00Z',
    type: 'date',
    unit: 'UTC',
    meaning: 'When it expires; a date alone means 00:00.',
    json: { type: 'string' },
  },
  (text) => {
    if (!DATE.test(text)) return null;
    const day = text.slice(0, 10);
    const clock = text.slice(11).replace(/(?:[Zz]|\+00:00)$/, '');
    const time = Date.parse(`${day}T${clock === '' ? '00:00' : clock}Z`);
    // Date.parse takes 2026-02-30 for the second of March.
    return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== day ? null : time;
  },
);

/** One instrument. Whatever is left out comes from the data or from the exchange. */
export const instrument = z
  .strictObject({
    tickSize: decimalField({
      above: 0,
      unit: 'quote currency',
      meaning: 'Smallest step of the price.',
    }).optional(),
    lotSize: decimalField({
      above: 0,
      unit: 'base units',
      meaning: 'Smallest step of the quantity.',
    }).optional(),
    minNotional: decimalField({
      atLeast: 0,
      unit: 'quote currency',
      meaning: 'Smallest value of an order; 0 for none.',
    }).optional(),
    kind: choiceField(['spot', 'perpetual', 'future', 'option'], { meaning: 'What is traded.' }).optional(),
    base: currency('Currency of the quantity.'),
    quote: currency('Currency of the price.'),
    settle: currency('Currency of profit and fees.'),
    multiplier: decimalField({
      above: 0,
      unit: 'base units per contract',
      meaning: 'Contract size; 1 for spot.',
    }).optional(),
    inverse: booleanField({
      meaning: 'Whether profit is paid in the base currency. Only false is supported.',
    }).optional(),
    tickTable: z
      .array(
        z.strictObject({
          from: decimalField({ atLeast: 0, unit: 'quote currency', meaning: 'From this price on ...' }),
          step: decimalField({
            above: 0,
            unit: 'quote currency',
            meaning: '... prices move in these steps.',
          }),
        }),
      )
      .describe('Steps of the price where they grow with it; prices ascend.')
      .optional(),
    expiry: expiry.optional(),
    strike: decimalField({
      above: 0,
      unit: 'quote currency',
      meaning: 'Strike price of an option.',
    }).optional(),
    right: choiceField(['call', 'put'], { meaning: 'Right of an option.' }).optional(),
  })
  .describe('One instrument; what is left out comes from the data or from the exchange.');

const INSTRUMENT_KEYS = new Set(Object.keys(instrument.shape));

/** `instruments`: by symbol, or by exchange and symbol. */
export const instruments = byId(
  'a symbol or exchange',
  choice(
    // A flat map is an instrument even where every key of it is misspelled.
    ({ keys, nested }) => !nested || keys.some((key) => INSTRUMENT_KEYS.has(key)),
    instrument,
    byId('a symbol', instrument, 'Instruments of this exchange.'),
    {
      expected: 'the fields of an instrument, or a mapping from symbols to them',
      meaning: 'One symbol on every exchange, or the symbols of one exchange.',
    },
  ),
  'Units of the instruments, by symbol or by exchange and symbol.',
);

export type InstrumentSection = z.output<typeof instrument>;
