import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { referencePages } from './reference-pages.js';

describe('docs/reference', () => {
  it.each(referencePages())('has $path as the code has it (else: node tools/docs.mjs)', ({ path, text }) => {
    const written = readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
    // Not compared by toBe(text), which would print both pages.
    expect(written === text).toBe(true);
  });
});
