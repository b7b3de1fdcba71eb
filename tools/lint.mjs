/**
 * The linter and the format check: `npm run lint`. Both run to the end, so that one run shows all there is to mend.
 * Arguments go to ESLint (`npm run lint -- libs/domain --fix`), and then the format of those paths is checked.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildProjectGraph, root } from './project-graph.mjs';
import { workspaces } from './workspaces.mjs';

const args = process.argv.slice(2);
const paths = args.filter((arg) => !arg.startsWith('-'));
const options = args.filter((arg) => arg.startsWith('-') && arg !== '--no-cache');
const where = paths.length > 0 ? paths : ['.'];
// A cached verdict looks at its own file only, while a type-aware rule may change its mind when another file does:
// good enough while one works, and what lands is linted anew.
const cached = !args.includes('--no-cache') && !process.env.CI;

buildProjectGraph();
const failed = [
  run('eslint', 'eslint/bin/eslint.js', ['--max-warnings', '0', ...eslintCache(), ...options, ...where]),
  run('prettier', 'prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', ...where]),
].filter((name) => name !== undefined);

if (failed.length > 0) {
  process.stderr.write(`lint: ${failed.join(' and ')} failed (npm run format mends the format)\n`);
  process.exitCode = 1;
} else {
  process.stdout.write('lint: nothing to mend\n');
}

/** @returns the tool's name when it failed, undefined when all is well */
function run(name, program, args) {
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules', program), ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  return status === 0 ? undefined : name;
}

/** The cache's name holds what the rules read besides the file: another tag, rule or compiler option is another cache. */
function eslintCache() {
  if (!cached) return [];
  const rules = readdirSync(join(root, 'tools', 'eslint')).map((file) => `tools/eslint/${file}`);
  const configs = [
    'package-lock.json',
    'tsconfig.base.json',
    'tsconfig.spec.json',
    'eslint.config.mjs',
    'tools/layers.mjs',
  ];
  const manifests = workspaces().map(({ folder }) => `${folder}/package.json`);
  const hash = createHash('sha256');
  for (const file of [...rules, ...configs, ...manifests]) {
    if (existsSync(join(root, file))) hash.update(readFileSync(join(root, file)));
  }
  const location = join(root, 'node_modules', '.cache', 'eslint', hash.digest('hex').slice(0, 16));
  return ['--cache', '--cache-strategy', 'content', '--cache-location', location];
}
