import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { runBowline, whenPresent, WorkFolder } from '@bowline/testkit';
import { MOCK_CONFIG } from './mock-config.js';
import { startDesk, storeRows } from './started-desk.spec-support.js';

// Each of them starts processes, which takes its time on a machine that has other things to do.
jest.setTimeout(300_000);

const work = new WorkFolder('start-ends');
const QUICK = ['--speed', 'max', '--port', '0'];

describe.each(['SIGINT', 'SIGTERM'] as const)('a desk that gets %s', (name) => {
  it('ends cleanly: the store has what was shown last, and the next one goes on', async () => {
    const dir = work.at(name);
    const desk = startDesk(['start', '--dir', dir, '--port', '0', '--speed', '600']);
    await desk.url;
    expect(existsSync(`${dir}/desk.json`)).toBe(true);
    desk.signal(name);
    const { exitCode, stderr, stdout } = await desk.ended;
    expect([exitCode, stderr]).toEqual([
      0,
      expect.stringContaining('stopping (once more to stop at once)\nEnding: '),
    ]);
    const [{ trades }] = await storeRows(
      `${dir}/desk.duckdb`,
      'SELECT count(*)::INTEGER AS trades FROM trades',
    );
    expect(stdout).toContain(`\n${String(trades)} trades · `);
    expect(existsSync(`${dir}/desk.json`)).toBe(false);
    expect(JSON.parse(work.read(name, 'clock'))).toMatchObject({ ended: true });
  });
});

describe('a desk that is told to end while signals come in', () => {
  it('has stored what became of every one that it has accepted', async () => {
    const dir = work.at('flooded');
    const desk = startDesk(['start', '--dir', dir, '--port', '0']);
    const url = await desk.url;
    const accepted: string[] = [];
    let last = 0;
    const send = async (): Promise<void> => {
      for (;;) {
        last += 1;
        const body = {
          id: `mine-${last}`,
          strategyId: 'trend-fast',
          symbol: 'BTCUSDT',
          signal: [1, 0, -1][last % 3],
        };
        const headers = { 'content-type': 'application/json' };
        const response = await fetch(`${url}/v1/signals`, {
          method: 'POST',
          headers,
          body: JSON.stringify(body),
        });
        if (response.status === 202) accepted.push(body.id);
        if (accepted.length === 40) desk.signal('SIGTERM');
      }
    };
    // Each sends until nobody answers any more.
    await Promise.allSettled([send(), send(), send()]);
    expect((await desk.ended).exitCode).toBe(0);
    const rows = await storeRows(
      `${dir}/desk.duckdb`,
      'SELECT DISTINCT client_id, signal_id FROM signals UNION SELECT DISTINCT client_id, id FROM denials',
    );
    const decided = new Set(
      rows.map(({ client_id: client, signal_id: id }) => `${String(client)} ${String(id)}`),
    );
    expect(accepted.length).toBeGreaterThanOrEqual(40);
    for (const id of accepted) {
      for (const client of ['christian', 'ikenna', 'odum']) expect(decided).toContain(`${client} ${id}`);
    }
  });
});

describe('a desk at its usual pace', () => {
  it('has come two minutes far after two seconds', async () => {
    const dir = work.at('paced');
    const { exitCode, stdout } = await runBowline(['start', '--dir', dir, '--port', '0', '--for', '2s']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('2025-01-06 00:02:00 UTC\n');
    const { time } = JSON.parse(work.read('paced', 'clock')) as { time: number };
    // What is on its way at the end arrives.
    expect(time - Date.UTC(2025, 0, 6, 0, 2)).toBeLessThan(1_000);
  });
});

describe('a second desk', () => {
  it('is told who has the folder, and leaves all of it as it is', async () => {
    const dir = work.at('shared');
    const first = startDesk(['start', '--dir', dir, '--port', '0', '--speed', '60']);
    const url = await first.url;
    for (const more of [[], ['--resume']]) {
      const second = await runBowline(['start', '--dir', dir, ...QUICK, ...more]);
      expect([second.exitCode, second.stderr.split('\n')[2]]).toEqual([
        1,
        `error: ${dir} is held by process ${first.pid}: stop it first, or choose another folder.`,
      ]);
    }
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    first.signal('SIGINT');
    expect((await first.ended).exitCode).toBe(0);
  });

  it('on a port that is taken says so, and has not thrown the earlier run away', async () => {
    const dir = work.at('port');
    expect((await runBowline(['start', '--dir', dir, ...QUICK, '--for', '1s'])).exitCode).toBe(0);
    const before = work.snapshot('port');
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const second = await runBowline(['start', '--dir', dir, '--port', String(port)]);
    server.close();
    expect([second.exitCode, second.stdout]).toEqual([1, '']);
    expect(second.stderr.split('\n')[2]).toBe(
      `error: port ${port} is taken (by another desk?); choose one with --port`,
    );
    expect(work.snapshot('port')).toEqual(before);
  });
});

describe('bowline run', () => {
  it('logs JSON on stderr and shows nothing, with the roles that were named', async () => {
    const config = work.file('run.yaml', MOCK_CONFIG);
    const roles = 'order-generator,oco-manager,execution-gateway,signal-ingest';
    const desk = startDesk([
      'run',
      '--config',
      config,
      '--dir',
      work.at('run'),
      '--roles',
      roles,
      '--port',
      '0',
    ]);
    const url = await desk.url;
    const status = (await (await fetch(`${url}/v1/status`)).json()) as { roles: string[] };
    expect(status.roles.sort()).toEqual(roles.split(',').sort());
    expect((await fetch(`${url}/v1/trades`)).status).toBe(404);
    desk.signal('SIGTERM');
    const { exitCode, stderr, stdout } = await desk.ended;
    expect([exitCode, stdout]).toEqual([0, '']);
    const lines = stderr
      .trimEnd()
      .split('\n')
      .filter((line) => line !== 'stopping (once more to stop at once)');
    const said = lines.map((line) => JSON.parse(line) as { level: string; msg: string });
    expect(said.filter(({ level }) => level !== 'info')).toEqual([]);
    expect(said.map(({ msg }) => msg)).toEqual([
      'signals are taken unsigned, from whoever is on this machine: no ingest.sources are configured',
      'the desk is up',
      'the desk has ended, and all is written',
    ]);
  });
});

whenPresent('a disk that is full', 'the right to mount a tmpfs, which root has', mountSmallDisk(), (disk) => {
  afterAll(() => void execFileSync('umount', [disk]));

  it('ends the desk with a word on why; with more space it goes on, and the books are right', async () => {
    const dir = `${disk}/desk`;
    const full = await runBowline(['start', '--dir', dir, ...QUICK]);
    expect(full.exitCode).toBe(1);
    expect(full.stderr).toMatch(/^error: .*(no space is left|is the disk full|ENOSPC)/m);
    expect(full.stderr).not.toContain('internal error');
    execFileSync('mount', ['-o', 'remount,size=100m', disk]);
    const more = await runBowline(['start', '--dir', dir, ...QUICK, '--resume', '--for', '2s']);
    expect(more.exitCode).toBe(0);
    expect(more.stdout).toContain('exchange position: always equal');
  });
});

/** A disk of a few megabytes; null where that is not allowed. */
function mountSmallDisk(): string | null {
  const folder = work.at('disk');
  mkdirSync(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}
