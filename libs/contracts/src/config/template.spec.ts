import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { InputError } from '../errors.js';
import { configJsonSchema } from './json-schema.js';
import { parseConfig } from './parse.js';
import { deskSchema } from './schema/desk-schema.js';
import { schemaKeys } from './schema/walk.js';
import { configTemplate } from './template.js';

const template = configTemplate();
const lines = template.split('\n');
/** Lines that switch on when their `#` goes. */
const options = lines.flatMap((line, index) => (/^\s*#[A-Za-z]/.test(line) ? [index] : []));

/** The template with the options of some lines switched on. */
function withOptions(switchedOn: (index: number) => boolean): string {
  return lines
    .map((line, index) => (switchedOn(index) && options.includes(index) ? line.replace('#', '') : line))
    .join('\n');
}

describe('configTemplate', () => {
  it('is a desk of three clients at two exchanges, without a problem or a warning', () => {
    const desk = parseConfig(template, 'bowline.yaml');
    expect(desk.clients.map(({ clientId }) => clientId)).toEqual(['christian', 'ikenna', 'odum']);
    const exchanges = desk.clients.flatMap(({ accounts }) => accounts.map(({ exchange }) => exchange));
    expect([...new Set(exchanges)].sort()).toEqual(['binance-usdm', 'okx']);
    expect(desk.warnings).toEqual([]);
  });

  it.each(options.map((index) => [lines[index].trim(), index] as const))(
    'still parses with %s switched on',
    (_line, index) => {
      expect(
        parseConfig(
          withOptions((each) => each === index),
          'bowline.yaml',
        ).clients,
      ).toHaveLength(3);
    },
  );

  it('still parses with every option switched on', () => {
    expect(
      parseConfig(
        withOptions(() => true),
        'bowline.yaml',
      ).instruments,
    ).toHaveLength(3);
  });

  it('shows every key of the schema', () => {
    const keys = [
      ...new Set(schemaKeys(deskSchema).map(({ path }) => String(path.at(-1)).replace('[]', ''))),
    ];
    expect(keys.length).toBeGreaterThan(70);
    expect(keys.filter((key) => !new RegExp(`(?:^|[ #{])${key}:`, 'm').test(template))).toEqual([]);
  });

  it('shows the defaults that hold without it', () => {
    const atDefault =
      /^\s*#(?:fee|hedge|volatilityW|duplicate|defaultOrder|limitOff|timeIn|entryP|mode: long|scaleIn|slippage|latency|fillP|partialF|intrabar|seed)/;
    expect(lines.filter((line) => atDefault.test(line))).toHaveLength(17);
    const shown = parseConfig(
      withOptions((index) => atDefault.test(lines[index])),
      'bowline.yaml',
    );
    expect(shown).toEqual(parseConfig(template, 'bowline.yaml'));
  });

  it('passes the JSON schema for editors, with and without its options', () => {
    const schema = z.fromJSONSchema(configJsonSchema() as Parameters<typeof z.fromJSONSchema>[0]);
    for (const text of [template, withOptions(() => true)])
      expect(schema.safeParse(parseYaml(text)).error?.issues).toBeUndefined();
    expect(schema.safeParse({ clients: { a: { exchanges: { okx: { feeMakerBps: 'x' } } } } }).success).toBe(
      false,
    );
  });
});

describe('parseConfig', () => {
  const snippet = fc.oneof(
    fc.constantFrom(
      ...':#{}[],&*!|>\'"%@`-?\n\t \\~<=0'.split(''),
      '<<: ',
      '*a',
      '&a ',
      '- ',
      ': ',
      'null',
      '!!int ',
      '---\n',
      '__proto__: 1',
    ),
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc.constantFrom(...lines),
  );
  const edit = fc.record({ at: fc.nat(), remove: fc.nat({ max: 60 }), insert: snippet });

  it('throws nothing but InputError on a damaged file', () => {
    const base = withOptions(() => true);
    let refused = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(template, base),
        fc.array(edit, { minLength: 1, maxLength: 6 }),
        (start, edits) => {
          const damaged = edits.reduce((text, { at, remove, insert }) => {
            const place = at % (text.length + 1);
            return text.slice(0, place) + insert + text.slice(place + remove);
          }, start);
          try {
            parseConfig(damaged, 'bowline.yaml');
          } catch (error) {
            refused += 1;
            expect(error).toBeInstanceOf(InputError);
            const { problems } = error as InputError;
            expect(problems.length).toBeGreaterThan(0);
            for (const problem of problems) expect(problem).toMatch(/^bowline\.yaml:\d+:\d+: ./);
          }
        },
      ),
      { numRuns: 300 },
    );
    expect(refused).toBeGreaterThan(0);
  });

  it('throws nothing but InputError on any text', () => {
    fc.assert(
      fc.property(fc.array(snippet, { maxLength: 30 }), (parts) => {
        try {
          parseConfig(parts.join(''), 'bowline.yaml');
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
