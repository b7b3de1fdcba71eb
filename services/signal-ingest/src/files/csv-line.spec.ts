import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { csvCells } from './csv-line.js';

describe('a line of cells', () => {
  it.each<[string, readonly string[] | null]>([
    ['a,b,c', ['a', 'b', 'c']],
    ['', ['']],
    ['a,', ['a', '']],
    [',,', ['', '', '']],
    ['"a,b",c', ['a,b', 'c']],
    ['"say ""a""",b', ['say "a"', 'b']],
    ['"",x', ['', 'x']],
    ['"a', null],
    ['"a"b', null],
    ['a"b', null],
  ])('%j is read', (line, cells) => {
    expect(csvCells(line)).toEqual(cells);
  });

  it('is what was written', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', ' '), maxLength: 5 });
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 5 }), (cells) => {
        const line = cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(',');
        expect(csvCells(line)).toEqual(cells);
      }),
    );
  });
});
