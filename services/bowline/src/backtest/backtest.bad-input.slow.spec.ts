import { describe, expect, it } from '@jest/globals';
import { programPath, runBowline, WorkFolder } from '@bowline/testkit';

const DESK = `clients:
  ikenna:
    exchanges:
      binance-usdm: { accountBalance: 10000 }
    riskParams: { takeProfitPct: 3, stopLossPct: 2 }
    orderParams: { sizing: { fixedNotional: 1000 } }
`;
const HEADER = 'time,open,high,low,close,volume';
const BARS = `${HEADER}
2025-10-24T10:00:00Z,45000,45100,44950,45050,12
2025-10-24T10:01:00Z,46000,46100,45900,46000,8
2025-10-24T10:02:00Z,46500,48000,46400,47900,20
`;
const SIGNALS = `time,strategyId,symbol,signal
2025-10-24T10:00:00Z,A,BTCUSDT,1
2025-10-24T10:01:00Z,A,BTCUSDT,0
`;

const folder = new WorkFolder('bad-input');

/** Files by name that take the place of sound ones; null: there is none. */
type Files = Readonly<Record<string, string | Uint8Array | null>>;

const SOUND: Files = { 'desk.yaml': DESK, 'btc.csv': BARS, 'signals.csv': SIGNALS };

/** Runs a backtest in a folder with these files. A packed file of bars takes the place of btc.csv. */
async function backtest(name: string, broken: Files, more: readonly string[] = []) {
  for (const [file, content] of Object.entries({ ...SOUND, ...broken })) {
    if (content !== null) folder.file(`${name}/${file}`, content);
  }
  const packed = Object.keys(broken).find((file) => file.startsWith('btc.'));
  const args = [
    '--config',
    'desk.yaml',
    '--bars',
    `BTCUSDT=${packed ?? 'btc.csv'}`,
    '--signals',
    'signals.csv',
  ];
  return runBowline(['backtest', ...args, '--out', 'out', ...more], { cwd: folder.at(name) });
}

const bars = (text: string) => ({ 'btc.csv': text });
const desk = (text: string) => ({ 'desk.yaml': text });
const signals = (text: string) => ({ 'signals.csv': text });

/** What is broken, how, and every line that is said about it. */
const BROKEN: [string, Files, ...string[]][] = [
  // Configuration
  [
    'no configuration',
    { 'desk.yaml': null },
    `desk.yaml: there is no such file; write one with: node ${programPath} init`,
  ],
  ['an empty configuration', desk(''), 'desk.yaml:1:1: the file is empty; expected at least clients'],
  [
    'a configuration that is no YAML',
    desk('clients: [ikenna\n'),
    'desk.yaml:2:1: not valid YAML: wrong indentation, or a bracket that is not closed',
  ],
  [
    'a tab in the indentation',
    desk(DESK.replace('    riskParams', '\triskParams')),
    'desk.yaml:5:1: not valid YAML: a tab in the indentation; use spaces',
    'desk.yaml:6:1: not valid YAML: wrong indentation, or a bracket that is not closed',
  ],
  [
    'what only a running desk can do',
    desk(DESK.replace('    riskParams', '    smartRouting: true\n    riskParams')),
    'desk.yaml: clients.ikenna.smartRouting: historical mode has no order books to split by; use routing, with weights',
  ],
  [
    'a mistyped key',
    desk(DESK.replace('stopLossPct', 'stopLosPct')),
    'desk.yaml:5:37: clients.ikenna.riskParams.stopLosPct: unknown key; did you mean stopLossPct?',
  ],
  [
    'a number that is none',
    desk(DESK.replace('10000', 'ten')),
    'desk.yaml:4:39: clients.ikenna.exchanges.binance-usdm.accountBalance: expected a number above 0 (quote currency), got ten',
  ],
  [
    'a negative distance',
    desk(DESK.replace('stopLossPct: 2', 'stopLossPct: -2')),
    'desk.yaml:5:50: clients.ikenna.riskParams.stopLossPct: expected a number above 0 and below 100 (percent: 2 means 2 %), got -2',
  ],
  [
    'two measures of one distance',
    desk(DESK.replace('takeProfitPct: 3', 'takeProfitPct: 3, takeProfitSd: 2')),
    'desk.yaml:5:19: clients.ikenna.riskParams.takeProfitPct: takeProfitPct and takeProfitSd exclude each other; keep one',
  ],
  [
    'two ways of sizing',
    desk(DESK.replace('fixedNotional: 1000', 'fixedNotional: 1000, fixedQuantity: 1')),
    'desk.yaml:6:51: clients.ikenna.orderParams.sizing.fixedQuantity: fixedQuantity and fixedNotional exclude each other; keep one',
  ],
  [
    'a sizing by balance without a balance',
    desk(
      DESK.replace('{ accountBalance: 10000 }', '{}').replace('fixedNotional: 1000', 'percentOfBalance: 5'),
    ),
    'desk.yaml:6:30: clients.ikenna.orderParams.sizing.percentOfBalance: needs a balance, and clients.ikenna.exchanges.binance-usdm.accountBalance is not set; set it, or size by fixedQuantity or fixedNotional',
  ],
  [
    'a client without an account',
    desk(DESK.replace('binance-usdm: { accountBalance: 10000 }', '')),
    'desk.yaml:3:5: clients.ikenna.exchanges: expected at least one exchange',
  ],
  [
    'several things at once',
    desk(DESK.replace('10000', 'ten').replace('stopLossPct', 'stopLosPct')),
    'desk.yaml:4:39: clients.ikenna.exchanges.binance-usdm.accountBalance: expected a number above 0 (quote currency), got ten',
    'desk.yaml:5:37: clients.ikenna.riskParams.stopLosPct: unknown key; did you mean stopLossPct?',
  ],
  [
    'a key in the file',
    desk(DESK.replace('10000', '10000, apiKey: "sk-live-0123456789abcdef"')),
    'desk.yaml:4:54: clients.ikenna.exchanges.binance-usdm.apiKey: expected a reference such as env:IKENNA_BINANCE_KEY or file:/run/secrets/key, never the secret itself, got a text that is not shown here',
  ],
  [
    'units that cannot be traded exactly',
    desk(`${DESK}instruments:\n  BTCUSDT: { tickSize: 0.0000000001, lotSize: 0.000000001 }\n`),
    'desk.yaml:8:38: instruments.BTCUSDT.lotSize: tickSize x lotSize x multiplier has 19 decimals; at most 18 can be kept exactly',
  ],
  [
    'a tick that the prices do not keep',
    desk(`${DESK}instruments:\n  BTCUSDT: { tickSize: 100 }\n`),
    'binance-usdm:BTCUSDT, bar 1 (2025-10-24T10:00:00.000Z): low 44950 is not a multiple of tickSize 100; set instruments.BTCUSDT.tickSize to that of the data, or use --repair, which rounds to the tick',
  ],
  [
    'symbols that no bars are there of',
    desk(DESK.replace('10000', '10000, symbols: [ETHUSDT]')),
    'no account trades what there are bars of (BTCUSDT): ikenna at binance-usdm trades ETHUSDT',
  ],
  // Bars
  ['no bars', { 'btc.csv': null }, 'btc.csv: there is no such file'],
  ['an empty file of bars', bars(''), 'btc.csv: the file is empty'],
  [
    'bars without a row',
    bars(`${HEADER}\n`),
    'btc.csv: there are no bars; at least two are needed to tell the interval',
  ],
  [
    'a single bar',
    bars(BARS.split('\n').slice(0, 2).join('\n')),
    'btc.csv: there is one bar; at least two are needed to tell the interval',
  ],
  [
    'bars without a column',
    bars(BARS.replace(',close', ',last')),
    'btc.csv: there is no column close; the columns are time, open, high, low, last, volume',
  ],
  [
    'bars without a header',
    bars(BARS.replace(`${HEADER}\n`, '')),
    'btc.csv, line 1: there is no header; put one above the data that names its 6 columns, such as time,open,high,low,close,volume',
  ],
  [
    'an empty price',
    bars(BARS.replace('46000,46100', ',46100')),
    'btc.csv, line 3: open is empty; correct the row, or use --repair, which drops it',
  ],
  [
    'a price that is NaN',
    bars(BARS.replace('46100', 'NaN')),
    'btc.csv, line 3: high is NaN; correct the row, or use --repair, which drops it',
  ],
  [
    'a price that is none',
    bars(BARS.replace('46100', 'abc')),
    'btc.csv, line 3: high "abc" is not a number; correct the row, or use --repair, which drops it',
  ],
  [
    'a price of zero',
    bars(BARS.replace('45900', '0')),
    'btc.csv, line 3: low is 0; a price must be a number above 0; correct the row, or use --repair, which drops it',
  ],
  [
    'a high below the low',
    bars(BARS.replace('46100', '45800')),
    'btc.csv, line 3: high 45800 is below low 45900; correct the row, or use --repair, which drops it',
  ],
  [
    'a close outside of the bar',
    bars(BARS.replace('47900', '48001')),
    'btc.csv, line 4: close 48001 is outside [low, high] = [46400, 48000]; correct the row, or use --repair, which widens high and low',
  ],
  [
    'bars out of order',
    bars(BARS.replace('10:02', '09:02')),
    'btc.csv, line 4: time 2025-10-24T09:02:00.000Z is out of order, the row before has 2025-10-24T10:01:00.000Z; sort the rows by time, or use --repair, which does',
  ],
  [
    'a bar that is there twice',
    bars(BARS.replace('10:02', '10:01')),
    'btc.csv, line 4: time 2025-10-24T10:01:00.000Z is the same as in the row before; remove one of the two, or use --repair, which keeps the first',
  ],
  [
    'a time that is none',
    bars(BARS.replace('2025-10-24T10:01:00Z', 'noon')),
    'btc.csv, line 3: time "noon" is not a time (an epoch in s, ms, us or ns, or ISO 8601 such as 2021-04-20T00:00:00Z); correct the row, or use --repair, which drops it',
  ],
  [
    'a row with too few fields',
    bars(BARS.replace(',46000,8', '')),
    'btc.csv, line 3: has 4 fields where 6 are expected; correct the line',
  ],
  [
    'a gzip file that is none',
    { 'btc.csv.gz': 'plain' },
    'btc.csv.gz: is named .gz but its content is not; copy or download it again',
  ],
  [
    'a gzip file that is cut off',
    { 'btc.csv.gz': Uint8Array.from([31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 75]) },
    'btc.csv.gz: the gzip file is cut off or damaged (unexpected end of file); copy or download it again',
  ],
  [
    'a Parquet file that is none',
    { 'btc.parquet': 'PAR1 and nothing else' },
    'btc.parquet: the Parquet file is cut off or damaged (Invalid Input Error: No magic bytes found at end of file); copy or write it again',
  ],
  [
    'a zip file that is none',
    { 'btc.zip': 'PK' },
    'btc.zip: is named .zip but its content is not; copy or download it again',
  ],
  // Signals
  ['no signals', { 'signals.csv': null }, 'signals.csv: there is no such file'],
  [
    'a signal that is none',
    signals(SIGNALS.replace(',1\n', ',2\n')),
    'signals.csv, line 2: signal is "2"; it must be 1 (be long), -1 (be short), or 0 (be flat)',
  ],
  [
    'a signal without a time',
    signals(SIGNALS.replace('2025-10-24T10:01:00Z', '')),
    'signals.csv, line 3: time is empty',
  ],
  [
    'a column that is not known',
    signals(
      SIGNALS.replace('signal\n', 'signal,stopLos\n').replace(',1\n', ',1,44000\n').replace(',0\n', ',0,\n'),
    ),
    'signals.csv: the column stopLos is not known; known are time, strategyId, symbol, signal, price, takeProfit, stopLoss, volatility, quantity: rename or remove it',
  ],
  [
    'signals without a column',
    signals(SIGNALS.replace('strategyId', 'name')),
    'signals.csv: the column name is not known; known are time, strategyId, symbol, signal, price, takeProfit, stopLoss, volatility, quantity: rename or remove it',
  ],
  [
    'a price that is no number',
    signals(
      SIGNALS.replace('signal\n', 'signal,price\n').replace(',1\n', ',1,high\n').replace(',0\n', ',0,\n'),
    ),
    'signals.csv, line 2: price is "high"; it must be a number above 0, or empty',
  ],
  [
    'a quantity beyond all lots',
    signals(
      SIGNALS.replace('signal\n', 'signal,quantity\n')
        .replace(',1\n', ',1,99999999999\n')
        .replace(',0\n', ',0,\n'),
    ),
    'signals.csv: signal in row 1: quantity 99999999999 is too large for lotSize 0.00000001',
  ],
  [
    'bars and signals at once',
    { ...bars(BARS.replace('46100', 'NaN')), ...signals(SIGNALS.replace(',1\n', ',2\n')) },
    'btc.csv, line 3: high is NaN; correct the row, or use --repair, which drops it',
    'signals.csv, line 2: signal is "2"; it must be 1 (be long), -1 (be short), or 0 (be flat)',
  ],
];

describe('broken input', () => {
  it.each(BROKEN)('%s is refused, and nothing is written', async (what, broken, ...problems) => {
    const name = what.replaceAll(' ', '-');
    const { exitCode, stderr, stdout } = await backtest(name, broken);
    expect(stderr.trimEnd().split('\n')).toEqual(problems.map((problem) => `error: ${problem}`));
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(Object.keys(folder.snapshot(name)).sort()).toEqual(
      Object.entries({ ...SOUND, ...broken })
        .flatMap(([file, content]) => (content === null ? [] : [file]))
        .sort(),
    );
  });
});

describe('a report that is there', () => {
  it('stays as it is when the next run fails', async () => {
    expect((await backtest('again', {})).exitCode).toBe(0);
    const before = folder.snapshot('again', 'out');
    expect((await backtest('again', bars(BARS.replace('46100', 'NaN')))).exitCode).toBe(1);
    expect(folder.snapshot('again', 'out')).toEqual(before);
  });

  it('is never written over what is not a report', async () => {
    folder.file('foreign/out/letter.txt', 'dear all');
    const { exitCode, stderr } = await backtest('foreign', {});
    expect({ exitCode, stderr: stderr.replaceAll(folder.path, '') }).toEqual({
      exitCode: 1,
      stderr:
        'error: --out /foreign/out: holds "letter.txt", not from a report; name a new or empty directory, or move that away\n',
    });
    expect(Object.keys(folder.snapshot('foreign', 'out'))).toEqual(['letter.txt']);
  });
});

describe('bars that can be put in order', () => {
  it('are, with --repair, which says what it did', async () => {
    const shuffled = `${BARS}2025-10-24T09:59:00Z,45000,45010,44990,45000,3\n2025-10-24T10:02:00Z,46500,48000,46400,47900,20\n2025-10-24T10:03:00Z,47900,NaN,47800,47850,4\n`;
    const { exitCode, stderr } = await backtest('repaired', bars(shuffled), ['--repair']);
    expect({ exitCode, stderr: stderr.trimEnd().split('\n') }).toEqual({
      exitCode: 0,
      stderr: [
        'warning: btc.csv: dropped 1 row with an unusable field',
        'warning: btc.csv: sorted by time: 1 row stood after a later one',
        'warning: btc.csv: dropped 1 row whose time was there already (0 of them with other values), keeping the first',
      ],
    });
  });
});

describe('a signal that cannot be traded', () => {
  it('is refused in the same words on several threads', async () => {
    const large = SIGNALS.replace('signal\n', 'signal,quantity\n')
      .replace(',1\n', ',1,99999999999\n')
      .replace(',0\n', ',0,\n');
    const [, client] = DESK.split('clients:\n');
    const two = `${DESK}${client.replace('ikenna', 'odum')}`;
    const { exitCode, stderr } = await backtest('threads', { ...desk(two), ...signals(large) }, [
      '--workers',
      '2',
    ]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr:
        'error: signals.csv: signal in row 1: quantity 99999999999 is too large for lotSize 0.00000001\n',
    });
    expect(Object.keys(folder.snapshot('threads'))).toEqual(['btc.csv', 'desk.yaml', 'signals.csv']);
  });
});
