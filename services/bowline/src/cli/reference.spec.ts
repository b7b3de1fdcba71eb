import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { cliReference } from './reference.js';

describe('docs/reference/cli.md', () => {
  it('is what the code says (else: node tools/docs.mjs)', () => {
    const written = readFileSync(new URL('../../../../docs/reference/cli.md', import.meta.url), 'utf8');
    // Not compared by toBe(text), which would print both pages.
    expect(written === cliReference()).toBe(true);
  });
});
