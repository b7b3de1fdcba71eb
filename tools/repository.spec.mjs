import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './project-graph.mjs';
import { repositoryFiles } from './testing/repository-files.mjs';
import { readJson } from './workspaces.mjs';

const files = repositoryFiles();
const sources = files.filter((file) => /^(libs|services|tools)\/.*\.(ts|mjs)$/.test(file));

describe('package-lock.json', () => {
  const packages = readJson('package-lock.json').packages;

  it('has an entry for every optional package, those of other platforms too', () => {
    // npm writes lockfiles that lack them when a platform's package was not published yet, and then `npm ci` refuses
    // the file, or installs a package without the program that it is about.
    const missing = Object.entries(packages).flatMap(([path, entry]) =>
      Object.keys(entry.optionalDependencies ?? {})
        .filter((name) => !isInstalledFor(path, name))
        .map((name) => `${path || 'package.json'} wants ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it('keeps the overrides without which some npm refuses it', () => {
    const { overrides } = readJson('package.json');
    // typescript-eslint may use a later TypeScript under the name that ours has: npm 10, which comes with Node 20,
    // then misses that one in the lockfile.
    expect(overrides['@typescript/native']).toBe('$@typescript/native');
    // Of the newest release some platforms' binaries are missing in the registry.
    expect(overrides['unrs-resolver']).toBe('1.9.2');
  });

  it('wants no install script, of which none is run, but those that are known not to be needed', () => {
    const known = {
      '@parcel/watcher':
        'builds from source where no binary fits; Nx uses it for a daemon that we do not start',
      '@swc/core': 'fetches a WebAssembly fallback where no binary fits',
      bufferutil: 'builds from source where no binary fits; ws does without',
      ccxt: 'says thanks',
      esbuild: 'puts its binary in the place of the script that starts it',
      nx: 'prepares its daemon',
      protobufjs: 'warns whoever wants another version of it',
      'unrs-resolver': 'fetches its binary where npm has left it out',
    };
    const withScripts = Object.entries(packages)
      .filter(([, entry]) => entry.hasInstallScript)
      .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
    expect(withScripts.filter((name) => !Object.hasOwn(known, name))).toEqual([]);
  });

  it('names no registry, so that everybody uses their own', () => {
    const named = Object.values(packages).filter((entry) => /^https?:/.test(entry.resolved ?? ''));
    expect(named.map((entry) => entry.resolved)).toEqual([]);
  });

  /** Looks where Node does: beside the package, then in each folder above. */
  function isInstalledFor(path, name) {
    for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
      if (packages[`${at === '' ? '' : `${at}/`}node_modules/${name}`]) return true;
      if (at === '') return false;
    }
  }
});

describe('sources', () => {
  it('have at most 400 lines a file', () => {
    const long = sources
      .filter((file) => !file.includes('.spec.'))
      .map((file) => ({ file, lines: read(file).split('\n').length - 1 }))
      .filter(({ lines }) => lines > 400);
    expect(long.map(({ file, lines }) => `${file} has ${lines} lines: split it by subject`)).toEqual([]);
  });

  it('are named in kebab-case', () => {
    const name = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;
    expect(sources.filter((file) => !file.split('/').every((part) => name.test(part)))).toEqual([]);
  });

  it('leave nothing for later', () => {
    const marker = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'HA' + 'CK'].join('|')})\\b`);
    expect(linesThat((line) => marker.test(line), sources)).toEqual([]);
  });
});

describe('every file', () => {
  const texts = files.filter((file) => !read(file).includes('\0'));

  it('is free of paths that exist on one machine only', () => {
    const machine = new RegExp(`(?<![\\w.~/-])/(${['work', 'root', 'home', 'Users'].join('|')})/`);
    expect(linesThat((line) => machine.test(line), texts)).toEqual([]);
  });

  it('writes canceled with one l, but where an exchange is quoted', () => {
    const double = 'cancell' + 'ed';
    const quoted = new RegExp(`['"\`]${double}['"\`]`, 'gi');
    const ours = texts.filter((file) => !/fixtures|histories|package-lock/.test(file));
    expect(linesThat((line) => line.replace(quoted, '').toLowerCase().includes(double), ours)).toEqual([]);
  });
});

function linesThat(match, among) {
  return among.flatMap((file) =>
    read(file)
      .split('\n')
      .flatMap((line, index) => (match(line) ? [`${file}:${index + 1}: ${line.trim().slice(0, 120)}`] : [])),
  );
}

function read(file) {
  return readFileSync(join(root, file), 'utf8');
}
