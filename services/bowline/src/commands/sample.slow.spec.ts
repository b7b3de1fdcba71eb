import { gunzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { configTemplate } from '@bowline/contracts';
import { programPath, runBowline, WorkFolder } from '@bowline/testkit';

const folder = new WorkFolder('sample');
const inFolder = (args: readonly string[]) => runBowline(args, { cwd: folder.path });

describe('sample', () => {
  it('writes a desk that runs as it stands', async () => {
    const { exitCode, stderr, stdout } = await inFolder(['sample', '--out', 'desk', '--bars', '12000']);
    expect(exitCode).toBe(0);
    expect(stdout.split('\n').filter((line) => line !== '')).toEqual([
      'wrote desk/config.yaml',
      'wrote desk/signals.csv',
      'wrote desk/BTCUSDT-1m.csv.gz',
      'wrote desk/ETHUSDT-1m.csv.gz',
      'wrote desk/SOLUSDT-1m.csv.gz',
    ]);
    const [program, ...command] = /^next: node (.*)$/m.exec(stderr)?.[1].split(' ') ?? [];
    expect(program).toBe(programPath);
    const run = await inFolder([...command, '--json']);
    expect(run.exitCode).toBe(0);
    expect(Object.keys(JSON.parse(run.stdout).byClient)).toEqual(['christian', 'ikenna', 'odum']);
  });

  it('has as many candles as were asked for, and five strategies', () => {
    const lines = gunzipSync(readFileSync(folder.at('desk', 'BTCUSDT-1m.csv.gz')))
      .toString()
      .trim()
      .split('\n');
    expect(lines).toHaveLength(1 + 12_000);
    const signals = folder.read('desk', 'signals.csv').trim().split('\n').slice(1);
    const strategies = new Set(signals.map((line) => line.split(',')[1]));
    expect([...strategies].sort()).toEqual([
      'reversal-fast',
      'reversal-slow',
      'scout',
      'trend-fast',
      'trend-slow',
    ]);
  });

  it('makes the same desk of the same seed, another of another', async () => {
    await inFolder(['sample', '--out', 'again', '--bars', '12000']);
    expect(folder.snapshot('again')).toEqual(folder.snapshot('desk'));
    await inFolder(['sample', '--out', 'other', '--bars', '12000', '--seed', '2']);
    expect(folder.snapshot('other')['signals.csv']).not.toBe(folder.snapshot('desk')['signals.csv']);
  });

  it('never replaces what is there, unless told to', async () => {
    folder.file('mine/notes.txt', 'keep');
    const refused = await inFolder(['sample', '--out', 'mine', '--bars', '200']);
    expect({ ...refused, stdout: '' }).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        'error: --out mine: is not empty; name another directory, or replace the sample in it with --force\n',
    });
    expect(Object.keys(folder.snapshot('mine'))).toEqual(['notes.txt']);
    expect((await inFolder(['sample', '--out', 'mine', '--bars', '200', '--force'])).exitCode).toBe(0);
    expect(Object.keys(folder.snapshot('mine'))).toEqual([
      'BTCUSDT-1m.csv.gz',
      'ETHUSDT-1m.csv.gz',
      'SOLUSDT-1m.csv.gz',
      'config.yaml',
      'notes.txt',
      'signals.csv',
    ]);
    expect(folder.read('mine', 'notes.txt')).toBe('keep');
  });
});

describe('init', () => {
  it('writes the configuration with every option, which check finds nothing wrong with', async () => {
    expect(await inFolder(['init'])).toEqual({
      exitCode: 0,
      stdout: 'wrote bowline.yaml\n',
      stderr: `next: node ${programPath} check --config bowline.yaml\n`,
    });
    expect(folder.read('bowline.yaml')).toBe(configTemplate());
    const { exitCode, stderr, stdout } = await inFolder(['check', '--config', 'bowline.yaml']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^bowline\.yaml: 3 clients, nothing wrong\n/);
  });

  it('never replaces a file, unless told to', async () => {
    folder.file('mine.yaml', 'precious');
    const { exitCode, stderr } = await inFolder(['init', '--out', 'mine.yaml']);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: 'error: --out mine.yaml: is there already; name another file, or replace it with --force\n',
    });
    expect(folder.read('mine.yaml')).toBe('precious');
    expect((await inFolder(['init', '--out', 'mine.yaml', '--force'])).exitCode).toBe(0);
    expect(folder.read('mine.yaml')).toBe(configTemplate());
  });
});

describe('check', () => {
  it('says everything that is wrong, each on a line of its own', async () => {
    folder.file(
      'bad.yaml',
      'clients:\n  a:\n    exchanges: { okx: { accountBalance: x } }\n    riskParms: {}\n',
    );
    const { exitCode, stderr, stdout } = await inFolder(['check', '--config', 'bad.yaml']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(
        /^error: bad\.yaml:3:41: clients\.a\.exchanges\.okx\.accountBalance: expected a number/,
      ),
      'error: bad.yaml:4:5: clients.a.riskParms: unknown key; did you mean riskParams?',
    ]);
  });
});
