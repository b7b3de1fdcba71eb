import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { devNull } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { withPath, withPathIn } from './file-errors.js';

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

/** A write that fails in an open file: it is open for reading only. */
function failedWrite(): unknown {
  const fd = openSync(devNull, 'r');
  try {
    return thrownBy(() => writeSync(fd, 'x'));
  } finally {
    closeSync(fd);
  }
}

const missing = (path: string): unknown => thrownBy(() => readFileSync(path));

describe('an error of the file system', () => {
  it('gets the path that it lacks', () => {
    expect(failedWrite()).not.toHaveProperty('path');
    expect(withPath(failedWrite(), 'out/trades.csv')).toMatchObject({
      code: 'EBADF',
      syscall: 'write',
      path: 'out/trades.csv',
    });
  });

  it('keeps the path that it has', () => {
    expect(withPath(missing('nowhere/a.csv'), 'b.csv')).toMatchObject({ path: 'nowhere/a.csv' });
  });

  it.each([
    ['nowhere/.tmp/a.csv', 'out/a.csv'],
    ['nowhere/.tmp/b/a.csv', 'out/b/a.csv'],
    ['nowhere/a.csv', 'nowhere/a.csv'],
    ['nowhere/.tmp2/a.csv', 'nowhere/.tmp2/a.csv'],
  ])('about %s is about %s, where .tmp is to become out', (path, named) => {
    expect(withPathIn(missing(path), 'nowhere/.tmp', 'out')).toMatchObject({ path: named });
  });
});

it.each<[string, unknown]>([
  ['another error', new TypeError('x')],
  ['what is no error', 'x'],
])('%s is left as it is', (_what, thrown) => {
  expect(withPath(thrown, 'a.csv')).toBe(thrown);
  expect(withPathIn(thrown, 'a', 'b')).toBe(thrown);
  expect(thrown).not.toHaveProperty('path');
});
