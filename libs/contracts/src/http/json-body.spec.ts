import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseJsonBody } from './json-body.js';

describe('the JSON of a request', () => {
  it.each<[string, string]>([
    ['', 'the body is empty; send JSON'],
    ['  \n', 'the body is empty; send JSON'],
    ['{"a":1,}', 'line 1, column 8: expected a key in double quotes, got "}"'],
    ['{a:1}', 'line 1, column 2: expected a key in double quotes, got "a"'],
    ["{'a':1}", 'line 1, column 2: expected a key in double quotes, got "\'"'],
    ['{"a" 1}', 'line 1, column 6: expected a colon after the key "a", got "1"'],
    ['{"a":1 "b":2}', 'line 1, column 8: expected a comma or }, got "\\""'],
    ['{\n  "a": NaN\n}', 'line 2, column 8: expected a value, got "N"'],
    ['{"a":01}', 'line 1, column 7: expected a comma or }, got "1"'],
    ['[1,2', 'line 1, column 5: expected a comma or ], got the end'],
    ['{"a":', 'line 1, column 6: expected a value, got the end'],
    ['{"a":"x', 'line 1, column 6: a text that does not end'],
    ['{"a":"x\ny"}', 'line 1, column 8: a line break or control character inside a text'],
    ['{"a":"\\x"}', 'line 1, column 7: a backslash that escapes nothing; write two'],
    ['{} {}', 'line 1, column 4: expected the end of the JSON, got "{"'],
    ['signal=1', 'line 1, column 1: expected a value, got "s"'],
    ['😀', 'line 1, column 1: expected a value, got "😀"'],
    ['{"a":1,"\\u0061":2}', 'line 1, column 8: the key "a" is given twice'],
    ['['.repeat(100_000), 'line 1, column 33: nested more than 32 levels deep'],
  ])('%#: is refused with the place of what is wrong', (text, message) => {
    expect(parseJsonBody(text)).toEqual({ ok: false, message });
  });

  it('is what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(3), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(parseJsonBody(text)).toEqual({ ok: true, value: JSON.parse(text) });
      }),
    );
  });

  it('is refused where JSON.parse refuses it, and else only for a repeated key', () => {
    const soup = fc.array(
      fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"a"',
        '"',
        '\\',
        '1',
        '-',
        '0',
        '.5',
        'e3',
        'true',
        'nul',
        ' ',
        '\u0001',
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(soup, (tokens) => {
        const text = tokens.join('');
        const read = parseJsonBody(text);
        const parsed = parsedOrNot(text);
        if (read.ok) expect(parsed).toEqual({ value: read.value });
        else expect(parsed === null || / is given twice$/.test(read.message)).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });
});

function parsedOrNot(text: string): { value: unknown } | null {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
