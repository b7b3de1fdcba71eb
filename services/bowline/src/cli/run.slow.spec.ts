import { beforeAll, describe, expect, it } from '@jest/globals';
import { InputError } from '@bowline/contracts';
import { ended, runBowline, startBowline, WorkFolder } from '@bowline/testkit';
import { sampleFiles } from '../sample/write-sample.js';
import { EXIT, Interrupted, UsageError } from './exit.js';
import { failureOf } from './failure.js';

const folder = new WorkFolder('run');
const files = sampleFiles(folder.at('desk'));
/** With a built-in strategy, the desk warns of the strategies that it follows: a sign that the data have been read. */
const ARGS = [
  '--config',
  files.config,
  ...files.bars.flatMap(({ path, symbol }) => ['--bars', `${symbol}=${path}`]),
  '--strategy',
  'sma-cross:20,100',
];

beforeAll(async () => {
  await runBowline(['sample', '--out', folder.at('desk'), '--bars', '60000']);
});

describe('what went wrong', () => {
  it.each<[string, Error, number, string[]]>([
    [
      'input',
      new InputError(['a.csv: one', 'a.csv: two']),
      EXIT.badInput,
      ['error: a.csv: one', 'error: a.csv: two'],
    ],
    ['a command line', new UsageError('write it so'), EXIT.usage, ['error: write it so']],
    [
      'a full disk',
      Object.assign(new Error('ENOSPC: no space left on device, write'), {
        code: 'ENOSPC',
        syscall: 'write',
        path: 'out/trades.csv',
      }),
      EXIT.badInput,
      ['error: out/trades.csv: no space is left on the disk (ENOSPC)'],
    ],
    ['Ctrl-C', new Interrupted(130), 130, []],
  ])('with %s is said in lines, without a stack', async (_what, error, exitCode, lines) => {
    expect(await failureOf(error, true)).toEqual({ exitCode, lines });
  });

  it('as a bug says how to report it, and where it happened only on demand', async () => {
    const bug = new TypeError('x is not a function', { cause: new Error('y') });
    const { exitCode, lines } = await failureOf(bug, false);
    expect(exitCode).toBe(EXIT.internal);
    expect(lines[0]).toBe('internal error: TypeError: x is not a function');
    expect(lines.join('\n')).toContain('--verbose');
    expect(lines.join('\n')).not.toContain('    at ');
    const verbose = (await failureOf(bug, true)).lines.join('\n');
    expect(verbose).toMatch(/TypeError: x is not a function\n {4}at .*\n.*Error: y\n {4}at /s);
  });
});

describe('Ctrl-C', () => {
  it.each<[NodeJS.Signals, number, string[]]>([
    ['SIGINT', 130, ['backtest', ...ARGS, '--out', folder.at('stopped')]],
    ['SIGTERM', 143, ['backtest', ...ARGS, '--out', folder.at('stopped')]],
    [
      'SIGINT',
      130,
      [
        'sweep',
        ...ARGS,
        '--out',
        folder.at('stopped'),
        '--param',
        'riskParams.takeProfitSd=1,2,3,4,5,6,7,8',
        '--param',
        'riskParams.stopLossSd=1,2,3,4,5,6,7,8',
      ],
    ],
  ])('(%s) ends with exit code %i and leaves nothing behind: %j', async (signal, exitCode, args) => {
    const child = startBowline(args);
    const run = ended(child);
    child.stderr.once('data', () => child.kill(signal));
    const { exitCode: code, stdout, stderr } = await run;
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
    expect(stderr).toContain('stopping');
    expect(Object.keys(folder.snapshot()).filter((name) => !name.startsWith('desk/'))).toEqual([]);
  });
});

describe('a reader that has gone', () => {
  it('is no error', async () => {
    const child = startBowline(['backtest', ...ARGS, '--json']);
    child.stdout.destroy();
    const { exitCode, stderr } = await ended(child);
    expect(exitCode).toBe(EXIT.ok);
    expect(stderr).not.toMatch(/EPIPE|error/);
  });
});

describe('a folder that npm was called from', () => {
  it('is what relative paths are relative to', async () => {
    const env = { npm_lifecycle_event: 'bowline', INIT_CWD: folder.at('desk') };
    const { stdout } = await runBowline(['check', '--config', 'config.yaml'], { cwd: folder.path, env });
    expect(stdout).toMatch(/^config\.yaml: 3 clients, nothing wrong\n/);
  });
});
