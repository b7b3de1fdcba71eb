import { workspaces } from './tools/workspaces.mjs';

/**
 * Specs run from the sources: swc strips the types, the type check is `npm run typecheck`.
 * BOWLINE_SPECS, set by tools/test.mjs, chooses between the quick specs and the slow ones; without it all are there.
 */
const which = {
  quick: { testPathIgnorePatterns: ['/node_modules/', '/dist/', '\\.slow\\.spec\\.'] },
  slow: { testMatch: ['**/*.slow.spec.ts', '**/*.slow.spec.mjs'] },
  all: {},
}[process.env.BOWLINE_SPECS ?? 'all'];

export default {
  testEnvironment: '<rootDir>/tools/jest-environment.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  roots: ['<rootDir>/libs', '<rootDir>/services', '<rootDir>/tools'],
  testMatch: ['**/*.spec.ts', '**/*.spec.mjs'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/'],
  // A limit for what hangs, not a bound on speed: it must hold on a busy machine too.
  testTimeout: 120_000,
  // Every spec file leaves its modules behind in the worker; one that is full is replaced. A process of more than a
  // gigabyte would also need longer to end than jest waits before it speaks of a worker that failed to exit.
  workerIdleMemoryLimit: '400MB',
  reporters: ['<rootDir>/tools/jest-reporter.mjs'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  moduleNameMapper: {
    ...Object.fromEntries(
      workspaces().map(({ folder, manifest }) => [`^${manifest.name}$`, `<rootDir>/${folder}/src/index.ts`]),
    ),
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  ...which,
};
