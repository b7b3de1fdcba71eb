import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { strategyTags } from './strategy-tags.js';

const id = fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/);
/** Ids that begin alike more often than chance would have it. */
const alike = fc
  .tuple(fc.constantFrom('trend', 'trend-', 'sma-cross', ''), fc.stringMatching(/^[a-c.]{1,4}$/))
  .map((parts) => parts.join(''));

describe('strategyTags', () => {
  it('takes the beginning of an id, filled up with zeros', () => {
    expect(Object.fromEntries(strategyTags(['donchian', 'sma-cross', 'X.1']))).toEqual({
      donchian: 'donchi',
      'sma-cross': 'smacro',
      'X.1': 'x10000',
    });
  });

  it('tells ids apart that begin alike, as it has always done', () => {
    expect(
      Object.fromEntries(strategyTags(['sma-cross:9,21', 'sma-cross:5,20', 'a', 'a0', 'other'])),
    ).toEqual({
      'sma-cross:9,21': 'sm9zax',
      'sma-cross:5,20': 'smdml6',
      a: 'a0wi7g',
      a0: 'a04lxw',
      other: 'other0',
    });
  });

  it('gives every id its own six characters, whatever their order', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.oneof(id, alike), { maxLength: 60 }),
        fc.func(fc.integer()),
        (ids, shuffle) => {
          const tags = strategyTags(ids);
          expect([...tags.keys()].sort()).toEqual([...ids].sort());
          expect(new Set(tags.values()).size).toBe(ids.length);
          for (const tag of tags.values()) expect(tag).toMatch(/^[0-9a-z]{6}$/);
          const other = [...ids].sort((a, b) => shuffle(a) - shuffle(b));
          expect(strategyTags([...other, ...other])).toEqual(tags);
        },
      ),
    );
  });
});
