/**
 * Makes a checkout ready to run: installs the packages when package-lock.json asks for others than are there, then
 * builds what has changed. Runs before every npm command (`prestart`, `pretest`, `prebowline` ...), so that a fresh
 * clone needs no step of its own. Speaks on stderr only: stdout belongs to the command that follows.
 *
 * `--no-build` stops after the packages.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './install/lock.mjs';
import { runQuietly } from './install/run-quietly.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lockfile = join(root, 'package-lock.json');
const stampFile = join(root, 'node_modules', '.bowline-stamp');
const compiler = join(root, 'node_modules', '@typescript', 'native', 'bin', 'tsc');

try {
  refuseOldNode();
  if (!existsSync(lockfile)) {
    throw new Error(
      'package-lock.json is missing, so it is not known which packages to install.\n' +
        'Restore it (git checkout -- package-lock.json) or clone again.',
    );
  }
  // Two commands at once (say, two tests that start the program) must not install or build into the same folders.
  await withLock(join(root, '.bowline', 'install.lock'), say, async () => {
    await installIfNeeded();
    if (!process.argv.includes('--no-build')) await build();
  });
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

/** Node 20.19 is the first that loads an ES module through require(), which packages of ours rely on. */
function refuseOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Error(
    `Bowline needs Node.js 20.19 or newer, and this is ${process.version} (${process.execPath}).\n` +
      'Install a newer one (https://nodejs.org) and run the command again.',
  );
}

async function installIfNeeded() {
  const wanted = {
    lockfile: createHash('sha256').update(readFileSync(lockfile)).digest('hex'),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
  };
  const stamp = readJson(stampFile);
  const reason = reasonToInstall(stamp, wanted);
  if (!reason) return;
  if (reason.mayBeDone && alreadyInstalled()) {
    writeStamp(wanted);
    return;
  }
  say(`installing packages (${reason.text}, about 20 s)`);
  await install();
  writeStamp(wanted);
}

/** @returns {{text: string, mayBeDone: boolean} | undefined} undefined when the stamp says that all is there */
function reasonToInstall(stamp, wanted) {
  if (!stamp) return { text: 'first run', mayBeDone: true };
  if (stamp.node !== wanted.node) {
    return { text: `Node was ${stamp.node} and is ${wanted.node}`, mayBeDone: false };
  }
  // Packages bring programs for one platform: a folder copied or mounted from another machine will not do.
  if (stamp.platform !== wanted.platform)
    return { text: `was installed for ${stamp.platform}`, mayBeDone: false };
  if (stamp.lockfile !== wanted.lockfile) return { text: 'package-lock.json has changed', mayBeDone: true };
  return undefined;
}

/**
 * Whether what npm wrote about node_modules agrees with package-lock.json: so it does after a developer's own
 * `npm install`, and then the 20 s of `npm ci` would change nothing.
 */
function alreadyInstalled() {
  const installed = readJson(join(root, 'node_modules', '.package-lock.json'))?.packages;
  const wanted = readJson(lockfile)?.packages;
  if (!installed || !wanted) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes('node_modules/')) return true;
    const there = installed[path];
    if (!there) return entry.optional === true;
    return (
      there.version === entry.version && there.integrity === entry.integrity && existsSync(join(root, path))
    );
  });
}

async function install() {
  // npm tells us where it lives when it started us; whoever runs this file by hand has `npm` on the path.
  const npmCli = process.env.npm_execpath;
  const viaNode = npmCli !== undefined && basename(npmCli) === 'npm-cli.js';
  const command = viaNode ? process.execPath : process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const args = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  // The linter wants later releases of Node 22 than the program does, and must not stand in the way of `npm start`.
  args.push('--engine-strict=false');
  // npm's own pauses between tries (10 s and more) leave someone without a network waiting for a minute and a half.
  args.push('--fetch-retries=2', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=4000');
  const { code, output } = await runQuietly(command, [...(viaNode ? [npmCli] : []), ...args], {
    cwd: root,
    // `npm run -s` would hand its silence down, and an npm that fails must say why.
    env: { ...process.env, npm_config_loglevel: 'error', npm_config_update_notifier: 'false' },
    shell: !viaNode && process.platform === 'win32',
  });
  if (code === 0) return;
  throw new Error(`npm ci ended with code ${code}. ${adviceFor(output)}`);
}

function adviceFor(output) {
  if (
    /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT)\b/.test(output)
  ) {
    return (
      'The package registry cannot be reached: the first run needs a network (later ones do not).\n' +
      'Connect, or name a registry that can be reached with `npm config set registry URL`, and run the command again.'
    );
  }
  if (/\bEUSAGE\b/.test(output)) {
    return 'package-lock.json does not agree with the package.json files: run `npm install --ignore-scripts`.';
  }
  if (/\bENOENT\b/.test(output) && /spawn/.test(output)) {
    return 'npm was not found: install it together with Node.js (https://nodejs.org).';
  }
  return 'What npm said stands above.';
}

async function build() {
  const { code } = await runQuietly(process.execPath, [compiler, '-b'], { cwd: root, env: process.env });
  if (code !== 0) throw new Error('the build did not succeed: the reason stands above.');
}

function writeStamp(stamp) {
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, `${JSON.stringify(stamp, null, 2)}\n`);
}

/** What the JSON file says, undefined when it is absent or torn: either way the answer is to install. */
function readJson(path) {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function say(message) {
  process.stderr.write(`bowline: ${message}\n`);
}
