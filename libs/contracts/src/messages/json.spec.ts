import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeJson, encodeJson } from './json.js';

const text = fc.oneof(
  fc.string(),
  fc.string().map((rest) => `~${rest}`),
  fc.constantFrom('~', '~~', '~n12', '~~n12', '~Infinity', '~map', '~set', '"~'),
);
// -0 and 0 are one text, and a key of this name is no key of a literal.
const number = fc.double().filter((value) => !Object.is(value, -0));
const key = text.filter((name) => name !== '__proto__');
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    number,
    fc.integer(),
    fc.bigInt(),
    fc.boolean(),
    fc.constantFrom(null, Infinity, -Infinity, NaN),
    fc.array(tie('value')),
    fc.dictionary(key, tie('value'), { noNullPrototype: true }),
    fc.array(fc.tuple(tie('value'), tie('value'))).map((entries) => new Map(entries)),
    fc.array(tie('value')).map((held) => new Set(held)),
  ),
}));

describe('JSON of bigints, Maps and Sets', () => {
  it('comes back as it was, however it is nested', () => {
    fc.assert(
      fc.property(value, (given) => {
        expect(decodeJson(encodeJson(given))).toEqual(given);
      }),
      { numRuns: 500 },
    );
  });

  it('is the same text for equal values', () => {
    fc.assert(
      fc.property(value, (given) => {
        const written = encodeJson(given);
        expect(encodeJson(decodeJson(written))).toBe(written);
      }),
    );
  });

  it.each([
    ['a bigint', 12n, '"~n12"'],
    ['one below 0', -12n, '"~n-12"'],
    ['a text that looks like one', '~n12', '"~~n12"'],
    ['a number without end', -Infinity, '"~-Infinity"'],
    ['a Map', new Map([['A', 1n]]), '{"~map":[["A","~n1"]]}'],
    ['a Set', new Set([1, 2]), '{"~set":[1,2]}'],
    ['an object that looks like a Map', { '~map': [] }, '{"~~map":[]}'],
    ['what is undefined', { a: undefined, b: 1 }, '{"b":1}'],
  ])('writes %s', (_, given, written) => {
    expect(encodeJson(given)).toBe(written);
  });

  it.each([
    ['no JSON', '{'],
    ['a bigint without digits', '"~n"'],
    ['a bigint that is none', '"~n1.5"'],
    ['one in another notation', '"~n0x10"'],
    ['a mark that stands for nothing', '"~x"'],
    ['a key that stands for nothing', '{"~x":1}'],
    ['a Map that is no list', '{"~map":5}'],
    ['a Map of what is no entry', '{"~map":[5]}'],
    ['a Map with half an entry', '{"~map":[["A"]]}'],
    ['a Map with more than an entry', '{"~map":[["A",1,2]]}'],
    ['a Set that is no list', '{"~set":"~n1"}'],
  ])('refuses %s', (_, written) => {
    expect(() => decodeJson(written)).toThrow(SyntaxError);
  });
});
