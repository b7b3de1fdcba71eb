import { describe, expect, it } from '@jest/globals';
import { whenPresent } from './when-present.js';

const declared: string[] = [];

whenPresent('something found', 'a file', '/a/path', (found) => {
  declared.push(found);
  it('is handed what was found', () => {
    expect(found).toBe('/a/path');
  });
});

// Zero and the empty string are finds like any other.
whenPresent('a count of zero', 'a number', 0, (found) => {
  declared.push(String(found));
  it('is run', () => {
    expect(found).toBe(0);
  });
});

describe('whenPresent', () => {
  it('declares the tests of what is present', () => {
    expect(declared).toEqual(['/a/path', '0']);
  });
});
