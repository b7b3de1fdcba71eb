import { expect, it } from '@jest/globals';
import { Checkpoints } from './checkpoints.js';

it('asks every shard after so many records, one after the other, and not again while it is at it', async () => {
  const asked: string[] = [];
  const waiting: (() => void)[] = [];
  const shard = (name: string) => ({
    checkpoint: () => {
      asked.push(name);
      return new Promise<void>((resolve) => {
        waiting.push(resolve);
      });
    },
  });
  const shards = [shard('a'), shard('b')];
  const checkpoints = new Checkpoints(() => shards, 3);
  const append = (times: number) => {
    for (let i = 0; i < times; i += 1) checkpoints.onAppended();
  };

  append(2);
  expect(asked).toEqual([]);
  append(5);
  expect(asked).toEqual(['a']);
  waiting.shift()!();
  await Promise.resolve();
  expect(asked).toEqual(['a', 'b']);
  waiting.shift()!();
  await new Promise(setImmediate);
  // What has come meanwhile counts.
  append(1);
  expect(asked).toEqual(['a', 'b', 'a']);
});
