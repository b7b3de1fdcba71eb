import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { REPORT_TABLES } from '@bowline/contracts';
import { filesReference } from './files-reference.js';

describe('the reference of the files', () => {
  it('stands in docs/reference as the code says (node tools/docs.mjs writes it)', () => {
    const page = readFileSync(new URL('../../../docs/reference/files.md', import.meta.url), 'utf8');
    expect(page).toBe(filesReference());
  });

  it('explains every column of every file', () => {
    const page = filesReference();
    for (const { file, columns } of Object.values(REPORT_TABLES)) {
      const [, section = ''] = page.split(`## ${file}\n`);
      for (const { name, meaning } of columns) {
        expect(meaning).toMatch(/\.$/);
        expect(section).toContain(`| ${name} | `);
      }
    }
  });
});
