import { describe, expect, it } from '@jest/globals';
import { ListenKeys } from './listen-keys.js';
import { Timers } from './timers.js';

const HOUR = 3_600_000;

function opened() {
  const timers = new Timers();
  const ended: string[] = [];
  const keys = new ListenKeys(timers, (_, account, expired) => ended.push(`${account} ${expired}`));
  return { ended, keys, timers };
}

describe('a listen key', () => {
  it('is one for an account, and good for an hour from when it was last asked for', () => {
    const { ended, keys, timers } = opened();
    const key = keys.open('ikenna', 0);
    expect(timers.nextTime()).toBe(HOUR);
    expect(keys.open('ikenna', 10)).toBe(key);
    expect(keys.keepAlive('ikenna', 20)).toBe(key);
    expect(timers.nextTime()).toBe(HOUR + 20);
    expect([keys.accountOf(key), keys.accountOf('nobody')]).toEqual(['ikenna', null]);
    timers.step();
    expect(ended).toEqual(['ikenna true']);
    expect(keys.accountOf(key)).toBeNull();
    expect(() => keys.keepAlive('ikenna', 30)).toThrow('-1125');
    expect(keys.open('ikenna', 40)).not.toBe(key);
  });

  it('that was closed is over at once', () => {
    const { ended, keys, timers } = opened();
    const key = keys.open('ikenna', 0);
    keys.close('ikenna');
    expect([ended, keys.accountOf(key), timers.nextTime()]).toEqual([['ikenna false'], null, null]);
    expect(() => keys.close('ikenna')).toThrow('-1125');
    keys.expire('ikenna');
    expect(ended).toHaveLength(1);
  });
});
