import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';

class OurError extends Error {}

describe('instanceof in a spec means what it means in the program', () => {
  it.each([
    ['an error of a module of Node', thrownBy(() => readFileSync('/no/such/file'))],
    ['an error of the language', thrownBy(() => null.field)],
    ['an error of our own', new OurError('ours')],
  ])('%s is an Error', (_name, error) => {
    expect(error instanceof Error).toBe(true);
  });

  it('tells our own errors from others', () => {
    expect(new OurError('ours') instanceof OurError).toBe(true);
    expect(thrownBy(() => readFileSync('/no/such/file')) instanceof OurError).toBe(false);
    expect(new Error('plain') instanceof OurError).toBe(false);
    expect({ message: 'no error' } instanceof Error).toBe(false);
  });
});

function thrownBy(act) {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
