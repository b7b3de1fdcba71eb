import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { aborted, following } from './following.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('a signal that follows another one', () => {
  it('is aborted with it, for its reason, also where that has been already', async () => {
    const other = new AbortController();
    const { signal } = following(other.signal, null);
    const waiting = aborted(signal);
    other.abort('why');
    await waiting;
    expect([signal.reason, following(other.signal, null).signal.reason]).toEqual(['why', 'why']);
  });

  it('is aborted by itself without the other one', () => {
    const other = new AbortController();
    const { end, signal } = following(other.signal, null);
    end();
    expect([signal.aborted, other.signal.aborted]).toEqual([true, false]);
  });

  it('is aborted after its time, though nobody but the time holds it', async () => {
    const other = new AbortController();
    const waiting = aborted(following(other.signal, 100).signal);
    await sleep(10);
    collectGarbage();
    await waiting;
  });

  it('says that the time was over', async () => {
    const { signal } = following(new AbortController().signal, 1);
    await aborted(signal);
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
  });

  it('follows no more once it was let go', async () => {
    const other = new AbortController();
    const { letGo, signal } = following(other.signal, 1);
    letGo();
    other.abort();
    await sleep(10);
    expect(signal.aborted).toBe(false);
  });
});
