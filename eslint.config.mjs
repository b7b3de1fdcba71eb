import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';
import { houseRules, refusedSyntax } from './tools/eslint/house-rules.mjs';
import { bugRules, relaxedInSpecs, typeAwareRules } from './tools/eslint/rules.mjs';
import { depConstraints, harmlessCycles } from './tools/layers.mjs';

const specs = ['**/*.spec.ts', '**/*.spec-support.ts', '**/*.spec.mjs'];

function boundaries(where) {
  return [
    'error',
    {
      depConstraints: depConstraints(where),
      ignoredCircularDependencies: harmlessCycles,
      // Loading a library late is a matter of start-up time; that another file loads it early is no error.
      checkDynamicDependenciesExceptions: ['.*'],
    },
  ];
}

function refuse(...groups) {
  return ['error', ...groups.flat()];
}

export default [
  {
    ignores: [
      '**/dist/',
      '**/node_modules/',
      '.nx/',
      'coverage/',
      'bowline-data/',
      '.bowline/',
      'libs/testkit/histories/',
    ],
  },
  {
    files: ['**/*.ts', '**/*.mjs'],
    plugins: { house: houseRules },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      ...bugRules,
      'house/explain-exceptions': 'error',
      'no-restricted-syntax': refuse(refusedSyntax.everywhere),
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: nodeGlobals() },
    rules: {
      'no-undef': 'error',
      'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['**/*.ts'],
    plugins: { '@typescript-eslint': tseslint.plugin, '@nx': nx },
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { project: ['./tsconfig.spec.json'], tsconfigRootDir: import.meta.dirname },
    },
    rules: { ...typeAwareRules, '@nx/enforce-module-boundaries': boundaries({ specs: false }) },
  },
  {
    // stdout belongs to the commands: one line of a library's in it, and `--json` is no JSON any more.
    files: ['libs/**/src/**/*.ts'],
    rules: { 'no-console': 'error' },
  },
  {
    files: ['libs/domain/src/**/*.ts'],
    ignores: specs,
    rules: {
      'no-restricted-syntax': refuse(refusedSyntax.everywhere, refusedSyntax.domain),
      // Nx does not see `node:` imports, and knows only packages that are in the lockfile.
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(?!\\.{1,2}/)',
              message:
                'The domain imports no package and no module of Node: what it needs arrives in its input.',
            },
          ],
        },
      ],
      'no-restricted-properties': [
        'error',
        {
          object: 'Date',
          property: 'now',
          message: 'The domain has no clock: take the time from the input.',
        },
        {
          object: 'Math',
          property: 'random',
          message: 'The domain has no randomness: draw from a seed in the input.',
        },
      ],
    },
  },
  {
    files: specs,
    rules: { 'no-restricted-syntax': refuse(refusedSyntax.everywhere, refusedSyntax.specs) },
  },
  {
    files: ['**/*.spec.ts', '**/*.spec-support.ts'],
    rules: { ...relaxedInSpecs, '@nx/enforce-module-boundaries': boundaries({ specs: true }) },
  },
];

function nodeGlobals() {
  const names = [
    'AbortController',
    'AbortSignal',
    'Buffer',
    'URL',
    'URLSearchParams',
    'TextDecoder',
    'TextEncoder',
  ];
  names.push('clearInterval', 'clearTimeout', 'console', 'fetch', 'performance', 'process', 'queueMicrotask');
  names.push(
    'setImmediate',
    'setInterval',
    'setTimeout',
    'structuredClone',
    'globalThis',
    'SharedArrayBuffer',
  );
  return Object.fromEntries(names.map((name) => [name, 'readonly']));
}
