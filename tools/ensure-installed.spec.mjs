import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './project-graph.mjs';

describe('ensure-installed', () => {
  let folder;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bowline-install-'));
    mkdirSync(join(folder, 'tools'));
    mkdirSync(join(folder, 'home'));
    for (const file of ['ensure-installed.mjs', 'install']) {
      cpSync(join(root, 'tools', file), join(folder, 'tools', file), { recursive: true });
    }
    writeProject({});
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('installs on the first run and has nothing to do, nor to say, on the second', () => {
    expect(ensure('--no-build')).toMatchObject({
      stdout: '',
      stderr: expect.stringContaining('installing packages (first run'),
      exitCode: 0,
    });
    expect(existsSync(join(folder, 'node_modules', 'left'))).toBe(true);
    expect(ensure('--no-build')).toEqual({ stdout: '', stderr: '', exitCode: 0 });
  });

  it('installs again when the lockfile asks for other packages', () => {
    ensure('--no-build');
    writeProject({ right: '2.0.0' });
    expect(ensure('--no-build').stderr).toContain('installing packages (package-lock.json has changed');
    expect(existsSync(join(folder, 'node_modules', 'right'))).toBe(true);
  });

  it('takes what the developer has installed by hand for installed', () => {
    npm('install', '--ignore-scripts');
    expect(ensure('--no-build')).toEqual({ stdout: '', stderr: '', exitCode: 0 });
    writeProject({ right: '2.0.0' });
    npm('install', '--ignore-scripts');
    expect(ensure('--no-build')).toEqual({ stdout: '', stderr: '', exitCode: 0 });
  });

  it('builds, and tells of errors on stderr only', () => {
    ensure('--no-build');
    compilerThat("console.log('error TS1: no such thing'); process.exit(1);");
    const { stdout, stderr, exitCode } = ensure();
    expect(stdout).toBe('');
    expect(stderr).toContain('error TS1: no such thing');
    expect(exitCode).toBe(1);
    compilerThat("if (process.argv[2] !== '-b') process.exit(2);");
    expect(ensure()).toEqual({ stdout: '', stderr: '', exitCode: 0 });
  });

  it('says what to do without a lockfile', () => {
    rmSync(join(folder, 'package-lock.json'));
    const { stderr, exitCode } = ensure('--no-build');
    expect(stderr).toContain('package-lock.json is missing');
    expect(exitCode).toBe(1);
  });

  it.each([
    ['18.20.0', 1],
    ['20.18.3', 1],
    ['20.19.0', 0],
    ['22.0.0', 0],
  ])('with Node %s ends with code %d', (version, exitCode) => {
    const pretend = `Object.defineProperty(process, 'versions', { value: { node: '${version}' } });`;
    const result = ensure('--no-build', [`--import=data:text/javascript,${encodeURIComponent(pretend)}`]);
    expect(result.exitCode).toBe(exitCode);
    expect(result.stderr.includes('needs Node.js 20.19 or newer')).toBe(exitCode === 1);
  });

  /** A project with one package of its own, and others by name and version; none needs a registry. */
  function writeProject(more) {
    const locals = { left: '1.0.0', ...more };
    const links = Object.keys(locals).map((name) => [
      `node_modules/${name}`,
      { resolved: `packages/${name}`, link: true },
    ]);
    const manifests = Object.entries(locals).map(([name, version]) => [
      `packages/${name}`,
      { name, version },
    ]);
    const manifest = { name: 'project', version: '1.0.0', workspaces: ['packages/*'] };
    writeJson('package.json', manifest);
    writeJson('package-lock.json', {
      ...manifest,
      lockfileVersion: 3,
      requires: true,
      packages: { '': manifest, ...Object.fromEntries([...links, ...manifests]) },
    });
    for (const [path, content] of manifests) writeJson(`${path}/package.json`, content);
  }

  function writeJson(path, content) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), JSON.stringify(content, null, 2));
  }

  function compilerThat(does) {
    const bin = join(folder, 'node_modules', '@typescript', 'native', 'bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'tsc'), does);
  }

  function ensure(option, nodeOptions = []) {
    const args = [...nodeOptions, join(folder, 'tools', 'ensure-installed.mjs'), ...(option ? [option] : [])];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      env: environment(),
    });
    return { stdout, stderr, exitCode: status };
  }

  function npm(...args) {
    const { status, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8', env: environment() });
    if (status !== 0) throw new Error(stderr);
  }

  /** An empty home, and none of what npm tells the commands that it starts. */
  function environment() {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('npm_'));
    return { ...Object.fromEntries(inherited), HOME: join(folder, 'home') };
  }
});
