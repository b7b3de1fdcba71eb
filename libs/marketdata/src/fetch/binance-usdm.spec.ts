import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InputError } from '@bowline/contracts';
import { strToU8, zipSync } from 'fflate';
import { readBars } from '../bars/read-bars.js';
import { fetchBinanceUsdm, type Fetched, type FetchBinanceUsdmOptions } from './binance-usdm.js';
import { DownloadError } from './download.js';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const NOW = Date.parse('2021-06-10T12:00:00Z');
const day = (text: string): number => Date.parse(`${text}T00:00:00Z`);

/** Hourly klines of [from, to), as the exchange packs them. */
function klines(from: number, to: number, unit = 1, header = false): Uint8Array {
  const rows: string[] = header
    ? ['open_time,open,high,low,close,volume,close_time,quote_volume,count,a,b,ignore']
    : [];
  for (let at = from; at < to; at += HOUR) {
    const price = 100 + ((at / HOUR) % 7);
    rows.push(
      [
        at * unit,
        `${price}.10`,
        price + 1,
        price,
        `${price}.50`,
        '12.345',
        (at + HOUR) * unit - 1,
        1,
        1,
        1,
        1,
        0,
      ].join(','),
    );
  }
  // Stored, so that an archive is large enough to break off in.
  return zipSync({ 'klines.csv': strToU8(rows.join('\n')) }, { level: 0 });
}

type Fault = (request: IncomingMessage, response: ServerResponse, body: Uint8Array) => boolean;

/** The exchange's data host, with faults: each answers one request by itself and is gone. */
class DataHost {
  readonly files = new Map<string, Uint8Array>();
  readonly requests: string[] = [];
  readonly faults = new Map<string, Fault[]>();
  breakOff: { response: ServerResponse; bytes: number } | null = null;
  private readonly server: Server = createServer((request, response) => this.answer(request, response));

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  received(bytes: number): void {
    if (this.breakOff === null || bytes < this.breakOff.bytes) return;
    this.breakOff.response.destroy();
    this.breakOff = null;
  }

  add(period: string, zip: Uint8Array, checksum = sha256(zip)): void {
    const name = `BTCUSDT-1h-${period}.zip`;
    this.files.set(name, zip);
    this.files.set(`${name}.CHECKSUM`, strToU8(`${checksum}  ${name}\n`));
  }

  addDay(text: string, ...rest: [unit?: number, header?: boolean]): void {
    this.add(text, klines(day(text), day(text) + DAY, ...rest));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '';
    const name = path.slice(path.lastIndexOf('/') + 1);
    const range = request.headers.range;
    this.requests.push(range === undefined ? name : `${name} ${range}`);
    const folder = /-\d{4}-\d\d\.zip/.test(name) ? 'monthly' : 'daily';
    const body =
      path === `/data/futures/um/${folder}/klines/BTCUSDT/1h/${name}` ? this.files.get(name) : undefined;
    const fault = this.faults.get(name)?.shift();
    if (fault?.(request, response, body ?? new Uint8Array())) return;
    if (body === undefined) {
      response.writeHead(404).end('NoSuchKey');
      return;
    }
    const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    if (range !== undefined && start >= body.length) response.writeHead(416).end();
    else if (range === undefined) response.writeHead(200, { 'Content-Length': body.length }).end(body);
    else {
      const headers = {
        'Content-Length': body.length - start,
        'Content-Range': `bytes ${start}-${body.length - 1}/${body.length}`,
      };
      response.writeHead(206, headers).end(body.subarray(start));
    }
  }
}

/** Sends this many bytes, and breaks off once the client has them. */
const breaksOffAfter =
  (bytes: number): Fault =>
  (_request, response, body) => {
    response.writeHead(200, { 'Content-Length': body.length });
    response.write(body.subarray(0, bytes));
    host.breakOff = { response, bytes };
    return true;
  };

const answers =
  (status: number): Fault =>
  (_request, response) => {
    response.writeHead(status).end();
    return true;
  };

/** Sends the head and then nothing. */
const stalls: Fault = (_request, response, body) => {
  response.writeHead(200, { 'Content-Length': body.length });
  response.write(body.subarray(0, 10));
  return true;
};

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

let host: DataHost;
let baseUrl: string;
let outDir: string;
beforeEach(async () => {
  host = new DataHost();
  baseUrl = await host.start();
  outDir = await mkdtemp(join(tmpdir(), 'bowline-spec-'));
});
afterEach(async () => {
  await host.stop();
  await rm(outDir, { recursive: true });
});

function fetched(from: string, to: string, more: Partial<FetchBinanceUsdmOptions> = {}): Promise<Fetched> {
  return fetchBinanceUsdm({
    symbol: 'BTCUSDT',
    interval: '1h',
    fromMs: Date.parse(from),
    toMs: Date.parse(to),
    outDir,
    baseUrl,
    nowMs: NOW,
    retryBaseMs: 1,
    retries: 3,
    ...more,
    onProgress: (progress) => {
      host.received(progress.bytes);
      more.onProgress?.(progress);
    },
  });
}

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'no failure',
    (cause: unknown) => cause,
  );

describe('the download of public history', () => {
  it('takes months and days into one file that reads as bars', async () => {
    host.add('2021-04', klines(day('2021-04-01'), day('2021-05-01')));
    host.addDay('2021-05-01', 1, true);
    host.addDay('2021-05-02', 1000);
    const progress: string[] = [];
    const result = await fetched('2021-04-01', '2021-05-02T12:00Z', {
      onProgress: ({ done, total }) => progress.push(`${done}/${total}`),
    });
    expect(result).toMatchObject({
      rows: 31 * 24 + 12,
      downloaded: 3,
      reused: 0,
      warnings: [],
      firstMs: day('2021-04-01'),
      lastMs: day('2021-05-02') + 11 * HOUR,
    });
    expect(result.path).toBe(join(outDir, 'BTCUSDT-1h-2021-04-01T000000_2021-05-02T120000.csv'));
    expect(progress.at(-1)).toBe('3/3');
    const { columns, warnings } = await readBars(result.path);
    expect([columns.length, columns.intervalMs, warnings]).toEqual([31 * 24 + 12, HOUR, []]);
    const [header, first] = (await readFile(result.path, 'utf8')).split('\n');
    // Digits as the exchange wrote them.
    expect([header, first]).toEqual([
      'time,open,high,low,close,volume',
      '1617235200000,100.10,101,100,100.50,12.345',
    ]);
  });

  it('asks for nothing that is there and proven', async () => {
    host.addDay('2021-05-01');
    host.addDay('2021-05-02');
    await fetched('2021-05-01', '2021-05-02');
    host.requests.length = 0;
    expect(await fetched('2021-05-01', '2021-05-03')).toMatchObject({ downloaded: 1, reused: 1, rows: 48 });
    expect(host.requests).toEqual(['BTCUSDT-1h-2021-05-02.zip.CHECKSUM', 'BTCUSDT-1h-2021-05-02.zip']);
  });

  it('fetches again what was changed on the disk', async () => {
    host.addDay('2021-05-01');
    await fetched('2021-05-01', '2021-05-02');
    await writeFile(join(outDir, 'archives', 'BTCUSDT-1h-2021-05-01.zip'), 'x');
    expect(await fetched('2021-05-01', '2021-05-02')).toMatchObject({ downloaded: 1, reused: 0, rows: 24 });
  });

  it('goes on after the connection broke off', async () => {
    host.addDay('2021-05-01');
    host.faults.set('BTCUSDT-1h-2021-05-01.zip', [breaksOffAfter(500)]);
    expect(await fetched('2021-05-01', '2021-05-02')).toMatchObject({ downloaded: 1, rows: 24 });
    expect(host.requests.slice(1)).toEqual([
      'BTCUSDT-1h-2021-05-01.zip',
      'BTCUSDT-1h-2021-05-01.zip bytes=500-',
    ]);
  });

  it('goes on in a later call from where an earlier one gave up', async () => {
    host.addDay('2021-05-01');
    host.faults.set('BTCUSDT-1h-2021-05-01.zip', [breaksOffAfter(700)]);
    const gaveUp = await failure(fetched('2021-05-01', '2021-05-02', { retries: 0 }));
    expect(gaveUp).toBeInstanceOf(DownloadError);
    expect(await readdir(outDir)).toEqual(['archives']);
    expect(await fetched('2021-05-01', '2021-05-02')).toMatchObject({ downloaded: 1, rows: 24 });
    expect(host.requests.at(-1)).toBe('BTCUSDT-1h-2021-05-01.zip bytes=700-');
  });

  it('begins anew where the part that is there belongs to another file', async () => {
    host.addDay('2021-05-01');
    host.faults.set('BTCUSDT-1h-2021-05-01.zip', [breaksOffAfter(700)]);
    await failure(fetched('2021-05-01', '2021-05-02', { retries: 0 }));
    host.add('2021-05-01', klines(day('2021-05-01') + HOUR, day('2021-05-02')));
    expect(await fetched('2021-05-01', '2021-05-02')).toMatchObject({ downloaded: 1, rows: 23 });
  });

  it('begins anew where the server knows no ranges', async () => {
    host.addDay('2021-05-01');
    const whole: Fault = (_request, response, body) => {
      response.writeHead(200, { 'Content-Length': body.length }).end(body);
      return true;
    };
    host.faults.set('BTCUSDT-1h-2021-05-01.zip', [breaksOffAfter(700), whole]);
    expect(await fetched('2021-05-01', '2021-05-02')).toMatchObject({ downloaded: 1, rows: 24 });
  });

  it('repeats a request that nobody answers to the end', async () => {
    host.addDay('2021-05-01');
    host.faults.set('BTCUSDT-1h-2021-05-01.zip', [stalls]);
    expect(await fetched('2021-05-01', '2021-05-02', { stallMs: 1000 })).toMatchObject({
      downloaded: 1,
      rows: 24,
    });
  });

  it('repeats a request that the server fails, and gives up after the last', async () => {
    host.addDay('2021-05-01');
    host.faults.set('BTCUSDT-1h-2021-05-01.zip', [answers(503), answers(500)]);
    expect(await fetched('2021-05-01', '2021-05-02')).toMatchObject({ downloaded: 1 });
    host.addDay('2021-05-02');
    host.faults.set(
      'BTCUSDT-1h-2021-05-02.zip',
      Array.from({ length: 4 }, () => answers(503)),
    );
    expect(await failure(fetched('2021-05-02', '2021-05-03'))).toEqual(
      new DownloadError(
        `${baseUrl}/data/futures/um/daily/klines/BTCUSDT/1h/BTCUSDT-1h-2021-05-02.zip: the server answers 503 Service Unavailable; try it again later`,
      ),
    );
  });

  it('refuses what does not match its checksum, and keeps nothing of it', async () => {
    host.add('2021-05-01', klines(day('2021-05-01'), day('2021-05-02')), 'ab'.repeat(32));
    const refused = await failure(fetched('2021-05-01', '2021-05-02'));
    expect(refused).toBeInstanceOf(DownloadError);
    expect(String(refused)).toMatch(
      /2021-05-01\.zip: the checksum does not match \(sha256 should be (ab){32}, is [0-9a-f]{64}\); run it again later$/,
    );
    expect(host.requests.filter((name) => name.endsWith('.zip'))).toHaveLength(2);
    expect(await readdir(join(outDir, 'archives'))).toEqual([]);
  });

  it('refuses a checksum that is none', async () => {
    host.addDay('2021-05-01');
    host.files.set('BTCUSDT-1h-2021-05-01.zip.CHECKSUM', strToU8('<html>'));
    expect(String(await failure(fetched('2021-05-01', '2021-05-02')))).toMatch(
      /CHECKSUM: is not a sha256 checksum: "<html>"$/,
    );
  });

  it('warns of days that the exchange does not have, and of those it has not published', async () => {
    host.addDay('2021-06-05');
    host.addDay('2021-06-08');
    const { warnings, rows } = await fetched('2021-06-04', '2021-06-12');
    expect(rows).toBe(48);
    expect(warnings).toEqual([
      'BTCUSDT: no data for 2021-06-04: the exchange has no archive of it',
      'BTCUSDT: no data for 2021-06-06 to 2021-06-07: the exchange has no archive of them',
      'BTCUSDT: no data for 2021-06-09: the exchange has no archive of it',
      'BTCUSDT: the exchange publishes a day once it is over (UTC): nothing from 2021-06-10 on',
    ]);
  });

  it('takes a month that is not there yet by its days, and says so', async () => {
    for (let at = day('2021-05-01'); at < day('2021-06-01'); at += DAY)
      host.addDay(new Date(at).toISOString().slice(0, 10));
    const { warnings, rows } = await fetched('2021-05-01', '2021-06-01');
    expect(rows).toBe(31 * 24);
    expect(warnings).toEqual([
      'BTCUSDT: there is no monthly archive of 2021-05; its days were taken one by one',
    ]);
  });

  it('does not ask day by day for the months before a symbol was listed', async () => {
    host.add('2020-03', klines(day('2020-03-20'), day('2020-04-01')));
    const { warnings, rows } = await fetched('2019-01-01', '2020-04-01');
    expect(rows).toBe(12 * 24);
    expect(warnings).toEqual([
      'BTCUSDT: no data for 2019-01 to 2020-02: the exchange has no archive of them',
    ]);
    expect(host.requests).toHaveLength(16);
  });

  it('refuses a symbol that the exchange does not know, and writes nothing', async () => {
    expect(await failure(fetched('2021-05-01', '2021-05-03', { symbol: 'BTCUSD' }))).toEqual(
      new InputError([
        'BTCUSD 1h: the exchange has no data from 2021-05-01 to 2021-05-02; is the symbol spelled as the exchange spells it, and was it listed then?',
      ]),
    );
    expect(await readdir(outDir)).toEqual([]);
  });

  it.each([
    [{ symbol: '../x' }, 'symbol "../x": use capital letters and digits, such as BTCUSDT'],
    [{ symbol: 'btcusdt' }, 'symbol "btcusdt": the exchange spells symbols in capital letters: BTCUSDT'],
    [
      { baseUrl: 'localhost:8765' },
      'base URL "localhost:8765": it must begin with http:// or https://, such as http://localhost:8765',
    ],
    [
      { baseUrl: 'ftp://a.example' },
      'base URL "ftp://a.example": it must begin with http:// or https://, such as https://mirror.example',
    ],
    [
      { interval: '7m' },
      'interval "7m": the exchange has 1m, 3m, 5m, 15m, 30m, 1h, 2h, 4h, 6h, 8h, 12h, 1d, 3d, 1w, 1mo',
    ],
    [{ toMs: day('2021-05-01') }, 'from 2021-05-01T00:00:00.000Z must be before to 2021-05-01T00:00:00.000Z'],
    [{ fromMs: NOW + DAY, toMs: NOW + 2 * DAY }, 'from 2021-06-11T12:00:00.000Z lies in the future'],
    [{ fromMs: Number.NaN }, 'from and to must be times'],
  ])('refuses %j before it asks for anything', async (change, problem) => {
    expect(await failure(fetched('2021-05-01', '2021-05-02', change))).toEqual(new InputError([problem]));
    expect(host.requests).toEqual([]);
  });

  it('says that there is no connection', async () => {
    await host.stop();
    const refused = await failure(fetched('2021-05-01', '2021-05-02', { retries: 1 }));
    expect(refused).toBeInstanceOf(DownloadError);
    expect(String(refused)).toMatch(
      /the server cannot be reached \(connect ECONNREFUSED .*\); check the connection and run it again$/,
    );
    host = new DataHost();
    await host.start();
  });

  it('stops when it is told to, and goes on in the next call', async () => {
    host.addDay('2021-05-01');
    host.faults.set('BTCUSDT-1h-2021-05-01.zip', [stalls]);
    const stop = new AbortController();
    const stopped = await failure(
      fetched('2021-05-01', '2021-05-02', { signal: stop.signal, onProgress: () => stop.abort() }),
    );
    expect(stopped).toMatchObject({ name: 'AbortError' });
    expect(await fetched('2021-05-01', '2021-05-02')).toMatchObject({ downloaded: 1, rows: 24 });
    expect(host.requests.at(-1)).toMatch(/bytes=10-$/);
  });
});
