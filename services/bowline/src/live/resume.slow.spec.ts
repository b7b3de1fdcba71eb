import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runBowline, WorkFolder, type BowlineRun } from '@bowline/testkit';
import { startDesk } from './started-desk.spec-support.js';

// Each of them starts processes, which takes its time on a machine that has other things to do.
jest.setTimeout(300_000);

const work = new WorkFolder('resume');
const QUICK = ['--speed', 'max', '--port', '0'];

describe('bowline start --resume', () => {
  let first: BowlineRun;

  beforeAll(async () => {
    first = await runBowline(['start', '--dir', work.at('run'), ...QUICK, '--for', '5s']);
  });

  it('stands where the run has ended: positions, pairs, trades, P&L, denials', async () => {
    const dir = copy('stands');
    // So slow that nothing happens.
    const desk = startDesk(['start', '--dir', dir, '--resume', '--speed', '0.001', '--port', '0']);
    await desk.url;
    desk.signal('SIGINT');
    const { exitCode, stdout } = await desk.ended;
    expect(exitCode).toBe(0);
    expect(standing(stdout)).toBe(standing(first.stdout));
  });

  it('refuses another seed, and takes the same one', async () => {
    const dir = copy('seed');
    const other = await resume(dir, ['--seed', '8']);
    expect(other).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(
        `error: --seed 8: the run in ${dir} has seed 7; leave --seed out, or start without --resume, which begins anew\n`,
      ),
    });
    expect((await resume(dir, ['--seed', '7'])).exitCode).toBe(0);
  });

  it.each<[string, (dir: string) => void, string]>([
    [
      'a symbol less',
      (dir) => edit(dir, /^ {2}SOLUSDT: .*\n/m, ''),
      'DIR has christian.okx.SOLUSDT, ikenna.binance-usdm.SOLUSDT, ikenna.okx.SOLUSDT, odum.binance-usdm.SOLUSDT, and the configuration has not: put that back, or start without --resume, which begins anew',
    ],
    [
      'a client less',
      (dir) => edit(dir, / {2}odum:[^]*(?= {2}# Every entry)/, ''),
      'DIR has odum, and the configuration has not',
    ],
    [
      'another exchange',
      (dir) => edit(dir, /okx/g, 'bybit'),
      'DIR has christian.okx, ikenna.okx, and the configuration has not',
    ],
    [
      'another balance',
      (dir) => edit(dir, '60000', '70000'),
      'error: put clients, balances, fees and instruments of the configuration back, or start without --resume',
    ],
    [
      'another tick size',
      (dir) => edit(dir, 'tickSize: 0.1,', 'tickSize: 0.5,'),
      'was written by an exchange with other instruments',
    ],
    [
      'a journal of which a byte has changed',
      (dir) => flip(`${dir}/journal/000001.log`),
      'a batch is damaged',
    ],
    [
      'no journal',
      (dir) => rmSync(`${dir}/journal`, { recursive: true }),
      'Opening the journals in DIR/journal failed',
    ],
    [
      'an exchange whose memory is damaged',
      (dir) => flip(`${dir}/exchange/okx.jsonl`),
      'error: DIR/exchange/okx.jsonl, line ',
    ],
    [
      'terms that are damaged',
      (dir) => writeFileSync(`${dir}/run.json`, '{'),
      'error: DIR/run.json is damaged: restore it from a copy, or start without --resume, which begins anew',
    ],
    [
      'a store that was cut',
      (dir) => truncateSync(`${dir}/desk.duckdb`, 1_000_000),
      'error: DIR/desk.duckdb: ',
    ],
    [
      'a store that is none',
      (dir) => writeFileSync(`${dir}/desk.duckdb`, 'x'.repeat(10_000)),
      'error: DIR/desk.duckdb: is no DuckDB database',
    ],
  ])('(%s) is refused with a way out', async (name, damage, message) => {
    const dir = copy(name.replaceAll(' ', '-'));
    damage(dir);
    const refused = await resume(dir);
    expect([refused.exitCode, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toContain(message.replaceAll('DIR', dir));
  });

  it('is not needed to begin anew, whatever is damaged', async () => {
    const dir = copy('all-damaged');
    flip(`${dir}/journal/000001.log`);
    flip(`${dir}/exchange/okx.jsonl`);
    writeFileSync(`${dir}/run.json`, '{');
    truncateSync(`${dir}/desk.duckdb`, 1_000_000);
    const anew = await runBowline(['start', '--dir', dir, ...QUICK, '--for', '1s', '--seed', '9']);
    expect([anew.exitCode, anew.stderr]).toEqual([0, expect.stringContaining('It trades: seed 9')]);
  });

  it('takes other limits, rates and sizes: they count from now on', async () => {
    const dir = copy('limits');
    edit(dir, 'maxLeverage: 2', 'maxLeverage: 0.01');
    edit(dir, 'latencyMs: 50', 'latencyMs: 80');
    const { exitCode, stdout } = await resume(dir);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('exchange position: always equal');
  });

  it('says that a store is missing, and makes a new one', async () => {
    const dir = copy('no-store');
    rmSync(`${dir}/desk.duckdb`);
    const { exitCode, stderr } = await resume(dir);
    expect([exitCode, stderr]).toEqual([
      0,
      expect.stringContaining(
        `warning: ${dir}/desk.duckdb is not there: a new one is made, without what happened before`,
      ),
    ]);
  });
});

function resume(dir: string, args: readonly string[] = []): Promise<BowlineRun> {
  return runBowline(['start', '--dir', dir, '--resume', ...QUICK, '--for', '1s', ...args]);
}

function copy(name: string): string {
  cpSync(work.at('run'), work.at(name), { recursive: true });
  return work.at(name);
}

function edit(dir: string, from: string | RegExp, to: string): void {
  const path = `${dir}/bowline.yaml`;
  const before = readFileSync(path, 'utf8');
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  writeFileSync(path, after);
}

function flip(path: string): void {
  const bytes = readFileSync(path);
  const at = Math.floor(bytes.length / 2);
  bytes[at] = bytes[at]! ^ 0x80;
  writeFileSync(path, bytes);
}

/** The last tables, without the count of checks, which is the process's own. */
function standing(stdout: string): string {
  const tables = stdout.slice(stdout.lastIndexOf(' trades · '), stdout.indexOf('What to try next'));
  return tables.replace(/, [\d,]+ checks/, '');
}
