import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { AnalyticsModule, type Analytics } from '@bowline/analytics';
import { backtestSummarySchema, type BacktestSummary } from '@bowline/contracts';
import type { Logger } from '@bowline/ports';
import { REPORT_FILES } from '@bowline/report';
import { LiveStore } from '@bowline/store-duckdb';
import { runBowline, WorkFolder } from '@bowline/testkit';
import { Command } from 'commander';
import { createHttpApp } from '../http/http-app.js';
import { seedDesk } from '../report/desk-store.spec-support.js';
import { reportCommand } from './report.command.js';

const folder = new WorkFolder('report');
const SILENT: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

beforeAll(async () => {
  const { analytics } = await seedDesk(DATABASE);
  await analytics.close();
});

const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of running.splice(0)) await each.close();
});

/** The built program, as a user runs it. */
function report(...args: string[]) {
  return runBowline(['report', ...args], { cwd: folder.path });
}

/** The command in this process, which is quicker: what it prints, and what it throws in its place. */
async function reported(...args: string[]): Promise<{ out: string; notes: string[]; error: Error | null }> {
  const printed = { out: '', notes: [] as string[] };
  const terminal = {
    out: (text: string) => void (printed.out += text),
    note: (line: string) => void printed.notes.push(line),
    warn: () => undefined,
    color: false,
    watched: false,
  };
  const program = new Command().exitOverride();
  const command = reportCommand(program, { terminal, signal: new AbortController().signal });
  command.exitOverride().configureOutput({ writeErr: () => undefined });
  try {
    await program.parseAsync(['report', ...args], { from: 'user' });
    return { ...printed, error: null };
  } catch (error) {
    return { ...printed, error: error as Error };
  }
}

const DATABASE = folder.at('bowline-data', 'desk.duckdb');

function summaryOf(stdout: string): BacktestSummary {
  return backtestSummarySchema.parse(JSON.parse(stdout));
}

describe('a report of a desk that has stopped', () => {
  it('is printed as tables', async () => {
    const { exitCode, stderr, stdout } = await report();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^Live desk 2024-01-01 00:00 to 2024-01-01 00:05 UTC {2}5 bars\n/);
    expect(stdout).toMatch(/^odum +2 +50\.0 % +1 +1 +-1\.00 +0\.22 +-1\.22 /m);
    expect(stdout).not.toContain('Files');
  });

  it('is written as files, the same bytes each time', async () => {
    const first = await report('--out', 'first');
    expect({ exitCode: first.exitCode, stderr: first.stderr }).toEqual({ exitCode: 0, stderr: '' });
    await report('--out', 'second');
    expect(Object.keys(folder.snapshot('first'))).toEqual([...REPORT_FILES].sort());
    const bytes = (name: string) => {
      const { 'bowline.duckdb': _, ...others } = folder.snapshot(name);
      return others;
    };
    expect(bytes('second')).toEqual(bytes('first'));
    expect(folder.read('first', 'trades.csv').split('\n')[1]).toMatch(
      /^odum,binance-usdm,BTCUSDT,A,A-1,LONG,0\.001,.*,45000,.*,48000,take_profit,3,6\.6667,0\.045,2\.955,/,
    );
    expect(folder.read('first', 'fills.csv').split('\n')[1]).toMatch(
      /,0\.001,45000,45,0\.045,,2024-01-01T00:00:00\.\d{3}Z$/,
    );
    expect(folder.read('first', 'report.html')).toContain('<h1>Live desk</h1>');
  });

  it('is one JSON object on stdout where it is asked for, of the client and time that are named', async () => {
    const { error, notes, out } = await reported(
      '--database',
      DATABASE,
      '--json',
      '--client',
      'odum',
      '--to',
      '2024-01-01T00:03',
    );
    expect({ error, notes }).toEqual({ error: null, notes: [] });
    expect(summaryOf(out)).toMatchObject({
      mode: 'live',
      to: '2024-01-01T00:03:00.000Z',
      trades: 1,
      overall: { netPnl: '2.955', openPnl: '3.708' },
      openPositions: [{ strategyId: 'B', openQty: '0.002', entryPrice: '46000', markPrice: '47900' }],
    });
  });

  const none = folder.at('none.duckdb');
  it.each<[string, string[], string | RegExp]>([
    [
      'a client that is not there',
      ['--database', DATABASE, '--client', 'odem'],
      `--client odem: ${DATABASE} has no such client; did you mean odum?`,
    ],
    [
      'a time before',
      ['--database', DATABASE, '--to', '2023-06-01'],
      '--from, --to: the store has nothing of that time; it goes from 2024-01-01T00:00:00.000Z to 2024-01-01T00:05:00.000Z',
    ],
    [
      'a time that ends before it begins',
      ['--from', '2024-01-02', '--to', '2024-01-01'],
      '--from 2024-01-02 must be before --to 2024-01-01',
    ],
    [
      'no time',
      ['--from', 'monday'],
      '--from monday: write a UTC date such as 2024-01-31 or 2024-01-31T12:00Z',
    ],
    ['no store', ['--database', none], `${none}: there is no such file; a desk makes it when it starts`],
    ['something else', ['--database', folder.path], `${folder.path}: is a directory; name a file`],
    [
      'a store and a desk',
      ['--database', none, '--url', 'http://127.0.0.1:2'],
      /option '--url <url>' cannot be used with option '--database <file>'/,
    ],
    [
      'a desk that is not there',
      ['--url', 'http://127.0.0.1:2'],
      'http://127.0.0.1:2/v1/database: no desk answers there (ECONNREFUSED)',
    ],
    [
      'a port that no browser speaks to',
      ['--url', 'http://127.0.0.1:1'],
      'http://127.0.0.1:1/v1/database: no desk answers there (bad port)',
    ],
    ['no desk', ['--url', 'desk'], /write http:\/\/ or https:\/\//],
  ])('is refused for %s', async (_what, args, message) => {
    const { error, out } = await reported(...args);
    expect(out).toBe('');
    expect(error).not.toBeNull();
    if (typeof message === 'string') expect(error!.message).toBe(message);
    else expect(error!.message).toMatch(message);
  });

  it('is refused for a store in which nothing has happened', async () => {
    const path = folder.at('empty.duckdb');
    await (await LiveStore.open(path)).close();
    expect((await reported('--database', path)).error?.message).toBe(
      `${path}: is empty; no desk has run on it yet`,
    );
  });
});

describe('a report of a desk that is running', () => {
  let desks = 0;
  async function start(): Promise<{ analytics: Analytics; path: string; url: string }> {
    desks += 1;
    const path = folder.at(`running-${desks}`, 'desk.duckdb');
    const { analytics } = await seedDesk(path);
    running.push(analytics);
    // Without the bus' side of it: the desk by hand has brought its messages.
    const http = await createHttpApp(AnalyticsModule.forRoot(analytics), { logger: SILENT, port: 0 });
    running.unshift(http);
    return { analytics, path, url: await http.listen() };
  }

  it('is of a copy that the desk gives, and leaves nothing of it behind', async () => {
    const { url } = await start();
    const copies = (): string[] =>
      readdirSync(tmpdir()).filter((name) => name.startsWith('bowline-report-copy-'));
    const before = copies();
    const { error, out } = await reported('--url', url, '--json');
    expect(error).toBeNull();
    expect(summaryOf(out)).toMatchObject({ trades: 2, overall: { netPnl: '-1.225' } });
    expect(copies().filter((name) => !before.includes(name))).toEqual([]);
  });

  it('is asked for where the desk has said where it is, beside its store', async () => {
    const { path, url } = await start();
    await writeFile(join(dirname(path), 'desk.json'), JSON.stringify({ url, pid: process.pid }));
    const { exitCode, stderr, stdout } = await report('--database', path, '--json');
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: `a desk is running on ${path}; it is asked for a copy (${url})\n`,
    });
    expect(summaryOf(stdout).trades).toBe(2);
  });

  it('is refused, with the way out, where nobody has', async () => {
    const { path } = await start();
    await writeFile(
      join(dirname(path), 'desk.json'),
      JSON.stringify({ url: 'http://127.0.0.1:2', pid: process.pid + 1 }),
    );
    const { exitCode, stderr } = await report('--database', path);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      new RegExp(
        `^error: ${path}: process ${process.pid} has it open, and DuckDB lets one process at a time; stop it, or, where it is a desk, ask it for a copy: .* report --url http://127\\.0\\.0\\.1:8420\n$`,
      ),
    );
  });

  it("says the desk's own words where it refuses", async () => {
    const { analytics, url } = await start();
    await analytics.close();
    expect((await reported('--url', url)).error?.message).toBe(
      `${url}/v1/database: The desk failed; the log says why`,
    );
  });
});
