import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { layers } from './layers.mjs';
import { root } from './project-graph.mjs';
import { importedPackages } from './testing/imported-packages.mjs';
import { repositoryFiles } from './testing/repository-files.mjs';
import { readJson, workspaces } from './workspaces.mjs';

const projects = workspaces();
const folderOf = new Map(projects.map(({ folder, manifest }) => [manifest.name, folder]));
const sources = repositoryFiles().filter((file) => /\.(ts|mjs)$/.test(file));
const everywhere = Object.keys(readJson('package.json').devDependencies);

/** Specs, and what several of them share. */
const isSpec = (file) => /\.(spec|spec-support)\./.test(file);

describe.each(projects)('$folder', ({ folder, manifest }) => {
  const dependencies = Object.keys(manifest.dependencies ?? {});
  const forSpecs = Object.keys(manifest.devDependencies ?? {});
  const ownFiles = sources.filter((file) => file.startsWith(`${folder}/`));
  const specs = ownFiles.filter(isSpec);
  const code = ownFiles.filter((file) => !isSpec(file));

  it('has exactly one layer, one that there is', () => {
    const tags = (manifest.nx?.tags ?? []).filter((tag) => tag.startsWith('layer:'));
    expect(tags).toHaveLength(1);
    expect(Object.keys(layers)).toContain(tags[0].slice('layer:'.length));
  });

  it('is built, after the projects that it depends on', () => {
    const built = readJson('tsconfig.json').references.map(({ path }) => path);
    expect(built).toContain(folder);
    const first = readJson(`${folder}/tsconfig.json`).references.map(({ path }) => join(folder, path));
    expect(first.sort()).toEqual(dependencies.flatMap((name) => folderOf.get(name) ?? []).sort());
  });

  it('declares every package that it imports', () => {
    const undeclared = (files, declared) =>
      files.flatMap((file) =>
        importedPackages(read(file))
          .filter((name) => !isBuiltin(name) && name !== manifest.name && !declared.includes(name))
          .map((name) => `${file} imports ${name}`),
      );
    expect(undeclared(code, dependencies)).toEqual([]);
    expect(undeclared(specs, [...dependencies, ...forSpecs, ...everywhere, '@bowline/testkit'])).toEqual([]);
  });

  it('imports every package that it declares', () => {
    const text = code.map(read).join('\n');
    expect(dependencies.filter((name) => !text.includes(`'${name}'`) && !text.includes(`'${name}/`))).toEqual(
      [],
    );
  });

  it('is found in its sources by the type check of the specs', () => {
    const { paths } = readJson('tsconfig.spec.json').compilerOptions;
    expect(lookUp(paths, manifest.name)).toContain(`./${folder}/src/index.ts`);
  });

  it('says in its README what lives here', () => {
    const readme = join(root, folder, 'README.md');
    const said = existsSync(readme)
      ? readFileSync(readme, 'utf8').replace(/^#.*$/m, '').trim()
      : 'no README.md';
    expect(said.length > 80 ? 'enough' : `${folder}: ${said}`).toBe('enough');
  });
});

/** What the compiler looks for under a name: the targets of the pattern with the longest prefix. */
function lookUp(paths, name) {
  const [pattern] = Object.keys(paths)
    .filter((candidate) => candidate === name || name.startsWith(prefixOf(candidate)))
    .sort((a, b) => prefixOf(b).length - prefixOf(a).length);
  return paths[pattern].map((target) => target.replace('*', name.slice(prefixOf(pattern).length)));
}

/** What stands before the star; all of a pattern without one, which only the very name begins with. */
function prefixOf(pattern) {
  return pattern.endsWith('*') ? pattern.slice(0, -1) : `${pattern} `.slice(0, -1);
}

function read(file) {
  return readFileSync(join(root, file), 'utf8');
}
