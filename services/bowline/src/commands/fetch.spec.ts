import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { programPath, runBowline, WorkFolder } from '@bowline/testkit';

/** The exchange's history has two days of one symbol, a candle an hour. */
const folder = new WorkFolder('fetch');
const served = new Map<string, Buffer | string>();
const asked: string[] = [];
let server: Server;
let baseUrl = '';

function publish(day: string, price: number): void {
  const start = Date.parse(`${day}T00:00Z`);
  const rows = Array.from({ length: 24 }, (_, hour) => {
    const time = start + hour * 3_600_000;
    return [time, price, price + 10, price - 10, price + 5, 7, time + 3_599_999, 0, 1, 0, 0, 0].join(',');
  });
  const name = `BTCUSDT-1h-${day}.zip`;
  const zip = readFileSync(folder.zip(name, name.replace('.zip', '.csv'), `${rows.join('\n')}\n`));
  const path = `/data/futures/um/daily/klines/BTCUSDT/1h/${name}`;
  served.set(path, zip);
  served.set(`${path}.CHECKSUM`, `${createHash('sha256').update(zip).digest('hex')}  ${name}\n`);
}

beforeAll(async () => {
  publish('2024-02-05', 42_000);
  publish('2024-02-06', 43_000);
  server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const body = served.get(path);
    response.writeHead(body === undefined ? 404 : 200).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await once(server, 'close');
});

const fetchDays = (from: string, to: string, url = baseUrl) =>
  runBowline(
    [
      'fetch',
      'binance-usdm',
      'BTCUSDT',
      '1h',
      '--from',
      from,
      '--to',
      to,
      '--base-url',
      url,
      '--out',
      'history',
    ],
    {
      cwd: folder.path,
    },
  );

describe('fetch', () => {
  it('downloads whole days, the last included, into a file that backtest reads', async () => {
    const { exitCode, stderr, stdout } = await fetchDays('2024-02-05', '2024-02-06');
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: 'wrote history/BTCUSDT-1h-2024-02-05_2024-02-06.csv\n',
    });
    expect(stderr).toBe(
      '48 candles from 2024-02-05 00:00 to 2024-02-06 23:00; 2 archives downloaded, 0 there already\n' +
        `next: node ${programPath} backtest --config bowline.yaml --bars BTCUSDT=history/BTCUSDT-1h-2024-02-05_2024-02-06.csv --strategy sma-cross:10,50\n`,
    );
    const lines = folder.read('history', 'BTCUSDT-1h-2024-02-05_2024-02-06.csv').trim().split('\n');
    expect(lines.slice(0, 2)).toEqual([
      'time,open,high,low,close,volume',
      '1707091200000,42000,42010,41990,42005,7',
    ]);
    await runBowline(['init'], { cwd: folder.path });
    const [, ...command] = /^next: node (.*)$/m.exec(stderr)?.[1].split(' ') ?? [];
    const { exitCode: code, stdout: json } = await runBowline([...command, '--json'], {
      cwd: folder.path,
    });
    expect(code).toBe(0);
    expect(JSON.parse(json).to).toBe('2024-02-07T00:00:00.000Z');
  });

  it('takes what is there already', async () => {
    asked.length = 0;
    const { stderr } = await fetchDays('2024-02-06', '2024-02-06');
    expect(stderr).toContain('0 archives downloaded, 1 there already');
    expect(asked).toEqual([]);
  });

  it('says which days the exchange does not have', async () => {
    const { exitCode, stderr } = await fetchDays('2024-02-06', '2024-02-07');
    expect(exitCode).toBe(0);
    expect(stderr).toContain('warning: BTCUSDT: no data for 2024-02-07: the exchange has no archive of it\n');
  });

  it('writes nothing where there is nothing', async () => {
    const { exitCode, stderr, stdout } = await fetchDays('2024-03-05', '2024-03-05');
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^error: BTCUSDT 1h: the exchange has no data from 2024-03-05 to 2024-03-05; /);
  });

  it('says which server failed, and what to do', async () => {
    served.set('/data/futures/um/daily/klines/BTCUSDT/1h/BTCUSDT-1h-2024-02-08.zip', 'not what was promised');
    served.set(
      '/data/futures/um/daily/klines/BTCUSDT/1h/BTCUSDT-1h-2024-02-08.zip.CHECKSUM',
      `${'0'.repeat(64)}  x\n`,
    );
    const { exitCode, stderr } = await fetchDays('2024-02-08', '2024-02-08');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^error: http:.*2024-02-08\.zip: the checksum does not match .*; run it again later\n$/,
    );
  });
});
