import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { runBowline } from '@bowline/testkit';
import { METRICS } from '../sweep/metrics.js';
import { VERSION } from './version.js';

const COMMANDS = [
  'exchange-simulator',
  ...['start', 'init', 'check', 'sample', 'fetch', 'backtest', 'sweep', 'report'],
  ...[
    'status',
    'positions',
    'oco',
    'orders',
    'trades',
    'signal',
    'halt',
    'resume',
    'close',
    'reconcile',
    'adopt',
    'journal',
  ],
];

describe('--help', () => {
  it('of the program names every command', async () => {
    const { exitCode, stderr, stdout } = await runBowline(['--help']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    for (const name of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    expect(stdout).toContain('Exit codes:');
  });

  it.each(COMMANDS)('of %s explains its options, and shows how it is used', async (name) => {
    const { exitCode, stderr, stdout } = await runBowline([name, '--help']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^Usage: bowline ${name} `));
    expect(stdout).toMatch(new RegExp(`^Examples:\\n  bowline ${name}`, 'm'));
    // Every option has a text of its own.
    expect(stdout).not.toMatch(/^ {2}--\S+(?: <\S+>)?$/m);
  });

  it('of the program is what `help` prints, and `help COMMAND` that of the command', async () => {
    const [asked, helped] = await Promise.all([runBowline(['--help']), runBowline(['help'])]);
    expect(helped).toEqual(asked);
    const [sweep, helpSweep] = await Promise.all([
      runBowline(['sweep', '--help']),
      runBowline(['help', 'sweep']),
    ]);
    expect(helpSweep).toEqual(sweep);
  });
});

describe('--version', () => {
  it('is that of package.json', async () => {
    const manifest = new URL('../../package.json', import.meta.url);
    expect(JSON.parse(readFileSync(manifest, 'utf8')).version).toBe(VERSION);
    expect(await runBowline(['--version'])).toEqual({ exitCode: 0, stdout: `${VERSION}\n`, stderr: '' });
  });
});

describe('a command line that cannot be understood', () => {
  const HERE = ['--config', 'c.yaml', '--bars', 'X=x.csv'];
  it.each<[string[], string]>([
    [['backtset'], "error: unknown command 'backtset'\n(Did you mean backtest?)\n"],
    [['backtest'], "error: required option '--config <file>' not specified\n"],
    [['backtest', '--config', 'c.yaml'], "error: required option '--bars <symbol=file>' not specified\n"],
    [
      ['backtest', ...HERE],
      'error: there are no signals: give --signals FILE, or try --strategy sma-cross:10,50\n',
    ],
    [
      ['backtest', ...HERE, '--signals', 's.csv', '--strategy', 'random:1'],
      "error: option '--signals <file>' cannot be used with option '--strategy <name:args>'\n",
    ],
    [
      ['backtest', '--config', 'c.yaml', '--bars', 'btc.csv'],
      "error: option '--bars <symbol=file>' argument 'btc.csv' is invalid. Write SYMBOL=FILE or EXCHANGE:SYMBOL=FILE.\n",
    ],
    [
      ['backtest', ...HERE, '--bars', 'X=y.csv'],
      "error: option '--bars <symbol=file>' argument 'X=y.csv' is invalid. X is given twice: x.csv and y.csv.\n",
    ],
    [
      ['backtest', ...HERE, '--bars', 'a/b=y.csv'],
      "error: option '--bars <symbol=file>' argument 'a/b=y.csv' is invalid. The symbol \"a/b\" must be 1 to 64 letters, digits, dots, dashes or underscores.\n",
    ],
    [
      ['backtest', ...HERE, '--workers', '0'],
      "error: option '--workers <n>' argument '0' is invalid. It must be a whole number from 1 to 256.\n",
    ],
    [
      ['backtest', ...HERE, '--equity', 'hourly'],
      "error: option '--equity <step>' argument 'hourly' is invalid. Allowed choices are daily, bar.\n",
    ],
    [
      ['backtest', ...HERE, '--out', ''],
      "error: option '--out <dir>' argument '' is invalid. It must not be empty.\n",
    ],
    [['backtest', ...HERE, '--jsn'], "error: unknown option '--jsn'\n(Did you mean --json?)\n"],
    [
      ['backtest', ...HERE, '--strategy', 'macd:1'],
      'error: --strategy macd:1: there is no built-in strategy "macd"; there are sma-cross:fast,slow, donchian:n, random:seed\n',
    ],
    [
      ['backtest', ...HERE, '--strategy', 'donchian:5', '--strategy', 'donchian:5'],
      'error: --strategy donchian:5: donchian-5 is there already; name it with ID=donchian:5\n',
    ],
    [
      ['backtest', ...HERE, '--strategy', 'a=random:1', '--strategy', 'a=donchian:2'],
      'error: --strategy a=donchian:2: a is there already; name it with ID=donchian:2\n',
    ],
    [
      ['sweep', ...HERE, '--signals', 's.csv', '--param', 'riskParams.stopLossSd'],
      'error: --param riskParams.stopLossSd: write PATH=VALUE,VALUE, such as riskParams.takeProfitSd=1,2,3\n',
    ],
    [
      ['sweep', ...HERE, '--signals', 's.csv', '--param', 'a.b=1,1'],
      'error: --param a.b=1,1: 1 is there twice\n',
    ],
    [
      ['sweep', ...HERE, '--signals', 's.csv', '--param', 'a.b=1', '--sort', 'luck'],
      `error: --sort luck: there is no such figure; there are ${METRICS.map(({ name }) => name).join(', ')}
`,
    ],
    [
      ['fetch', 'kraken', 'BTCUSDT', '1m', '--from', '2024-01-01'],
      'error: there is no source "kraken"; there is binance-usdm\n',
    ],
    [
      ['fetch', 'binance-usdm', 'btcusdt', '7m', '--from', '2024-01-01', '--base-url', 'localhost:8765'],
      'error: symbol "btcusdt": the exchange spells symbols in capital letters: BTCUSDT\n' +
        'error: interval "7m": the exchange has 1m, 3m, 5m, 15m, 30m, 1h, 2h, 4h, 6h, 8h, 12h, 1d, 3d, 1w, 1mo\n' +
        'error: base URL "localhost:8765": it must begin with http:// or https://, such as http://localhost:8765\n',
    ],
    [
      ['fetch', 'binance-usdm', 'BTCUSDT', '1m', '--from', '2024-02-30'],
      'error: --from 2024-02-30: write a UTC date such as 2024-01-31 or 2024-01-31T12:00Z\n',
    ],
    [
      ['fetch', 'binance-usdm', 'BTCUSDT', '1m', '--from', '2024-02-02', '--to', '2024-02-01'],
      'error: --from 2024-02-02 must be before --to 2024-02-01\n',
    ],
  ])('%j is refused with exit code 2', async (args, message) => {
    const { exitCode, stderr, stdout } = await runBowline(args);
    expect({ exitCode, stderr, stdout }).toEqual({ exitCode: 2, stderr: message, stdout: '' });
  });

  it('of nothing at all prints the help', async () => {
    const { exitCode, stderr } = await runBowline([]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^Usage: bowline /);
  });
});
