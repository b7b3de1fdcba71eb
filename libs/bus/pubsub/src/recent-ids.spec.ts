import { expect, it } from '@jest/globals';
import { RecentIds } from './recent-ids.js';

it('knows the last so many that were added, each counted once', () => {
  const recent = new RecentIds(3);
  for (const id of ['a', 'b', 'c', 'c', 'd']) recent.add(id);
  expect(['a', 'b', 'c', 'd'].map((id) => recent.has(id))).toEqual([false, true, true, true]);
});
