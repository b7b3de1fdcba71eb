import { describe, expect, it } from '@jest/globals';
import { columnName, LIVE_TABLE_NAMES, LIVE_TABLES, liveKey, type LiveTable } from './index.js';

describe.each(LIVE_TABLE_NAMES)('%s', (name) => {
  const { columns, key, meaning }: LiveTable = LIVE_TABLES[name];

  it('is named by columns that it has and that are never empty', () => {
    expect(key.length).toBeGreaterThan(0);
    for (const field of key) expect([field, columns[field]?.nullable]).toEqual([field, false]);
  });

  it('has a name in SQL for every column, and says what it means', () => {
    const names = Object.keys(columns).map(columnName);
    expect(new Set(names).size).toBe(names.length);
    for (const each of names) expect(each).toMatch(/^[a-z]+(_[a-z]+)*$/);
    for (const said of [meaning, ...Object.values(columns).map((column) => column.meaning)]) {
      expect(said).toMatch(/[.]$/);
    }
  });
});

describe('the key of a row', () => {
  it('is the same for the same values, and another for others, however they are written', () => {
    const row = { clientId: 'a', exchange: 'b', symbol: 'c', other: 1 };
    expect(liveKey('channels', row)).toBe(liveKey('channels', { ...row, other: 2 }));
    expect(liveKey('channels', row)).not.toBe(liveKey('channels', { ...row, exchange: 'b","c', symbol: '' }));
  });
});
