import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { clientOrderId, REPORT_TABLES, strategyTags } from '@bowline/contracts';
import type { HistoricalResult } from '@bowline/ports';
import { randomHistoricalResult, seedNumbersResult } from '@bowline/testkit';
import type { ReportMeta } from './meta.js';
import { REPORT_FILES } from './out-dir.js';
import { writeReport, type FillDatabase } from './write-report.js';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bowline-report-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Stands in for the database: notes which tables it was told of, and that their files were there by then. */
const listTables: FillDatabase = async (dbPath, csvDir, written) => {
  const names: string[] = [];
  for await (const name of written) {
    if (existsSync(join(csvDir, REPORT_TABLES[name].file))) names.push(name);
  }
  writeFileSync(dbPath, names.join(' '));
};

function metaOf(result: HistoricalResult): ReportMeta {
  return { elapsedMs: 1_000, strategyTags: strategyTags(result.orders.map((order) => order.strategyId)) };
}

function linesOf(dir: string, name: string): string[] {
  return readFileSync(join(dir, name), 'utf8').trimEnd().split('\n');
}

describe('a written report', () => {
  it('has the two trades that the project is explained with, byte for byte', async () => {
    const result = seedNumbersResult();
    await writeReport(result, metaOf(result), join(root, 'out'), listTables);
    const id = (strategy: string, leg: 'e' | 't' | 's'): string =>
      clientOrderId({
        strategyTag: `${strategy.toLowerCase()}00000`,
        leg,
        generation: 0,
        child: 0,
        client: 'ikenna',
        account: 'binance-usdm',
        symbol: 'BTCUSDT',
        strategyPositionId: `${strategy}.1`,
      });
    expect(linesOf(join(root, 'out'), 'trades.csv')).toEqual([
      'clientId,exchange,symbol,strategyId,strategyPositionId,side,quantity,entryTime,entryPrice,exitTime,exitPrice,closeReason,realizedPnl,realizedPnlPct,fees,netPnl,durationSeconds,clientOrderIds,funding,mae,mfe,slippageBps,entryLatencyMs,fillRate',
      `ikenna,binance-usdm,BTCUSDT,A,A.1,LONG,0.001,2021-05-19T12:00:00.000Z,45000,2021-05-19T12:02:00.000Z,48000,take_profit,3,6.6667,0.02,2.98,120,${id('A', 'e')} ${id('A', 't')},0,-0.1,3,0,0,1`,
      `ikenna,binance-usdm,BTCUSDT,B,B.1,LONG,0.002,2021-05-19T12:01:00.000Z,46000,2021-05-19T12:04:00.000Z,44000,stop_loss,-4,-4.3478,0.02,-4.02,180,${id('B', 'e')} ${id('B', 's')},0,-4.2,4,0,0,1`,
    ]);
    expect(linesOf(join(root, 'out'), 'fills.csv')[1]).toBe(
      `A-e,${id('A', 'e')},ikenna,binance-usdm,BTCUSDT,A,A.1,e,BUY,0.001,45000,45,0.01,taker,2021-05-19T12:00:00.000Z`,
    );
    expect(linesOf(join(root, 'out'), 'orders.csv').slice(1, 4)).toEqual([
      `${id('A', 'e')},ikenna,binance-usdm,BTCUSDT,A,A.1,e,0,BUY,market,IOC,0.001,,,filled,0.001,0,45000,2021-05-19T12:00:00.000Z,2021-05-19T12:00:00.000Z`,
      `${id('A', 't')},ikenna,binance-usdm,BTCUSDT,A,A.1,t,0,SELL,limit,GTC,0.001,48000,,filled,0.001,0,48000,2021-05-19T12:00:00.000Z,2021-05-19T12:02:00.000Z`,
      `${id('A', 's')},ikenna,binance-usdm,BTCUSDT,A,A.1,s,0,SELL,stop_market,GTC,0.001,,43000,canceled,0,0,,2021-05-19T12:00:00.000Z,2021-05-19T12:02:00.000Z`,
    ]);
    expect(linesOf(join(root, 'out'), 'equity.csv')).toEqual([
      'time,clientId,strategyId,equity,drawdown',
      '2021-05-19T12:05:00.000Z,ikenna,,9998.96,1.04',
      '2021-05-19T12:05:00.000Z,ikenna,A,2.98,0',
      '2021-05-19T12:05:00.000Z,ikenna,B,-4.02,4.02',
    ]);
  });

  it('has every file, a row for every record, and the summary that is returned', async () => {
    const result = randomHistoricalResult({ trades: 200 });
    const out = join(root, 'out');
    const { summary, files } = await writeReport(result, metaOf(result), out, listTables);
    expect(readdirSync(out).sort()).toEqual([...REPORT_FILES].sort());
    expect(files).toEqual(REPORT_FILES.map((name) => join(out, name)));
    expect(JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'))).toEqual(summary);
    const rows = (name: string): number => linesOf(out, name).length - 1;
    expect([rows('trades.csv'), rows('orders.csv'), rows('fills.csv')]).toEqual([
      result.trades.length,
      result.orders.length,
      result.fills.length,
    ]);
    expect(readFileSync(join(out, 'bowline.duckdb'), 'utf8').split(' ').sort()).toEqual([
      'denials',
      'equity',
      'fills',
      'orders',
      'trades',
    ]);
  });

  it('gives an order the same id in all tables, and every order another', async () => {
    const result = randomHistoricalResult({ trades: 200 });
    const out = join(root, 'out');
    await writeReport(result, metaOf(result), out, listTables);
    const column = (name: string, at: number): string[] =>
      linesOf(out, name)
        .slice(1)
        .map((line) => line.split(',')[at]);
    const orders = column('orders.csv', 0);
    expect(new Set(orders).size).toBe(orders.length);
    expect(orders.every((id) => /^[0-9a-z]{32}$/.test(id))).toBe(true);
    expect(column('fills.csv', 1).every((id) => orders.includes(id))).toBe(true);
    const traded = column('trades.csv', 17).flatMap((ids) => ids.split(' '));
    expect(traded.every((id) => orders.includes(id))).toBe(true);
  });

  it('is the same to the byte when it is written again, the run time apart', async () => {
    const result = randomHistoricalResult({ trades: 200 });
    await writeReport(result, metaOf(result), join(root, 'one'), listTables);
    await writeReport(result, { ...metaOf(result), elapsedMs: 77 }, join(root, 'two'), listTables);
    for (const name of REPORT_FILES.filter((each) => each !== 'summary.json')) {
      const [one, two] = ['one', 'two'].map((dir) => readFileSync(join(root, dir, name), 'utf8'));
      expect([name, one === two]).toEqual([name, true]);
    }
    const [one, two] = ['one', 'two'].map((dir) =>
      JSON.parse(readFileSync(join(root, dir, 'summary.json'), 'utf8')),
    );
    expect({ ...two, elapsedMs: one.elapsedMs, barsPerSecond: one.barsPerSecond }).toEqual(one);
  });

  it('replaces an earlier one', async () => {
    const out = join(root, 'out');
    const first = randomHistoricalResult({ trades: 200 });
    await writeReport(first, metaOf(first), out, listTables);
    const second = seedNumbersResult();
    await writeReport(second, metaOf(second), out, listTables);
    expect(linesOf(out, 'trades.csv')).toHaveLength(3);
    expect(readdirSync(out).sort()).toEqual([...REPORT_FILES].sort());
  });

  it('is not there at all when something fails, and the earlier one still is', async () => {
    const result = seedNumbersResult();
    const out = join(root, 'out');
    const noSpace: FillDatabase = async (dbPath, _csvDir, written) => {
      for await (const name of written) writeFileSync(dbPath, name);
      throw new Error('no space left on the device');
    };
    await expect(writeReport(result, metaOf(result), out, noSpace)).rejects.toThrow('no space left');
    expect(readdirSync(root)).toEqual([]);
    await writeReport(result, metaOf(result), out, listTables);
    const before = readFileSync(join(out, 'summary.json'), 'utf8');
    await expect(writeReport(result, metaOf(result), out, noSpace)).rejects.toThrow('no space left');
    expect(readFileSync(join(out, 'summary.json'), 'utf8')).toBe(before);
    expect(readdirSync(out).sort()).toEqual([...REPORT_FILES].sort());
  });

  it('names the file that did not fit on the disk, as it would have been', async () => {
    const result = seedNumbersResult();
    const out = join(root, 'out');
    const full: FillDatabase = async (dbPath, _csvDir, written) => {
      for await (const name of written) writeFileSync(dbPath, name);
      throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write', path: dbPath });
    };
    await expect(writeReport(result, metaOf(result), out, full)).rejects.toMatchObject({
      path: join(out, 'bowline.duckdb'),
    });
  });

  it('is not there when it was interrupted', async () => {
    const result = seedNumbersResult();
    const interruption = new AbortController();
    const interrupted: FillDatabase = async (dbPath, _csvDir, written) => {
      for await (const name of written) {
        writeFileSync(dbPath, name);
        if (name === 'orders') interruption.abort(new Error('interrupted'));
      }
    };
    const writing = writeReport(result, metaOf(result), join(root, 'out'), interrupted, interruption.signal);
    await expect(writing).rejects.toThrow('interrupted');
    expect(readdirSync(root)).toEqual([]);
  });

  it('is refused for a strategy without a tag, with its name', async () => {
    const result = seedNumbersResult();
    const untagged = { ...metaOf(result), strategyTags: strategyTags(['A']) };
    await expect(writeReport(result, untagged, join(root, 'out'), listTables)).rejects.toThrow(
      'no tag for strategy "B"',
    );
    expect(readdirSync(root)).toEqual([]);
  });

  it('quotes what would break a row', async () => {
    const seed = seedNumbersResult();
    const text = 'position would be 0.7, "maxPositionSize" is 0.5\nsecond line';
    const denials = [{ channel: 0, strategyId: 'A', time: 0, code: 'MAX_POSITION_SIZE', text }];
    const result: HistoricalResult = { ...seed, denials };
    await writeReport(result, metaOf(result), join(root, 'out'), listTables);
    expect(readFileSync(join(root, 'out', 'denials.csv'), 'utf8')).toBe(
      'time,clientId,exchange,symbol,strategyId,code,text\n' +
        '1970-01-01T00:00:00.000Z,ikenna,binance-usdm,BTCUSDT,A,MAX_POSITION_SIZE,"position would be 0.7, ""maxPositionSize"" is 0.5\nsecond line"\n',
    );
  });
});
