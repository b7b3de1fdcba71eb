/**
 * What a process of each role costs that has nothing to do: the smallest desk (one client, one account, one symbol)
 * over Redis, against the exchange simulator, every role a process of its own, with an empty folder.
 *
 * - boot: from the start of the process until it says that it is up, which is when it listens
 * - memory: resident, a while after that
 *
 * Both as the compiler writes the program, and as the image has it: one bundle, made for the bench, with the options
 * that the Dockerfile gives to Node. The floor is Node itself with an HTTP server that answers nothing.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findProgram } from '../../libs/testkit/dist/programs.js';
import { RedisServer } from '../../libs/testkit/dist/redis-server.js';
import { bundle } from '../bundle.mjs';
import { root } from '../project-graph.mjs';
import { RunningProgram } from '../testing/running-program.mjs';
import { isMain } from './measure.mjs';
import { printRows } from './table.mjs';

const FULL = { rounds: 3, idleMs: 3_000 };
const QUICK = { rounds: 1, idleMs: 1_000 };
const SIMULATOR = 'exchange-simulator';
const ROLES = ['signal-ingest', 'order-generator', 'oco-manager', 'execution-gateway', 'analytics'];
const KB = 1_024;
/** Of what the image runs: milliseconds, and megabytes. */
const TARGETS = { bootMs: 500, memoryMb: (role) => (role === 'analytics' ? 160 : 105) };
const BUNDLED = ', bundled';

const CONFIG = `environment: local-integration
clients:
  c1: { exchanges: { sim: { accountBalance: 1000000 } }, orderParams: { sizing: { fixedNotional: 1000 } } }
instruments:
  XYZUSDT: { tickSize: 0.01, lotSize: 0.001 }
`;

const FLOOR = `import { createServer } from 'node:http';
const server = createServer().listen(0, '127.0.0.1', () => {
  process.stderr.write(JSON.stringify({ url: 'http://127.0.0.1:' + server.address().port, msg: 'up' }));
});
`;

/** @returns {Promise<import('./measure.mjs').Row[]>} */
export async function run({ quick = false, log = () => undefined } = {}) {
  const server = findProgram('redis-server');
  if (server === null) {
    log('skipped: there is no redis-server on this machine (Debian: apt-get install redis-server)');
    return [];
  }
  const how = quick ? QUICK : FULL;
  const folder = mkdtempSync(join(tmpdir(), 'bowline-bench-processes-'));
  // Within the repository, because a bundle finds its packages from where it lies.
  const bundled = join(root, 'dist', 'bench-bundle');
  const redis = await RedisServer.start(server, 'always');
  let exchanges = null;
  try {
    await bundle(bundled);
    writeFileSync(join(folder, 'bowline.yaml'), CONFIG);
    writeFileSync(join(folder, 'floor.mjs'), FLOOR);
    const program = join(root, 'services/bowline/dist/main.js');
    const image = { NODE_OPTIONS: optionsOfImage() };
    const mains = [
      { how: '', main: program, options: {} },
      { how: BUNDLED, main: join(bundled, 'bowline.mjs'), options: image },
    ];
    exchanges = new RunningProgram(program, argsOf(SIMULATOR, folder, 'exchanges'));
    const env = { REDIS_URL: redis.url, BOWLINE_EXCHANGE_URL: await exchanges.url() };
    const subjects = [
      { name: 'floor', start: () => new RunningProgram(join(folder, 'floor.mjs'), []) },
      ...[...ROLES, SIMULATOR].flatMap((role) =>
        mains.map((each) => ({
          name: `${role}${each.how}`,
          role,
          isTarget: each.how === BUNDLED && role !== SIMULATOR,
          start: (at) =>
            new RunningProgram(each.main, argsOf(role, folder, `${role}-${at}${each.how}`), {
              env: { ...env, ...each.options },
            }),
        })),
      ),
    ];
    for (let round = 0; round < how.rounds; round += 1) {
      log(`round ${round + 1} of ${how.rounds}`);
      for (const subject of subjects) await measure(subject, round, how.idleMs);
    }
    return rowsOf(subjects);
  } finally {
    await exchanges?.stop('SIGKILL');
    await redis.stop();
    rmSync(bundled, { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  }
}

function argsOf(role, folder, name) {
  const dir = join(folder, name);
  mkdirSync(dir, { recursive: true });
  const terms = ['--config', join(folder, 'bowline.yaml'), '--dir', dir, '--port', '0'];
  return role === SIMULATOR ? [role, ...terms, '--hold'] : ['run', ...terms, '--roles', role];
}

/** Keeps the least of what a subject has taken: nothing makes a process start sooner or smaller than it can. */
async function measure(subject, round, idleMs) {
  const start = performance.now();
  const running = subject.start(round);
  try {
    await running.url();
    const bootMs = performance.now() - start;
    await sleep(idleMs);
    const memoryMb = await residentMb(running.pid);
    subject.bootMs = Math.min(bootMs, subject.bootMs ?? Infinity);
    subject.memoryMb = Math.min(memoryMb, subject.memoryMb ?? Infinity);
  } finally {
    await running.stop();
  }
}

async function residentMb(pid) {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
  return (Number(stdout) * KB) / 1e6;
}

/** As the Dockerfile says it. */
function optionsOfImage() {
  return /^ENV NODE_OPTIONS=(.+)$/m.exec(readFileSync(join(root, 'Dockerfile'), 'utf8'))[1];
}

function rowsOf([floor, ...subjects]) {
  return subjects.flatMap(({ bootMs, isTarget, memoryMb, name, role }) => {
    const row = (what, ours, unit, value, most) => ({
      ...{ name: `${name}: ${what}`, ours, unit, reference: { name: 'Node, HTTP', value } },
      ...(isTarget ? { target: `<= ${most} ${unit}`, met: ours <= most } : { target: null }),
    });
    return [
      row('boot', bootMs, 'ms', floor.bootMs, TARGETS.bootMs),
      row('memory', memoryMb, 'MB', floor.memoryMb, TARGETS.memoryMb(role)),
    ];
  });
}

if (isMain(import.meta.url)) {
  printRows(await run({ quick: process.argv.includes('--quick'), log: (line) => console.error(line) }));
}
