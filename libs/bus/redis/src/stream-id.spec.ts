import { describe, expect, it } from '@jest/globals';
import { compareIds, timeOfId } from './stream-id.js';

describe('ids of a stream', () => {
  it('stand in the order of time, then of number, as numbers and not as texts', () => {
    const ids = ['0-0', '0-1', '9-9', '10-0', '10-2', '10-10', '1700000000000-18446744073709551614'];
    const last = '1700000000000-18446744073709551615';
    expect([...ids, last].reverse().sort(compareIds)).toEqual([...ids, last]);
    expect(compareIds(last, last)).toBe(0);
  });

  it('tell the time of the server', () => {
    expect(timeOfId('1700000000123-7')).toBe(1_700_000_000_123);
  });
});
