import { mkdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { backtestSummarySchema } from '@bowline/contracts';
import { ended, runBowline, startBowline, WorkFolder } from '@bowline/testkit';
import { BARS, BY_FILE, CONFIG, SIGNALS, TICKS, WITH_BARS, WITH_TICKS } from './small-market.spec-support.js';

const DESK = `clients:
  ikenna:
    exchanges: { binance-usdm: { accountBalance: 10000 } }
    riskParams: { takeProfitPct: 3, stopLossPct: 2 }
    orderParams: { sizing: { fixedNotional: 1000 } }
instruments: { BTCUSDT: { tickSize: 0.5, lotSize: 0.001 } }
dependencies: { exchanges: { type: mock, latencyMs: 70, fillRatio: 0.5 } }
`;
const folder = new WorkFolder('simulation-cli');
const cwd = folder.path;

beforeAll(() => {
  const files = { 'desk.yaml': DESK, 'bars.csv': BARS, 'ticks.csv': TICKS, 'signals.csv': SIGNALS };
  for (const [name, content] of Object.entries(files)) folder.file(name, content);
});

describe('simulate', () => {
  it('prints tables, and writes the files of a backtest', async () => {
    const { exitCode, stderr, stdout } = await runBowline([...WITH_BARS, ...BY_FILE], { cwd });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    for (const part of ['Simulation 2025-10-24 10:00', 'ikenna', '0 violated', 'Files in bowline-out'])
      expect(stdout).toContain(part);
    expect(Object.keys(folder.snapshot('bowline-out'))).toEqual([
      'bowline.duckdb',
      'denials.csv',
      'equity.csv',
      'fills.csv',
      'orders.csv',
      'report.html',
      'summary.json',
      'trades.csv',
    ]);
    // By the configuration: 70 ms, and half of 22 lots.
    expect(folder.read('bowline-out', 'fills.csv')).toMatch(/,e,BUY,0\.011,.*,2025-10-24T10:00:01\.070Z\n/);
  });

  it('prints one JSON object, and nothing else on stdout', async () => {
    const options = ['--latency-ms', '5', '--fill-ratio', '1', '--json', '--out', 'json-out'];
    const { exitCode, stdout } = await runBowline([...WITH_TICKS, ...BY_FILE, ...options], { cwd });
    expect(exitCode).toBe(0);
    const summary = backtestSummarySchema.parse(JSON.parse(stdout));
    expect(summary).toMatchObject({ mode: 'simulation', trades: 1, invariants: { violated: 0 } });
    expect(stdout).toBe(folder.read('json-out', 'summary.json'));
    expect(folder.read('json-out', 'trades.csv')).toContain('2025-10-24T10:00:01.005Z');
  });

  it('plays built-in strategies on the candles that trades make', async () => {
    const minutes = Array.from(
      { length: 30 },
      (_, at) => `${1_761_300_000_000 + at * 60_000},${1000 + (at % 7)},1`,
    );
    const ticks = `BTCUSDT=${folder.file('minutes.csv', ['time,price,quantity', ...minutes].join('\n'))}`;
    const args = [...CONFIG, '--ticks', ticks, '--strategy', 'sma-cross:2,3', '--json'];
    const { exitCode, stdout } = await runBowline(args, { cwd });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).trades).toBeGreaterThan(3);
  });
});

describe('a simulation that is watched', () => {
  it('answers as a running desk does, and ends with Ctrl-C, of which nothing is left', async () => {
    const temporary = folder.at('temporary');
    mkdirSync(temporary);
    const args = [...WITH_BARS, ...BY_FILE, '--speed', '1', '--port', '0', '--out', 'stopped'];
    const child = startBowline(args, { cwd, env: { TMPDIR: temporary } });
    const run = ended(child);
    const url = await new Promise<string>((resolve) => {
      let said = '';
      child.stderr.on('data', (text: string) => {
        said += text;
        const found = /http:\/\/[\d.:]+/.exec(said);
        if (found !== null) resolve(found[0]);
      });
    });
    const status = await (await fetch(`${url}/v1/status`)).json();
    expect(status).toMatchObject({ mode: 'simulation', speed: 1, seed: 1 });
    expect((await fetch(`${url}/v1/channels`)).status).toBe(200);
    child.kill('SIGINT');
    const { exitCode, stderr, stdout } = await run;
    expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' });
    expect(stderr).toContain('stopping');
    expect(folder.snapshot('temporary')).toEqual({});
    expect(Object.keys(folder.snapshot())).not.toContainEqual(expect.stringMatching(/^stopped/));
  });
});
