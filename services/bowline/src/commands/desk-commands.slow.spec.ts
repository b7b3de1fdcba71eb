import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { runBowline, WorkFolder } from '@bowline/testkit';
import { Interrupted } from '../cli/exit.js';
import { removeDeskFile, writeDeskFile } from '../desk-client/desk-file.js';
import { STATUS, testDesk } from '../http/test-desk.spec-support.js';
import { asked, CANNED_ANALYTICS } from './canned-analytics.spec-support.js';
import { runCommand } from './run-command.spec-support.js';

const desk = await testDesk();
const trading = await testDesk(
  {},
  {
    beside: [CANNED_ANALYTICS],
    status: {
      ...STATUS,
      roles: [...STATUS.roles, 'analytics'],
      halts: [],
      quarantines: [
        {
          shard: 'oco-manager/ikenna.okx.BTCUSDT',
          key: 'ikenna.okx.BTCUSDT',
          messageId: 'm1',
          error: 'TypeError: x',
          at: STATUS.deskTime,
        },
      ],
    },
  },
);
const folder = new WorkFolder('desk-commands');

beforeEach(() => {
  desk.reset();
  trading.reset();
  asked.splice(0);
});

describe('status', () => {
  it('shows what the desk is and what is halted', async () => {
    expect(await runCommand(['status', '--url', desk.url])).toEqual({
      exitCode: 0,
      stderr: '',
      stdout: `mock desk at ${desk.url}, version 0.1.0, running since 2025-01-06 11:00:00 UTC
its time is 2025-01-06 12:00:00 UTC, 60 times as fast as ours, seed 7
roles signal-ingest, order-generator
clients ikenna, odum

Halted  Client  Of it    By   Since                Reason
────────────────────────────────────────────────────────────────────
HALTED  odum    SOLUSDT  odi  2025-01-06 11:30:00  prices look wrong

nothing is stuck in this process
`,
    });
  });

  it('shows the sum of the shares beside what the exchange says, and what is stuck', async () => {
    const { stdout } = await runCommand(['status', '--url', trading.url]);
    expect(stdout.split('\n\n').slice(1).join('\n\n')).toBe(
      `Channel                      State   Positions  Sum of shares  Exchange             Unrealized
──────────────────────────────────────────────────────────────────────────────────────────────
ikenna.binance-usdm.BTCUSDT  ACTIVE          1           0.25      0.25  equal         +124.88
ikenna.binance-usdm.ETHUSDT  HALTED          1          0.001         0  DIFFERENT           –
odum.binance-usdm.BTCUSDT    ACTIVE          1          -0.25         –                +124.88

nothing is halted

Stuck                           Key                 Since                Error
─────────────────────────────────────────────────────────────────────────────────────
oco-manager/ikenna.okx.BTCUSDT  ikenna.okx.BTCUSDT  2025-01-06 12:00:00  TypeError: x
`,
    );
  });

  it('is JSON where it is asked for', async () => {
    const { stdout } = await runCommand(['status', '--url', desk.url, '--json']);
    expect(JSON.parse(stdout)).toEqual(STATUS);
  });
});

describe('lists', () => {
  it.each<[string, string]>([
    [
      'positions',
      `Account              Symbol   Strategy    Side   Status  Quantity    Entry   Mark  Unrealized  Take profit  Stop loss
─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
odum.binance-usdm    BTCUSDT  scout       SHORT  open        0.25  62000.5  62500     -124.88        64000      61000
ikenna.binance-usdm  BTCUSDT  trend-fast  LONG   open        0.25  62000.5  62500     +124.88        64000      61000
`,
    ],
    [
      'oco',
      `Account              Symbol   Strategy    Side  Pair    Mode       Quantity    Entry  Take profit           Stop loss
──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
ikenna.binance-usdm  BTCUSDT  trend-fast  LONG  active  synthetic      0.25  62000.5        64000  working      61000  watched
`,
    ],
    [
      'orders',
      `Created              Account              Symbol   Strategy    Leg        Side  Type         Quantity  Filled    Price  Status
──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
2025-01-06 11:55:00  ikenna.binance-usdm  BTCUSDT  trend-fast  stop loss  SELL  stop_market      0.25       0    61000  new
2025-01-06 11:55:00  ikenna.binance-usdm  BTCUSDT  trend-fast  entry      BUY   market           0.25    0.25  62000.5  filled
`,
    ],
    [
      'trades',
      `Closed               Account              Symbol   Strategy    Side  Quantity  Entry   Exit  Reason       Realized  Fees  Net P&L
─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
2025-01-06 11:56:30  ikenna.binance-usdm  BTCUSDT  trend-fast  LONG     0.001  45000  48000  take_profit     +3.00  0.02    +2.98
`,
    ],
  ])('(%s) are tables', async (name, table) => {
    expect(await runCommand([name, '--url', trading.url])).toEqual({
      exitCode: 0,
      stderr: '',
      stdout: table,
    });
  });

  it.each<[string[], Record<string, string>[]]>([
    [['positions'], [{ limit: '1000' }, { limit: '1000', after: '2' }]],
    [['positions', '--status', 'any', '--limit', '1'], [{ limit: '1' }]],
    [['positions', '--status', 'closed'], [{ status: 'closed', limit: '1000' }]],
    [
      [
        'orders',
        '--client',
        'ikenna',
        '--exchange',
        'okx',
        '--symbol',
        'BTCUSDT',
        '--strategy',
        'scout',
        '--status',
        'new',
      ],
      [
        {
          client: 'ikenna',
          exchange: 'okx',
          symbol: 'BTCUSDT',
          strategy: 'scout',
          status: 'new',
          limit: '50',
        },
      ],
    ],
  ])('%j asks the desk for no more than that', async (args, queries) => {
    await runCommand([...args, '--url', trading.url]);
    expect(asked.map(({ query }) => query)).toEqual(queries);
  });

  it('leave out what is closed, and say where there is more', async () => {
    const ids = async (...args: string[]): Promise<unknown> => {
      const { stdout } = await runCommand(['positions', '--url', trading.url, '--json', ...args]);
      const { items, more } = JSON.parse(stdout);
      return [...items.map((item: { strategyPositionId: string }) => item.strategyPositionId), more];
    };
    expect(await ids()).toEqual(['p3', 'p1', false]);
    expect(await ids('--status', 'any')).toEqual(['p3', 'p2', 'p1', false]);
    expect(await ids('--limit', '1')).toEqual(['p3', true]);
    expect(await ids('--client', 'ikenna')).toEqual(['p1', false]);
    const { stdout } = await runCommand(['positions', '--url', trading.url, '--limit', '1']);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('these are the newest 1; there are more: --limit');
  });

  it('say so where there is nothing', async () => {
    const { stdout } = await runCommand(['trades', '--url', trading.url, '--client', 'nobody']);
    expect(stdout).toBe('nothing has been closed yet\n');
  });

  it('are shown again and again until Ctrl-C', async () => {
    const stop = new AbortController();
    let shown = 0;
    const run = await runCommand(['trades', '--url', trading.url, '--watch', '1'], stop.signal, () => {
      shown += 1;
      if (shown === 2) stop.abort(new Interrupted(130));
    });
    expect([run.exitCode, run.stderr, shown]).toEqual([130, '', 2]);
  });
});

describe('signal send', () => {
  const SEND = ['signal', 'send', '--url', desk.url, '--strategy', 'trend-fast', '--symbol', 'BTCUSDT'];

  it('prints what the desk answered, and sends what was said', async () => {
    const options = ['--signal', '-1', '--id', 'n-1', '--time', '2025-01-06T11:59:00Z', '--price', '62000'];
    const more = [
      '--take-profit',
      '61000.5',
      '--stop-loss',
      '63000',
      '--volatility',
      '0.001',
      '--quantity',
      '0.25',
    ];
    const run = await runCommand([...SEND, ...options, ...more, '--expires-in-ms', '120000']);
    expect(run).toEqual({ exitCode: 0, stdout: 'accepted as n-1 for ikenna, odum\n', stderr: '' });
    expect(desk.published()[1].body).toEqual({
      id: 'n-1',
      strategyId: 'trend-fast',
      symbol: 'BTCUSDT',
      signal: -1,
      time: Date.UTC(2025, 0, 6, 11, 59),
      price: '62000',
      takeProfit: '61000.5',
      stopLoss: '63000',
      volatility: 0.001,
      quantity: '0.25',
      expiresAt: Date.UTC(2025, 0, 6, 12, 1),
    });
  });

  it('prints JSON where it is asked for', async () => {
    const { stdout } = await runCommand([...SEND, '--signal', 'long', '--id', 'n-2', '--json', '--verbose']);
    expect(JSON.parse(stdout)).toEqual({ accepted: [{ id: 'n-2', clients: ['ikenna', 'odum'] }] });
  });

  const ID = '1 to 64 letters, digits, dots, dashes or underscores';
  const MONEY = 'expected a number above 0 with at most 18 digits on either side of the point';
  const WISH =
    'expected 1, long or buy (be long), -1, short or sell (be short), or 0, flat or close (be flat)';
  const TIME = 'expected a time such as 2024-01-31T12:00:00Z, or milliseconds since 1970';

  it.each<[string[], string]>([
    [['--signal', '2'], `signal: ${WISH}, got "2"`],
    [['--signal', ''], `signal: ${WISH}, got ""`],
    [['--signal', 'up'], `signal: ${WISH}, got "up"`],
    [['--signal', '1.5'], `signal: ${WISH}, got "1.5"`],
    [['--signal', '1', '--strategy', ''], `strategy: expected a strategy id of ${ID}, got ""`],
    [
      ['--signal', '1', '--strategy', 'trend fast'],
      `strategy: expected a strategy id of ${ID}, got "trend fast"`,
    ],
    [
      ['--signal', '1', '--strategy', 'trend-fats'],
      'strategy: no client follows "trend-fats"; did you mean trend-fast?',
    ],
    [
      ['--signal', '1', '--strategy', 'zzz'],
      'strategy: no client follows "zzz"; known here: scout, trend-fast, trend-slow',
    ],
    [['--signal', '1', '--symbol', 'BTC/USDT'], `symbol: expected a symbol of ${ID}, got "BTC/USDT"`],
    [['--signal', '1', '--symbol', 'BTCUSD'], 'symbol: no account trades "BTCUSD"; did you mean BTCUSDT?'],
    [['--signal', '1', '--symbol', 'btcusdt'], 'symbol: no account trades "btcusdt"; did you mean BTCUSDT?'],
    [
      ['--signal', '1', '--strategy', 'trend-slow', '--symbol', 'SOLUSDT'],
      'symbol: no client that follows trend-slow trades "SOLUSDT"; known here: BTCUSDT, ETHUSDT',
    ],
    [
      ['--signal', '1', '--id', 'a b'],
      'id: expected 1 to 64 letters, digits, dots, dashes, underscores or colons, got "a b"',
    ],
    [
      ['--signal', '1', '--id', ''],
      'id: expected 1 to 64 letters, digits, dots, dashes, underscores or colons, got ""',
    ],
    [['--signal', '1', '--price', '0'], `price: ${MONEY}, got "0"`],
    [['--signal', '1', '--price', '-1'], `price: ${MONEY}, got "-1"`],
    [['--signal', '1', '--price', 'market'], `price: ${MONEY}, got "market"`],
    [['--signal', '1', '--take-profit', '64,000'], `takeProfit: ${MONEY}, got "64,000"`],
    [['--signal', '1', '--stop-loss', 'NaN'], `stopLoss: ${MONEY}, got "NaN"`],
    [['--signal', '1', '--stop-loss', '1e400'], `stopLoss: ${MONEY}, got "1e400"`],
    [
      ['--signal', '1', '--quantity', '0.1234567890123456789'],
      `quantity: ${MONEY}, got "0.1234567890123456789"`,
    ],
    [['--signal', '1', '--quantity', '0x10'], `quantity: ${MONEY}, got "0x10"`],
    [['--signal', '1', '--volatility', '-0.1'], 'volatility: expected a number above 0, got "-0.1"'],
    [['--signal', '1', '--time', 'yesterday'], `time: ${TIME}, got "yesterday"`],
    [['--signal', '1', '--time', '2025-01-06'], `time: ${TIME}, got "2025-01-06"`],
    [['--signal', '1', '--time', '2025-13-01T00:00:00Z'], `time: ${TIME}, got "2025-13-01T00:00:00Z"`],
    [
      ['--signal', '1', '--time', '2025-01-06T11:00'],
      'time: expected a time with Z, or with an offset such as +01:00, got "2025-01-06T11:00"',
    ],
    [
      ['--signal', '1', '--time', '1736164800'],
      'time: expected milliseconds since 1970, not seconds, got "1736164800"',
    ],
    [
      ['--signal', '1', '--time', '2025-01-06T13:00:00Z'],
      "time: 2025-01-06T13:00:00.000Z is 1 h ahead of the desk's time, 2025-01-06T12:00:00.000Z; at most 5 min is taken",
    ],
    [
      ['--signal', '1', '--expires-at', '2025-01-06T11:59:59Z'],
      "expiresAt: it expired at 2025-01-06T11:59:59.000Z; the desk's time is 2025-01-06T12:00:00.000Z",
    ],
    [
      ['--signal', '1', '--expires-in-ms', '86400000'],
      'expiresInMs: it would expire at 2025-01-07T12:00:00.000Z, 1 d from now; at most 45 min is taken',
    ],
    [
      ['--signal', '1', '--expires-in-ms', '1m'],
      'expiresInMs: expected a whole number of milliseconds from 1 to 86400000, got "1m"',
    ],
    [
      ['--signal', '1', '--expires-in-ms', '5', '--expires-at', '2025-01-06T12:00:01Z'],
      'expiresInMs: expiresAt says when it expires already; give one of them',
    ],
  ])('%j is refused in the words of the desk, which goes on', async (args, message) => {
    expect(await runCommand([...SEND, ...args])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `error: ${message}\n`,
    });
    expect(desk.published()).toEqual([]);
    expect((await runCommand([...SEND, '--signal', '1'])).exitCode).toBe(0);
  });

  it('says everything that is wrong at once', async () => {
    const { stderr } = await runCommand([...SEND, '--signal', '3', '--price', 'x', '--time', 'y']);
    expect(stderr.trimEnd().split('\n')).toEqual([
      `error: signal: ${WISH}, got "3"`,
      `error: time: ${TIME}, got "y"`,
      `error: price: ${MONEY}, got "x"`,
    ]);
  });

  it.each<[string[], string]>([
    [
      ['signal', 'send', '--symbol', 'BTCUSDT', '--signal', '1'],
      "error: required option '--strategy <id>' not specified\n",
    ],
    [
      ['signal', 'send', '--strategy', 's', '--symbol', 'X'],
      "error: required option '--signal <signal>' not specified\n",
    ],
    [['signal', 'sned'], "error: unknown command 'sned'\n(Did you mean send?)\n"],
    [
      [...SEND, '--signal', '1', '--stop-los', '5'],
      "error: unknown option '--stop-los'\n(Did you mean --stop-loss?)\n",
    ],
  ])('%j is no command line', async (args, stderr) => {
    expect(await runBowline(args)).toEqual({ exitCode: 2, stdout: '', stderr });
  });
});

describe('halt and resume', () => {
  it.each<[string[], string, object]>([
    [
      ['halt', '--client', 'ikenna', '--symbol', 'BTCUSDT', '--reason', 'r', '--by', 'odi'],
      'HALTED ikenna: ikenna.binance-usdm.BTCUSDT ikenna.okx.BTCUSDT\n',
      { type: 'trading_state', tradingState: 'HALTED', clientId: 'ikenna', by: 'odi', reason: 'r' },
    ],
    [
      ['halt', '--strategy', 'scout', '--reducing', '--reason', 'r'],
      'REDUCING odum of scout: odum.binance-usdm.BTCUSDT odum.binance-usdm.SOLUSDT\n',
      { tradingState: 'REDUCING', clientId: 'odum', by: expect.stringMatching(/./) },
    ],
    [
      ['resume', '--exchange', 'okx', '--reason', 'r'],
      'ACTIVE ikenna: ikenna.okx.BTCUSDT\n',
      { tradingState: 'ACTIVE', clientId: 'ikenna' },
    ],
  ])('%j prints what the desk answered', async (args, stdout, published) => {
    expect(await runCommand([...args, '--url', desk.url])).toEqual({ exitCode: 0, stdout, stderr: '' });
    expect(desk.published().map(({ body }) => body)).toEqual([expect.objectContaining(published)]);
  });

  it('want to be told when they are about everything', async () => {
    const stderr = 'error: say what: --client, --exchange, --symbol, --strategy, or --all for everything\n';
    const everything = ['halt', '--reason', 'r', '--url', desk.url];
    expect(await runCommand(everything)).toEqual({ exitCode: 2, stdout: '', stderr });
    expect(await runCommand([...everything, '--all', '--client', 'odum'])).toMatchObject({ exitCode: 2 });
    expect(desk.published()).toEqual([]);
    const { stdout } = await runCommand([...everything, '--all', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      state: 'HALTED',
      addressed: [{ client: 'ikenna' }, { client: 'odum' }],
    });
  });

  it('say what the desk does not know', async () => {
    const run = await runCommand([
      'halt',
      '--client',
      'odun',
      '--symbol',
      'BTCUSD',
      '--reason',
      'r',
      '--url',
      desk.url,
    ]);
    expect(run).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        'error: client: there is no client "odun"; did you mean odum?\n' +
        'error: scope.symbol: there is no symbol "BTCUSD"; did you mean BTCUSDT?\n',
    });
  });
});

describe('close', () => {
  const CLOSE = ['close', '--url', trading.url];

  it('shows what it would close, and closes nothing', async () => {
    const { exitCode, stderr, stdout } = await runCommand([...CLOSE, '--client', 'odum']);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: 'error: nothing was closed; to close it, say --yes\n',
    });
    expect(stdout.trimEnd().split('\n')).toHaveLength(3);
    expect(await runCommand([...CLOSE, '--client', 'odum', '--dry-run', '--yes'])).toEqual({
      exitCode: 0,
      stdout,
      stderr: '',
    });
    expect(await runCommand([...CLOSE, '--strategy', 'trend-slow'])).toEqual({
      exitCode: 0,
      stdout: 'no strategy position is open\n',
      stderr: '',
    });
    expect(trading.published()).toEqual([]);
  });

  it('closes with --yes', async () => {
    const run = await runCommand([...CLOSE, '--all', '--symbol', 'SOLUSDT', '--yes']);
    expect(run.exitCode).toBe(2);
    expect(await runCommand([...CLOSE, '--symbol', 'SOLUSDT', '--yes'])).toEqual({
      exitCode: 0,
      stdout: 'closing odum: odum.binance-usdm.SOLUSDT\n',
      stderr: '',
    });
    expect(trading.published().map(({ body }) => body)).toEqual([
      {
        type: 'close',
        clientId: 'odum',
        scope: { exchange: null, symbol: 'SOLUSDT', strategyId: null },
        by: expect.stringMatching(/./),
        reason: 'closed from the command line',
      },
    ]);
  });
});

describe('a desk', () => {
  const env = { BOWLINE_URL: undefined };

  it('that is not there is asked to be started', async () => {
    const free = await closedPort();
    expect(await runBowline(['status', '--url', free], { cwd: folder.path, env })).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(
        new RegExp(
          `^error: no desk answers at ${free} \\(from --url; ECONNREFUSED\\)\nerror: start one with node \\S+main.js start, or say where it is with --url or BOWLINE_URL\n$`,
        ),
      ),
    });
  });

  it('is found by --url, by BOWLINE_URL, by what it has written, or where it is by default', async () => {
    const data = folder.at('bowline-data');
    const free = await closedPort();
    await writeDeskFile(data, { url: desk.url, pid: 1234 });
    const found = await runBowline(['status'], { cwd: folder.path, env });
    expect([found.exitCode, found.stdout.split(',', 1)[0]]).toEqual([0, `mock desk at ${desk.url}`]);
    const byEnv = await runBowline(['status'], { cwd: folder.path, env: { BOWLINE_URL: free } });
    expect(byEnv.stderr).toContain(`no desk answers at ${free} (from BOWLINE_URL; ECONNREFUSED)`);
    await writeDeskFile(data, { url: free, pid: 1234 });
    const gone = await runBowline(['status'], { cwd: folder.path, env });
    expect(gone.stderr).toContain(
      `no desk answers at ${free} (from bowline-data/desk.json, which process 1234 wrote; ECONNREFUSED)`,
    );
    await removeDeskFile(data, 1);
    expect(folder.read('bowline-data/desk.json')).toBe(`{"url":"${free}","pid":1234}\n`);
    await removeDeskFile(data, 1234);
    expect(Object.keys(folder.snapshot())).toEqual([]);
  });

  it('that left something else than where it is, is not guessed at', async () => {
    for (const text of ['{', '[]', '{"url": 1, "pid": 2}']) {
      folder.file('bowline-data/desk.json', text);
      const { exitCode, stderr } = await runBowline(['status'], { cwd: folder.path, env });
      expect([exitCode, stderr]).toEqual([
        1,
        'error: bowline-data/desk.json is not what a desk writes; remove it, or give --url\n',
      ]);
    }
  });

  it.each(['localhost:8420', 'ftp://localhost', 'http://localhost:8420/v1', 'http://', ''])(
    'has no such address as %j',
    async (url) => {
      expect(await runCommand(['status', '--url', url])).toEqual({
        exitCode: 2,
        stdout: '',
        stderr: `error: --url ${JSON.stringify(url)}: write http:// or https://, host and port, such as http://127.0.0.1:8420\n`,
      });
    },
  );

  it('is told from whatever else answers there', async () => {
    const other = await listening(
      createServer((_request, response) => response.setHeader('content-type', 'text/html').end('<html>')),
    );
    const { exitCode, stderr } = await runCommand(['status', '--url', other]);
    expect([exitCode, stderr]).toEqual([
      1,
      `error: ${other} answers /v1/status with status 200, but not as a desk of this version does (from --url)\n`,
    ]);
  });
});

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const servers: Server[] = [];

afterAll(() => servers.forEach((server) => server.close()));

/** Where nobody listens. */
async function closedPort(): Promise<string> {
  const server = createServer();
  const url = await listening(server);
  server.close();
  await once(server, 'close');
  return url;
}
