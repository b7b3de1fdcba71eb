import { describe, expect, it } from '@jest/globals';
import { KeptRows } from './kept-rows.js';
import { RecentIds } from './recent-ids.js';

describe('rows that are kept', () => {
  const rows = (): KeptRows<{ sequence: number; over: boolean }> => new KeptRows(2, ({ over }) => over);

  it('are all that are not over, and the last of those that are, newest first', () => {
    const kept = rows();
    for (let sequence = 1; sequence <= 6; sequence += 1) {
      kept.set(`r${sequence}`, { sequence, over: sequence % 2 === 0 });
    }
    expect(kept.newestFirst().map(({ sequence }) => sequence)).toEqual([6, 5, 4, 3, 1]);
    expect([...kept.open()].map(({ sequence }) => sequence)).toEqual([1, 3, 5]);
    expect(kept.get('r2')).toBeUndefined();
  });

  it('move when they come to their end, and back when they begin again', () => {
    const kept = rows();
    kept.set('a', { sequence: 1, over: false });
    kept.set('a', { sequence: 1, over: true });
    expect([[...kept.open()], kept.newestFirst()]).toEqual([[], [{ sequence: 1, over: true }]]);
    kept.set('a', { sequence: 1, over: false });
    expect([...kept.open()]).toEqual(kept.newestFirst());
  });
});

describe('ids that are remembered', () => {
  it('are the last ones, each of its topic', () => {
    const ids = new RecentIds(2);
    ids.add('t', '1');
    ids.add('u', '1');
    ids.add('u', '1');
    expect([ids.has('t', '1'), ids.has('u', '1'), ids.has('t', '2')]).toEqual([true, true, false]);
    ids.add('t', '2');
    expect([ids.has('t', '1'), ids.has('u', '1'), ids.has('t', '2')]).toEqual([false, true, true]);
  });
});
