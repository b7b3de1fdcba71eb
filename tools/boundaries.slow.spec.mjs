import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildProjectGraph, root } from './project-graph.mjs';
import { canaryWorkspace } from './testing/canary-workspace.mjs';

const layering = '@nx/enforce-module-boundaries';
const noPackage = 'no-restricted-imports';
const syntax = 'no-restricted-syntax';

/** [what the file does, where it lies, what it says, the rules that refuse it] */
const canaries = [
  ['a role imports another role', 'services/ingest/src', "import '@bowline/console';", [layering]],
  ['a role imports the program', 'services/ingest/src', "import '@bowline/program';", [layering]],
  [
    'a role reaches into another by path',
    'services/ingest/src',
    "import '../../console/src/index.js';",
    [layering],
  ],
  ['the domain imports contracts', 'libs/domain/src', "import '@bowline/contracts';", [layering, noPackage]],
  ['the domain imports a package', 'libs/domain/src', "import 'zod';", [layering, noPackage]],
  [
    'the domain loads a package late',
    'libs/domain/src',
    "export const zod = import('zod');",
    [layering, syntax],
  ],
  ['the domain imports a module of Node', 'libs/domain/src', "import 'node:fs';", [noPackage]],
  ['the domain imports a module of Node by its old name', 'libs/domain/src', "import 'fs';", [noPackage]],
  [
    'the domain reads the clock',
    'libs/domain/src',
    'export const now = Date.now();',
    ['no-restricted-properties'],
  ],
  ['the domain makes a date of now', 'libs/domain/src', 'export const now = new Date();', [syntax]],
  [
    'the domain draws a number',
    'libs/domain/src',
    'export const x = Math.random();',
    ['no-restricted-properties'],
  ],
  ['contracts import ports', 'libs/contracts/src', "import '@bowline/ports';", [layering]],
  ['ports import the engine', 'libs/ports/src', "import '@bowline/engine';", [layering]],
  ['an exchange imports another', 'libs/exchanges/alpha/src', "import '@bowline/exchange-beta';", [layering]],
  [
    'what adapters share imports one of them',
    'libs/exchanges/common/src',
    "import '@bowline/exchange-alpha';",
    [layering],
  ],
  [
    'the engine imports what adapters share',
    'libs/engine/src',
    "import '@bowline/exchange-common';",
    [layering],
  ],
  ['an adapter imports another', 'libs/exchanges/alpha/src', "import '@bowline/report';", [layering]],
  ['an adapter imports the engine', 'libs/report/src', "import '@bowline/engine';", [layering]],
  ['the engine imports an adapter', 'libs/engine/src', "import '@bowline/exchange-alpha';", [layering]],
  ['an adapter imports a role', 'libs/report/src', "import '@bowline/ingest';", [layering]],
  ['a library imports the testkit', 'libs/engine/src', "import '@bowline/testkit';", [layering]],
  ['a role imports the testkit', 'services/ingest/src', "import '@bowline/testkit';", [layering]],
  ['the testkit imports the program', 'libs/testkit/src', "import '@bowline/program';", [layering]],
  ['a library writes to stdout', 'libs/engine/src', "console.log('hello');", ['no-console']],
  [
    'a promise is left alone',
    'libs/engine/src',
    'export function start(work: () => Promise<void>): void {\n  work();\n}',
    ['@typescript-eslint/no-floating-promises'],
  ],
  [
    'a switch forgets a case',
    'libs/engine/src',
    "export function sign(side: 'buy' | 'sell'): number | undefined {\n" +
      "  switch (side) {\n    case 'buy':\n      return 1;\n  }\n  return undefined;\n}",
    ['@typescript-eslint/switch-exhaustiveness-check'],
  ],
  [
    'any takes the place of a type',
    'libs/engine/src',
    'export function anything(value: any): void {\n  void value;\n}',
    ['@typescript-eslint/no-explicit-any'],
  ],
  [
    'an error is thrown away',
    'libs/engine/src',
    'export function parse(text: string): void {\n  try {\n    JSON.parse(text);\n  } catch {\n    // no matter\n  }\n}',
    [syntax],
  ],
  [
    'an exception from a rule has no reason',
    'libs/engine/src',
    'export function anything(\n  // eslint-disable-next-line @typescript-eslint/no-explicit-any\n  value: any,\n): void {\n  void value;\n}',
    ['house/explain-exceptions'],
  ],
];

const specs = [
  ['a spec of the domain imports contracts', 'libs/domain/src', "import '@bowline/contracts';", [layering]],
  [
    'a spec silences the others',
    'libs/engine/src',
    "import { it } from '@jest/globals';\nit.only('x', () => undefined);",
    [syntax],
  ],
  [
    'a spec skips itself',
    'libs/engine/src',
    "import { it } from '@jest/globals';\nit.skip('x', () => undefined);",
    [syntax],
  ],
];

const legal = [
  ['contracts import the domain', 'libs/contracts/src', ['domain']],
  ['ports import what is below', 'libs/ports/src', ['domain', 'contracts']],
  ['the engine imports what is below', 'libs/engine/src', ['domain', 'contracts', 'ports']],
  [
    'what adapters share imports what is below',
    'libs/exchanges/common/src',
    ['domain', 'contracts', 'ports'],
  ],
  [
    'an exchange imports what is below',
    'libs/exchanges/alpha/src',
    ['domain', 'contracts', 'ports', 'exchange-common'],
  ],
  [
    'a role imports libraries',
    'services/ingest/src',
    ['domain', 'ports', 'engine', 'exchange-alpha', 'report'],
  ],
  [
    'the program imports roles and libraries',
    'services/bowline/src',
    ['ingest', 'console', 'engine', 'report'],
  ],
  [
    'the testkit imports libraries',
    'libs/testkit/src',
    ['domain', 'contracts', 'ports', 'engine', 'exchange-alpha'],
  ],
  ['a spec of the domain imports the testkit', 'libs/domain/src', ['testkit'], 'spec.ts'],
  ['a spec of an exchange imports the testkit', 'libs/exchanges/beta/src', ['testkit', 'domain'], 'spec.ts'],
].map(([what, where, names, ending]) => [what, where, imports(names), [], ending]);

const files = [...canaries, ...specs.map((spec) => [...spec, 'spec.ts']), ...legal].map(
  ([what, where, content, refusedBy, ending = 'ts'], index) => {
    return {
      what,
      path: `${where}/canary-${index}.${ending}`,
      content: `${content}\n`,
      refusedBy: [...refusedBy].sort(),
    };
  },
);

describe('the rules of the repository', () => {
  let workspace;
  let broken;

  beforeAll(() => {
    workspace = canaryWorkspace({
      ...Object.fromEntries(files.map(({ path, content }) => [path, content])),
      'libs/domain/src/runtime.ts':
        "export const late = setTimeout(() => process.exit(), 1);\nexport const page = fetch('');\nexport * from 'node:fs';\n",
    });
    broken = workspace.lint();
  }, 120_000);

  afterAll(() => workspace?.remove());

  it.each(files.filter(({ refusedBy }) => refusedBy.length > 0))(
    'refuse that $what',
    ({ path, refusedBy }) => {
      expect(broken[path]).toEqual(refusedBy);
    },
  );

  it.each(files.filter(({ refusedBy }) => refusedBy.length === 0))('allow that $what', ({ path }) => {
    expect(broken[path]).toEqual([]);
  });

  it('leave no timer, process or network to the domain', () => {
    const errors = workspace.checkTypes('libs/domain');
    expect(errors).toMatch(/Cannot find name 'setTimeout'/);
    expect(errors).toMatch(/Cannot find name 'process'/);
    expect(errors).toMatch(/Cannot find name 'fetch'/);
    expect(errors).toMatch(/Cannot find (module|name) 'node:fs'/);
  });
});

describe('the rules in this very tree', () => {
  beforeAll(() => {
    buildProjectGraph();
  });

  it.each([
    ['refuse', "import '@bowline/contracts';\n", [layering, noPackage]],
    ['allow', 'export const one = 1;\n', []],
  ])('%s what the canary says', (_verdict, code, rules) => {
    expect(lintAs('libs/domain/src/index.ts', code)).toEqual([...rules].sort());
  });
});

/** @returns {string[]} the rules that the file would break if it said `code` */
function lintAs(path, code) {
  const { stdout } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/eslint/bin/eslint.js'),
      '--format',
      'json',
      '--stdin',
      '--stdin-filename',
      path,
    ],
    // Else the parser takes the file's text from the disk.
    { cwd: root, encoding: 'utf8', input: code, env: { ...process.env, TSESTREE_SINGLE_RUN: 'false' } },
  );
  return [...new Set(JSON.parse(stdout)[0].messages.map(({ ruleId }) => ruleId))].sort();
}

/** A file that imports from each of the libraries, and uses what it imports. */
function imports(names) {
  const lines = names.map((name, index) => `import * as lib${index} from '@bowline/${name}';`);
  return [...lines, `export const all = [${names.map((_, index) => `lib${index}`).join(', ')}];`].join('\n');
}
