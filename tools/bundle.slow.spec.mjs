import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findProgram, RedisServer, whenPresent } from '@bowline/testkit';
import { root } from './project-graph.mjs';
import { RunningProgram } from './testing/running-program.mjs';

/** Outside of the repository, so that nothing of it is found from there. */
const folder = mkdtempSync(join(tmpdir(), 'bowline-bundle-'));
const bundle = join(folder, 'bundle');
const main = join(bundle, 'bowline.mjs');

const PROGRAM = join(root, 'services/bowline/dist/main.js');
/** Of the sample, on two threads. */
const INPUTS = [
  ...['--config', 'sample/config.yaml', '--signals', 'sample/signals.csv', '--workers', '2'],
  ...['--bars', 'BTCUSDT=sample/BTCUSDT-1m.csv.gz', '--bars', 'ETHUSDT=sample/ETHUSDT-1m.csv.gz'],
  ...['--bars', 'SOLUSDT=sample/SOLUSDT-1m.csv.gz'],
];

const CONFIG = `clients:
  ikenna:
    exchanges: { sim: { accountBalance: 100000, symbols: [BTCUSDT] } }
    orderParams: { sizing: { fixedNotional: 1000 } }
`;

beforeAll(async () => {
  await run(process.execPath, [join(root, 'tools', 'bundle.mjs'), bundle]);
  for (const path of Object.keys(lock().packages)) {
    const installed = join(root, path);
    // Binaries of other platforms are in the lockfile, and not in the folder.
    if (path !== '' && existsSync(installed)) cpSync(installed, join(bundle, path), { recursive: true });
  }
  writeFileSync(join(folder, 'bowline.yaml'), CONFIG);
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the bundle', () => {
  it('comes with a lockfile that npm takes', async () => {
    const args = ['ci', '--omit=dev', '--ignore-scripts', '--dry-run', '--offline', '--no-audit'];
    await expect(run('npm', args, { cwd: bundle })).resolves.toBeDefined();
  });

  it('keeps as packages, in the versions of the repository, only what cannot be bundled', () => {
    const { dependencies } = JSON.parse(readFileSync(join(bundle, 'package.json'), 'utf8'));
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
    const versions = Object.keys(dependencies).map((name) => [
      name,
      packages[`node_modules/${name}`].version,
    ]);
    expect(dependencies).toEqual(Object.fromEntries(versions));
    expect(Object.keys(dependencies)).toContain('@duckdb/node-api');
    expect(Object.keys(dependencies).filter((name) => name.startsWith('@nestjs'))).toEqual([]);
  });

  it('shows the help that the program shows', async () => {
    const ours = await bowline('--help');
    const built = await run(process.execPath, [PROGRAM, '--help']);
    expect(ours).toBe(built.stdout);
  });

  it('makes a sample, and checks its configuration', async () => {
    await bowline('sample', '--out', 'sample', '--bars', '1000');
    expect(await bowline('check', '--config', 'sample/config.yaml')).toContain('3 clients, nothing wrong');
  });

  it('makes the same backtest on worker threads as the program, with its page and its database', async () => {
    await bowline('backtest', ...INPUTS, '--out', 'out');
    expect(readFileSync(join(folder, 'out', 'report.html'), 'utf8')).toContain('LightweightCharts');
    expect(existsSync(join(folder, 'out', 'bowline.duckdb'))).toBe(true);
    const result = JSON.parse(await bowline('backtest', ...INPUTS, '--json'));
    const { stdout } = await run(process.execPath, [PROGRAM, 'backtest', ...INPUTS, '--json'], {
      cwd: folder,
    });
    const { elapsedMs, barsPerSecond } = result;
    expect(result).toEqual({ ...JSON.parse(stdout), elapsedMs, barsPerSecond });
    expect(result.trades).toBeGreaterThan(0);
  });

  it('sweeps on worker threads', async () => {
    const sizes = ['--param', 'clients.odum.orderParams.sizing.fixedNotional=1000,2000,3000'];
    const swept = JSON.parse(await bowline('sweep', ...INPUTS, ...sizes, '--json'));
    expect(swept.runs).toHaveLength(3);
  });

  it('runs a whole desk', async () => {
    const shown = await bowline('start', '--for', '5s', '--port', '0', '--speed', 'max', '--dir', 'desk');
    expect(shown).toMatch(/always equal, [\d,]+ checks/);
  });
});

whenPresent('the bundle over Redis', 'redis-server', findProgram('redis-server'), (redisProgram) => {
  it('runs roles as processes that answer over HTTP', async () => {
    const redis = await RedisServer.start(redisProgram);
    const programs = [];
    const start = (command, ...args) => {
      const own = ['--config', 'bowline.yaml', '--env', 'local-integration', '--port', '0', ...args];
      const env = { REDIS_URL: redis.url, BOWLINE_EXCHANGE_URL: exchange };
      programs.push(new RunningProgram(main, [command, ...own], { cwd: folder, env }));
      return programs.at(-1).url();
    };
    let exchange = '';
    try {
      exchange = await start('exchange-simulator', '--dir', 'exchanges');
      const [gateway, analytics] = await Promise.all([
        start('run', '--roles', 'execution-gateway', '--dir', 'gateway'),
        start('run', '--roles', 'analytics', '--dir', 'analytics'),
      ]);
      // Controllers with services that Nest has to inject.
      expect(await statusOf(`${gateway}/v1/status`)).toBe(200);
      expect(await statusOf(`${analytics}/v1/positions`)).toBe(200);
      expect(await statusOf(`${analytics}/metrics`)).toBe(200);
      const [, ...roles] = programs;
      expect(await Promise.all(roles.map((program) => program.stop()))).toEqual([0, 0]);
    } finally {
      await Promise.all(programs.map((program) => program.stop('SIGKILL')));
      await redis.stop();
    }
  });
});

/** What a command of the bundle prints. */
async function bowline(...args) {
  const { stdout } = await run(process.execPath, [main, ...args], { cwd: folder });
  return stdout;
}

function run(command, args, options = {}) {
  const { NODE_OPTIONS: _ofJest, npm_lifecycle_event: _script, INIT_CWD: _cwd, ...env } = process.env;
  return promisify(execFile)(command, args, { ...options, env, maxBuffer: 1 << 26 });
}

async function statusOf(url) {
  return (await fetch(url)).status;
}

function lock() {
  return JSON.parse(readFileSync(join(bundle, 'package-lock.json'), 'utf8'));
}
