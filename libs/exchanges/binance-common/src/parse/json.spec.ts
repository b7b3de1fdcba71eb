import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseJson } from './json.js';

describe('parseJson', () => {
  it.each<[string, unknown]>([
    ['{"orderId":8389765589123456789}', { orderId: '8389765589123456789' }],
    ['[-1234567890123456789,12]', ['-1234567890123456789', 12]],
    ['{"text":"a \\" 1234567890123456789, b","n":1}', { text: 'a " 1234567890123456789, b', n: 1 }],
    [
      '{"rate":0.12345678901234567,"big":1.5e3,"id":1234567890123456}',
      { rate: 0.12345678901234567, big: 1500, id: 1234567890123456 },
    ],
    ['{"1234567890123456789":1}', { '1234567890123456789': 1 }],
  ])('keeps ids exact: %s', (text, value) => {
    expect(parseJson(text)).toEqual(value);
  });

  it('reads what has no long integer as JSON.parse does', () => {
    const short = fc.jsonValue().filter((value) => !/\d{16}/.test(JSON.stringify(value)));
    fc.assert(
      fc.property(short, (value) =>
        expect(parseJson(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value))),
      ),
    );
  });

  it('leaves texts alone, whatever is in them', () => {
    fc.assert(
      fc.property(fc.string(), fc.bigInt({ min: 2n ** 53n, max: 10n ** 30n }), (text, id) => {
        expect(parseJson(`{"id":${id},"text":${JSON.stringify(text + id)}}`)).toEqual({
          id: String(id),
          text: text + id,
        });
      }),
    );
  });

  it.each(['', '{', '{"id":12345678901234567', 'nonsense'])('throws on %j', (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError);
  });
});
