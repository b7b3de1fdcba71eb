import { appendFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { IngestFile } from '@bowline/contracts';
import { WorkFolder } from '@bowline/testkit';
import { KeptLog, NOW, testIngest } from '../ingest.spec-support.js';
import { SignalFile } from './signal-file.js';
import { SignalFiles } from './signal-files.js';

const work = new WorkFolder('signal-files');
const TIME = new Date(NOW).toISOString();
let folders = 0;
const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

/** A file of signals with its desk; what `read` takes in is all that was appended. */
async function followed(format: IngestFile['format'] = 'jsonl', strategies: readonly string[] | null = null) {
  folders += 1;
  const path = work.at(String(folders), `signals.${format}`);
  const folder = work.at(String(folders), 'positions');
  work.file(`${folders}/signals.${format}`, '');
  const desk = testIngest();
  const openFile = async (): Promise<SignalFile> => {
    const file = await SignalFile.open({ path, format, strategies }, folder, desk.ingest, desk.logger);
    open.push(file);
    return file;
  };
  let file = await openFile();
  return {
    ...desk,
    path,
    folder,
    append: (text: string) => appendFileSync(path, text),
    read: () => file.read(new AbortController().signal),
    restart: async () => {
      await file.close();
      file = await openFile();
    },
    /** What was logged, and where. */
    said: () => desk.logger.lines.map(({ fields, message }) => ({ message, ...fields })),
    taken: () => desk.signals().map(({ signal, symbol }) => `${symbol} ${signal}`),
  };
}

function line(symbol: string, signal: number, time = TIME): string {
  return `${JSON.stringify({ strategy: 'trend', symbol, signal, time })}\n`;
}

describe('a file of JSON lines', () => {
  it('has its signals taken in as they are appended', async () => {
    const file = await followed();
    file.append(line('BTCUSDT', 1) + line('ETHUSDT', -1));
    await file.read();
    file.append(line('BTCUSDT', 0));
    await file.read();
    expect(file.taken()).toEqual(['BTCUSDT 1', 'ETHUSDT -1', 'BTCUSDT 0']);
    expect(file.said()).toEqual([]);
  });

  it('is not read again after a restart', async () => {
    const file = await followed();
    file.append(line('BTCUSDT', 1));
    await file.read();
    await file.restart();
    file.append(line('BTCUSDT', 0));
    await file.read();
    expect(file.taken()).toEqual(['BTCUSDT 1', 'BTCUSDT 0']);
  });

  it('has the same ids where it is read again, because nobody could note how far it was read', async () => {
    const file = await followed();
    file.append(line('BTCUSDT', 1) + line('BTCUSDT', 0));
    await file.read();
    const ids = file.bus.published.map(({ id }) => id);
    for (const name of readdirSync(file.folder)) renameSync(`${file.folder}/${name}`, `${work.path}/gone`);
    await file.restart();
    await file.read();
    expect(file.bus.published.map(({ id }) => id)).toEqual([...ids, ...ids]);
  });

  it('names every bad line, and goes on behind it', async () => {
    const file = await followed();
    file.append(`{"strategy":\n${line('NOPE', 1)}\n[]\n${line('BTCUSDT', 1)}`);
    file.append(line('BTCUSDT', 1, '2025-01-06T10:00:00Z'));
    file.append('{"strategy":"trend","symbol":"BTCUSDT","signal":1}\n');
    await file.read();
    expect(file.taken()).toEqual(['BTCUSDT 1']);
    const bad = 'a line is no signal';
    expect(file.said()).toEqual([
      { message: bad, at: `${file.path}:1`, fault: 'line 1, column 13: expected a value, got the end' },
      {
        message: bad,
        at: `${file.path}:2`,
        fault: 'symbol: no account trades "NOPE"; known here: BTCUSDT, ETHUSDT',
      },
      { message: bad, at: `${file.path}:4`, fault: 'expected 1 to 500 signals, got 0' },
      {
        message: bad,
        at: `${file.path}:6`,
        fault: "time: it expired at 2025-01-06T10:15:00.000Z; the desk's time is 2025-01-06T12:00:00.000Z",
      },
      {
        message: bad,
        at: `${file.path}:7`,
        fault: 'time: missing; what is written down needs the time at which it was said',
      },
    ]);
  });

  it('does not fill the log with a thousand bad lines', async () => {
    const file = await followed();
    file.append('x\n'.repeat(1000));
    await file.read();
    expect(file.said()).toHaveLength(21);
    expect(file.said().at(-1)).toEqual({
      message: 'more lines are no signals',
      path: file.path,
      count: 980,
    });
  });

  it('is held to its strategies', async () => {
    const file = await followed('jsonl', ['scout']);
    file.append(line('BTCUSDT', 1));
    await file.read();
    expect(file.taken()).toEqual([]);
    expect(file.said()).toMatchObject([
      { fault: "strategy: trend is none of this source's strategies, which are scout" },
    ]);
  });

  it('waits with a line that the bus does not confirm, and skips none', async () => {
    const file = await followed();
    file.append(line('BTCUSDT', 1) + line('BTCUSDT', 0));
    let refusals = 1;
    file.bus.confirm = () => (refusals-- > 0 ? Promise.reject(new Error('full')) : Promise.resolve());
    await file.read();
    const symbols = file.signals().map(({ signal }) => signal);
    expect(symbols).toEqual([1, 1, 0]);
  });

  it('begins again behind what was taken in where something fails', async () => {
    const file = await followed();
    file.append(line('BTCUSDT', 1));
    await file.read();
    file.append(line('ETHUSDT', 1) + line('ETHUSDT', 0));
    const { receive } = file.ingest;
    file.ingest.receive = () => Promise.reject(new Error('a bug'));
    await expect(file.read()).rejects.toThrow('a bug');
    file.ingest.receive = receive;
    await file.read();
    expect(file.taken()).toEqual(['BTCUSDT 1', 'ETHUSDT 1', 'ETHUSDT 0']);
  });

  it('whose position cannot be read is an error that says what to do', async () => {
    const file = await followed();
    file.append(line('BTCUSDT', 1));
    await file.read();
    const [name] = readdirSync(file.folder);
    writeFileSync(`${file.folder}/${name}`, '{"offset": -1}');
    await expect(file.restart()).rejects.toMatchObject({
      name: 'InputError',
      problems: [expect.stringContaining(`${name} does not say how far ${file.path} was read; remove it`)],
    });
  });
});

describe('a file of columns', () => {
  it('has its signals taken in by the names in its first line', async () => {
    const file = await followed('csv');
    file.append(`time,strategy,symbol,action,stop_loss\n${TIME},trend,BTCUSDT,buy,61000\n`);
    await file.read();
    await file.restart();
    file.append(`${TIME},trend,"ETHUSDT",close,\n${TIME},trend,BTCUSDT\n"${TIME},trend\n`);
    await file.read();
    expect(file.signals()).toMatchObject([
      { symbol: 'BTCUSDT', signal: 1, stopLoss: '61000' },
      { symbol: 'ETHUSDT', signal: 0, stopLoss: null },
    ]);
    expect(file.said()).toMatchObject([
      { at: `${file.path}:4`, fault: 'expected 5 columns, as the first line has them, got 3' },
      { at: `${file.path}:5`, fault: 'its quotes do not fit' },
    ]);
  });

  it('has its names again in every file that takes its place', async () => {
    const file = await followed('csv');
    file.append(`time,strategy,symbol,signal\n${TIME},trend,BTCUSDT,1\n`);
    await file.read();
    renameSync(file.path, `${file.path}.1`);
    writeFileSync(file.path, `symbol,signal,strategy,time\nETHUSDT,-1,trend,${TIME}\n`);
    await file.read();
    expect(file.taken()).toEqual(['BTCUSDT 1', 'ETHUSDT -1']);
    expect(file.said()).toEqual([{ message: expect.stringContaining('was rotated'), path: file.path }]);
  });
});

describe('all files of a desk', () => {
  it('are followed until it ends', async () => {
    const path = work.file('all/signals.jsonl', line('BTCUSDT', 1));
    const { bus, ingest } = testIngest();
    const logger = new KeptLog();
    let seen: () => void = () => undefined;
    bus.confirm = () => Promise.resolve(seen());
    const published = (): Promise<void> =>
      new Promise((resolve) => {
        seen = resolve;
      });
    const first = published();
    const files = await SignalFiles.open({
      files: [
        { path, format: 'jsonl', strategies: null },
        { path: work.at('all', 'later.jsonl'), format: 'jsonl', strategies: null },
      ],
      folder: work.at('all', 'positions'),
      ingest,
      logger,
      pollMs: 5,
    });
    await first;
    const second = published();
    appendFileSync(work.at('all', 'later.jsonl'), line('ETHUSDT', 1));
    await second;
    await files.close();
    expect(bus.published.map(({ key }) => key)).toEqual(['ikenna', 'odum', 'ikenna', 'odum']);
    expect([logger.lines, files.troubles.size]).toEqual([[], 0]);
  });

  it('go on where one of them is no file', async () => {
    const path = work.file('some/signals.jsonl', line('BTCUSDT', 1));
    const { bus, ingest } = testIngest();
    const published = new Promise<void>((resolve) => {
      bus.confirm = () => Promise.resolve(resolve());
    });
    let failed: () => void = () => undefined;
    const failure = new Promise<void>((resolve) => {
      failed = resolve;
    });
    const logger = { info: () => undefined, warn: () => undefined, error: () => failed() };
    const files = await SignalFiles.open({
      files: [
        { path: work.at('some'), format: 'jsonl', strategies: null },
        { path, format: 'jsonl', strategies: null },
      ],
      folder: work.at('some', 'positions'),
      ingest,
      logger,
      pollMs: 5,
    });
    await Promise.all([published, failure]);
    await files.close();
    expect([...files.troubles.keys()]).toEqual([work.at('some')]);
  });
});
