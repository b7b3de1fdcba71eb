import { describe, expect, it } from '@jest/globals';
import { importedPackages } from './imported-packages.mjs';

describe('importedPackages', () => {
  it.each([
    ["import { z } from 'zod';", ['zod']],
    ["import {\n  one,\n  two,\n} from '@scope/name/deeper';", ['@scope/name']],
    ["import 'reflect-metadata';", ['reflect-metadata']],
    ["export * from '@bowline/domain';", ['@bowline/domain']],
    ["const fs = await import('node:fs/promises');", ['node:fs/promises']],
    ["import type { A } from 'a';\nimport { b } from 'a/b';", ['a']],
    ["import { near } from './near.js';", []],
    ["export const from = 'elsewhere';\n// import 'comment';\nconst text = `import 'text';`;", []],
  ])('%j imports %j', (source, packages) => {
    expect(importedPackages(source)).toEqual(packages);
  });
});
