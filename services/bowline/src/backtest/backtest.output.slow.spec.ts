import { beforeAll, describe, expect, it } from '@jest/globals';
import { backtestSummarySchema } from '@bowline/contracts';
import { runBowline, WorkFolder } from '@bowline/testkit';
import { sampleFiles } from '../sample/write-sample.js';

const folder = new WorkFolder('output');
const files = sampleFiles(folder.at('desk'));
const args = (...rest: string[]) => [
  'backtest',
  '--config',
  files.config,
  ...files.bars.flatMap(({ path, symbol }) => ['--bars', `${symbol}=${path}`]),
  '--signals',
  files.signals,
  ...rest,
];

/** The figures that differ from run to run. */
const ELAPSED = /"(elapsedMs|barsPerSecond)": [\d.]+/g;

beforeAll(async () => {
  const { exitCode } = await runBowline(['sample', '--out', folder.at('desk'), '--bars', '4000']);
  expect(exitCode).toBe(0);
});

describe('backtest --json', () => {
  it('prints one JSON object, and nothing else on stdout', async () => {
    const { exitCode, stdout } = await runBowline(args('--json'), { cwd: folder.path });
    expect(exitCode).toBe(0);
    const summary = backtestSummarySchema.parse(JSON.parse(stdout));
    expect(summary.mode).toBe('historical');
    expect(summary.trades).toBeGreaterThan(50);
    expect(Object.keys(summary.byClient)).toEqual(['christian', 'ikenna', 'odum']);
    expect(summary.invariants.violated).toBe(0);
    // Without --out it writes nothing.
    expect(summary.files).toEqual([]);
    expect(Object.keys(folder.snapshot()).every((name) => name.startsWith('desk/'))).toBe(true);
  });

  it('prints what it writes to summary.json', async () => {
    const { stdout } = await runBowline(args('--json', '--out', folder.at('json-out')));
    expect(stdout).toBe(folder.read('json-out', 'summary.json'));
    expect(JSON.parse(stdout).files).toEqual(Object.keys(folder.snapshot('json-out')).sort(byReportOrder));
  });

  it('says warnings on stderr and in the object', async () => {
    const lone = [
      '--config',
      files.config,
      '--bars',
      `BTCUSDT=${files.bars[0].path}`,
      '--strategy',
      'random:1',
    ];
    const { stderr, stdout } = await runBowline(['backtest', ...lone, '--json']);
    const { warnings } = JSON.parse(stdout);
    expect(warnings).toContain('strategy trend-fast is followed, and sends no signal');
    expect(stderr).toBe(warnings.map((sentence: string) => `warning: ${sentence}\n`).join(''));
  });
});

describe('the same backtest', () => {
  beforeAll(() => runBowline(args('--out', folder.at('once'), '--equity', 'bar', '--workers', '1')));

  it.each([
    ['again', '1'],
    ['on two threads', '2'],
    ['on three threads', '3'],
  ])('writes the same bytes %s', async (_how, workers) => {
    const out = `on-${workers}`;
    await runBowline(args('--out', folder.at(out), '--equity', 'bar', '--workers', workers));
    for (const name of ['trades', 'orders', 'fills', 'denials', 'equity'].map((table) => `${table}.csv`)) {
      expect(folder.read(out, name)).toBe(folder.read('once', name));
    }
    const summaryOf = (from: string) => folder.read(from, 'summary.json').replace(ELAPSED, '');
    expect(summaryOf(out)).toBe(summaryOf('once'));
  });
});

describe('backtest in text', () => {
  it('shows clients, strategies, netted positions beside the sum of shares, and where the files lie', async () => {
    const { stdout } = await runBowline(args(), { cwd: folder.path });
    for (const part of [
      'ikenna',
      'odum',
      'christian',
      'trend-slow',
      'scout',
      'Sum of shares',
      'Files in bowline-out',
    ]) {
      expect(stdout).toContain(part);
    }
    expect(stdout).not.toContain('DIFFERENT');
    expect(stdout).not.toContain('\u001b');
    expect(Object.keys(folder.snapshot('bowline-out'))).toContain('report.html');
  });

  it('replaces an earlier report', async () => {
    const before = folder.snapshot('bowline-out');
    const { exitCode } = await runBowline([...args(), '--equity', 'bar'], { cwd: folder.path });
    expect(exitCode).toBe(0);
    const after = folder.snapshot('bowline-out');
    expect(Object.keys(after)).toEqual(Object.keys(before));
    expect(after['equity.csv']).not.toBe(before['equity.csv']);
    expect(after['trades.csv']).toBe(before['trades.csv']);
  });
});

/** summary.files names them in the order in which they were put in place. */
function byReportOrder(a: string, b: string): number {
  const order = [
    'trades.csv',
    'orders.csv',
    'fills.csv',
    'denials.csv',
    'equity.csv',
    'bowline.duckdb',
    'report.html',
    'summary.json',
  ];
  return order.indexOf(a) - order.indexOf(b);
}
