import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ReportTable } from '@bowline/contracts';
import { whenPresent } from '@bowline/testkit';
import { CsvFile, csvText } from './csv-file.js';

const table: ReportTable = {
  name: 'denials',
  file: 'denials.csv',
  meaning: 'Three columns of two types.',
  columns: [
    { name: 'who', type: 'text', unit: '', nullable: true, meaning: '' },
    { name: 'amount', type: 'decimal', unit: '', nullable: true, meaning: '' },
    { name: 'why', type: 'text', unit: '', nullable: true, meaning: '' },
  ],
};

describe('CSV text', () => {
  it.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "no"', '"say ""no"""'],
    ['two\nlines', '"two\nlines"'],
    ['carriage\rreturn', '"carriage\rreturn"'],
    ['', '""'],
    [' spaces ', ' spaces '],
    ['naïve 😀', 'naïve 😀'],
  ])('%j is written as %j', (text, field) => {
    expect(csvText(text)).toBe(field);
  });
});

describe('a CSV file', () => {
  let dir = '';
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'bowline-csv-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('has a header, a line feed after each row, and empty fields for what is not there', () => {
    const path = join(dir, 'rows.csv');
    const file = new CsvFile(path, table);
    file.row(['a,b', '1.5', null]);
    file.row([null, null, '']);
    file.close();
    expect(readFileSync(path, 'utf8')).toBe('who,amount,why\n"a,b",1.5,\n,,""\n');
  });

  it('is whole however long it gets', () => {
    const path = join(dir, 'long.csv');
    const file = new CsvFile(path, table);
    const reason = 'é'.repeat(999);
    for (let i = 0; i < 3_000; i += 1) file.row([`row ${i}`, String(i), reason]);
    file.close();
    const lines = readFileSync(path, 'utf8').split('\n');
    expect(lines).toHaveLength(3_002);
    expect(lines.slice(1, -1).every((line, i) => line === `row ${i},${i},${reason}`)).toBe(true);
  });

  whenPresent(
    'on a full disk',
    'the device /dev/full',
    existsSync('/dev/full') ? '/dev/full' : null,
    (path) => {
      it('fails with an error that names it', () => {
        const file = new CsvFile(path, table);
        expect(() => file.close()).toThrow(expect.objectContaining({ code: 'ENOSPC', path }));
      });
    },
  );

  it('refuses a row that does not fit its header', () => {
    const file = new CsvFile(join(dir, 'short.csv'), table);
    expect(() => file.row(['a', '1'])).toThrow('denials.csv: 2 fields for 3 columns');
    file.close();
  });
});
