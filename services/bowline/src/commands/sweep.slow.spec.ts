import { beforeAll, describe, expect, it } from '@jest/globals';
import { runBowline, WorkFolder } from '@bowline/testkit';

const folder = new WorkFolder('sweep');
const inFolder = (args: readonly string[]) => runBowline(args, { cwd: folder.path });
const BARS = ['--bars', 'BTCUSDT=desk/BTCUSDT-1m.csv.gz', '--bars', 'ETHUSDT=desk/ETHUSDT-1m.csv.gz'];
const DESK = `clients:
  ikenna:
    exchanges: { binance-usdm: { accountBalance: 50000 }, okx: { accountBalance: 50000 } }
    riskParams: { takeProfitPct: 2, stopLossSd: 20, volatilityWindow: 60 }
    orderParams: { sizing: { percentOfBalance: 10 } }
  odum:
    exchanges: { okx: { accountBalance: 50000 } }
    riskParams: { takeProfitSd: 10, stopLossSd: 10 }
    orderParams: { sizing: { fixedNotional: 2000 } }
`;
const SWEEP = ['sweep', '--config', 'desk.yaml', ...BARS, '--signals', 'desk/signals.csv'];
const GRID = ['--param', 'riskParams.takeProfitSd=8,20', '--param', 'execution.slippageBps=0,3,10'];

beforeAll(async () => {
  folder.file('desk.yaml', DESK);
  await inFolder(['sample', '--out', 'desk', '--bars', '6000']);
});

interface Run {
  readonly run: number;
  readonly params: Readonly<Record<string, string>>;
  readonly trades: number;
  readonly netPnl: string;
  readonly [figure: string]: unknown;
}

async function sweepRuns(args: readonly string[]): Promise<Run[]> {
  const { exitCode, stderr, stdout } = await inFolder([...args, '--json']);
  expect({ exitCode, stderr: stderr.replace(/^warning: .*\n/gm, '') }).toEqual({ exitCode: 0, stderr: '' });
  return JSON.parse(stdout).runs;
}

describe('sweep', () => {
  it('runs every combination, the last parameter fastest, and ranks them', async () => {
    const runs = await sweepRuns([...SWEEP, ...GRID]);
    expect(runs.map(({ run }) => run).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6]);
    const byRun = [...runs].sort((a, b) => a.run - b.run);
    expect(byRun.map(({ params }) => Object.values(params).join(' '))).toEqual([
      '8 0',
      '8 3',
      '8 10',
      '20 0',
      '20 3',
      '20 10',
    ]);
    const net = runs.map(({ netPnl }) => Number(netPnl));
    expect(net).toEqual([...net].sort((a, b) => b - a));
  });

  it('gives each combination what a backtest of it gives', async () => {
    const runs = await sweepRuns([...SWEEP, ...GRID]);
    const desk = DESK.replace('takeProfitPct: 2', 'takeProfitSd: 20').replace(
      'takeProfitSd: 10',
      'takeProfitSd: 20',
    );
    folder.file('one.yaml', `${desk}execution: { slippageBps: 3 }\n`);
    const args = ['--config', 'one.yaml', ...BARS, '--signals', 'desk/signals.csv'];
    const { overall } = JSON.parse((await inFolder(['backtest', ...args, '--json'])).stdout);
    const run = runs.find(({ params }) => Object.values(params).join(' ') === '20 3');
    for (const figure of [
      'trades',
      'takeProfits',
      'stopLosses',
      'realizedPnl',
      'fees',
      'netPnl',
      'openPnl',
      'totalReturn',
      'maxDrawdown',
      'sharpe',
      'exposure',
    ]) {
      expect([figure, run?.[figure]]).toEqual([figure, overall[figure]]);
    }
    expect(overall.trades).toBeGreaterThan(20);
  });

  it('writes the same table on any number of threads', async () => {
    for (const workers of ['1', '2', '3']) {
      const { exitCode } = await inFolder([
        ...SWEEP,
        ...GRID,
        '--out',
        `out-${workers}`,
        '--workers',
        workers,
      ]);
      expect(exitCode).toBe(0);
      expect(folder.read(`out-${workers}`, 'sweep.csv')).toBe(folder.read('out-1', 'sweep.csv'));
    }
    const [head, ...rows] = folder.read('out-1', 'sweep.csv').trim().split('\n');
    expect(head).toMatch(/^run,riskParams\.takeProfitSd,execution\.slippageBps,trades,winRate,/);
    expect(rows.map((row) => row.split(',').slice(0, 3).join(' '))).toEqual([
      '1 8 0',
      '2 8 3',
      '3 8 10',
      '4 20 0',
      '5 20 3',
      '6 20 10',
    ]);
  });

  it('ranks by the figure that was asked for, the lower first where that is better', async () => {
    const runs = await sweepRuns([...SWEEP, ...GRID, '--sort', 'maxDrawdownPct']);
    const falls = runs.map((run) => Number(run['maxDrawdownPct']));
    expect(falls).toEqual([...falls].sort((a, b) => a - b));
  });

  it('shows a table of the best', async () => {
    const { stdout } = await inFolder([...SWEEP, ...GRID, '--top', '2', '--out', 'table']);
    expect(stdout.split('\n')[0]).toMatch(
      /^riskParams\.takeProfitSd +execution\.slippageBps +Trades +Win .* Sharpe$/,
    );
    expect(stdout).toContain('\n6 runs, the best 2 by netPnl above; all figures in table/sweep.csv\n');
    expect(stdout.split('\n')[2]).toMatch(/^(8|20) +0 /);
  });

  it('tries arguments of a built-in strategy', async () => {
    const args = ['sweep', '--config', 'desk.yaml', ...BARS];
    const runs = await sweepRuns([
      ...args,
      '--strategy',
      'donchian:50',
      '--param',
      'strategy.sma-cross=10:50,20:100',
    ]);
    const backtest = [
      'backtest',
      '--config',
      'desk.yaml',
      ...BARS,
      '--strategy',
      'donchian:50',
      '--strategy',
      'sma-cross:20,100',
    ];
    const { overall } = JSON.parse((await inFolder([...backtest, '--json'])).stdout);
    const run = runs.find(({ params }) => params['strategy.sma-cross'] === '20:100');
    expect({ trades: run?.trades, netPnl: run?.netPnl }).toEqual({
      trades: overall.trades,
      netPnl: overall.netPnl,
    });
    expect(new Set(runs.map(({ trades }) => trades)).size).toBe(2);
  });

  it('reaches one client, or every account of all', async () => {
    const free = '--param';
    const [run] = await sweepRuns([
      ...SWEEP,
      free,
      'clients.*.exchanges.*.feeTakerBps=0',
      free,
      'clients.*.exchanges.*.feeMakerBps=0',
    ]);
    expect(run['fees']).toBe('0');
    const some = await sweepRuns([...SWEEP, free, 'clients.odum.exchanges.okx.feeTakerBps=0']);
    expect(Number(some[0]['fees'])).toBeGreaterThan(0);
  });

  it.each<[string[], number, string]>([
    [
      ['--param', 'riskParams.takeProfitSd=1,-1'],
      1,
      'error: --param riskParams.takeProfitSd=-1: clients.ikenna.riskParams.takeProfitSd: expected a number above 0',
    ],
    [['--param', 'riskParams.takProfitSd=1'], 1, 'did you mean takeProfitSd?'],
    [
      ['--param', 'clients.nobody.riskParams.takeProfitSd=1'],
      2,
      'error: --param clients.nobody.riskParams.takeProfitSd: there is no client "nobody"; there are ikenna, odum, and * for all\n',
    ],
    [
      ['--param', 'clients.ikenna.exchanges.kraken.feeTakerBps=1'],
      2,
      'error: --param clients.ikenna.exchanges.kraken.feeTakerBps: ikenna has no account at "kraken"; there are binance-usdm, okx, and * for all\n',
    ],
    [
      ['--param', 'strategy.sma-cross=10:50'],
      2,
      'error: --param strategy.sma-cross: arguments of a built-in strategy have no effect on --signals',
    ],
  ])('refuses %j', async (params, exitCode, message) => {
    const run = await inFolder([...SWEEP, ...params, '--out', 'refused']);
    expect({ exitCode: run.exitCode, stdout: run.stdout }).toEqual({ exitCode, stdout: '' });
    expect(run.stderr).toContain(message);
    expect(Object.keys(folder.snapshot()).filter((name) => name.startsWith('refused'))).toEqual([]);
  });
});
