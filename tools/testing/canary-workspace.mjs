import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { buildProjectGraph, root } from '../project-graph.mjs';
import { readJson } from '../workspaces.mjs';

/** A project a layer, and two where one must not know the other. */
const projects = [
  { folder: 'libs/domain', name: 'domain', layer: 'domain' },
  { folder: 'libs/contracts', name: 'contracts', layer: 'contracts' },
  { folder: 'libs/ports', name: 'ports', layer: 'ports' },
  { folder: 'libs/engine', name: 'engine', layer: 'engine' },
  { folder: 'libs/exchanges/common', name: 'exchange-common', layer: 'support' },
  { folder: 'libs/exchanges/alpha', name: 'exchange-alpha', layer: 'adapter' },
  { folder: 'libs/exchanges/beta', name: 'exchange-beta', layer: 'adapter' },
  { folder: 'libs/report', name: 'report', layer: 'adapter' },
  { folder: 'libs/testkit', name: 'testkit', layer: 'testkit' },
  { folder: 'services/ingest', name: 'ingest', layer: 'role' },
  { folder: 'services/console', name: 'console', layer: 'role' },
  { folder: 'services/bowline', name: 'program', layer: 'program' },
];

/** What decides in the repository, taken over as it stands. */
const takenOver = [
  'eslint.config.mjs',
  'nx.json',
  'package-lock.json',
  'tools/eslint',
  'tools/layers.mjs',
  'tsconfig.base.json',
  'tsconfig.spec.json',
  'libs/domain/tsconfig.json',
];

/**
 * Makes a small workspace outside of the repository, with the repository's own rules, to see what they refuse: so
 * a canary never lies among the sources, and roles can be tried that do not exist yet.
 *
 * @param {Record<string, string>} files path to content
 * @returns {{lint(): Record<string, string[]>, checkTypes(project: string): string, remove(): void}} `lint` gives the
 * ids of the rules that each file breaks, `checkTypes` what the compiler says of a project's folder
 */
export function canaryWorkspace(files) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'bowline-canaries-')));
  const write = (path, content) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  for (const path of takenOver) cpSync(join(root, path), join(folder, path), { recursive: true });
  linkPackages(folder);
  write('package.json', manifest('canaries', { workspaces: projects.map((project) => project.folder) }));
  for (const { folder: path, name, layer } of projects) {
    write(`${path}/package.json`, manifest(`@bowline/${name}`, { nx: { tags: [`layer:${layer}`] } }));
    write(`${path}/src/index.ts`, 'export const one = 1;\n');
  }
  for (const [path, content] of Object.entries(files)) write(path, content);

  return {
    lint() {
      buildProjectGraph(folder);
      const { stdout, stderr } = run(folder, 'eslint/bin/eslint.js', ['--format', 'json', '.']);
      if (stdout === '') throw new Error(`eslint did not run:\n${stderr}`);
      return Object.fromEntries(
        JSON.parse(stdout).map(({ filePath, messages }) => [
          relative(folder, filePath).replaceAll('\\', '/'),
          [...new Set(messages.map(({ ruleId, message }) => ruleId ?? message))].sort(),
        ]),
      );
    },
    checkTypes(project) {
      return run(folder, '@typescript/native/bin/tsc', ['--noEmit', '--project', project]).stdout;
    },
    remove() {
      rmSync(folder, { recursive: true });
    },
  };
}

/** The repository's packages, and under the repository's scope the projects of this workspace instead. */
function linkPackages(folder) {
  const link = (target, name) => symlinkSync(target, join(folder, 'node_modules', name), 'junction');
  mkdirSync(join(folder, 'node_modules', '@bowline'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (!name.startsWith('.') && name !== '@bowline') link(join(root, 'node_modules', name), name);
  }
  for (const { folder: path, name } of projects) link(join(folder, path), `@bowline/${name}`);
}

function run(cwd, program, args) {
  const bin = join(root, 'node_modules', program);
  return spawnSync(process.execPath, [bin, ...args], { cwd, encoding: 'utf8', maxBuffer: 1 << 26 });
}

function manifest(name, more) {
  const { version, type } = readJson('package.json');
  const exports = { '.': { types: './dist/index.d.ts', default: './dist/index.js' } };
  return JSON.stringify({ name, version, private: true, type, exports, ...more });
}
