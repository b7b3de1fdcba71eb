import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { runBowline, WorkFolder } from '@bowline/testkit';

/** The same bars and signals in every form; each must give the same trades. */
const START = Date.UTC(2025, 0, 6);
const MINUTE = 60_000;
const COUNT = 300;

interface Bar {
  readonly time: number;
  readonly prices: readonly [open: number, high: number, low: number, close: number];
  readonly volume: number;
}

/** A price that swings twice, so that sma-cross trades both ways; whole ticks of 0.5. */
const BARS: readonly Bar[] = Array.from({ length: COUNT }, (_, bar) => {
  const price = (at: number) => 40_000 + Math.round(600 * Math.sin((at / COUNT) * 4 * Math.PI)) / 2;
  const [open, close] = [price(bar), price(bar + 1)];
  return {
    time: START + bar * MINUTE,
    prices: [open, Math.max(open, close) + 0.5, Math.min(open, close) - 0.5, close],
    volume: 1 + (bar % 7),
  };
});

const DESK = `clients:
  odum:
    exchanges: { binance-spot: { accountBalance: 100000 } }
    riskParams: { takeProfitPct: 0.2, stopLossPct: 0.3 }
    orderParams: { sizing: { percentOfBalance: 10 } }
`;

const csv = (header: string, row: (bar: Bar) => string) => `${[header, ...BARS.map(row)].join('\n')}\n`;
const plain = csv('timestamp,open,high,low,close,volume', ({ prices, time, volume }) =>
  [new Date(time).toISOString(), ...prices, volume].join(','),
);
/** What the exchange itself publishes: twelve columns, no header, microseconds. */
const klines = BARS.map(({ prices, time, volume }) =>
  [time * 1000, ...prices, volume, time * 1000 + 59_999_999, 0, 10, 0, 0, 0].join(','),
).join('\n');
const json = JSON.stringify(BARS.map(({ prices, time, volume }) => [time, ...prices, volume]));
const values = BARS.map(({ prices, time, volume }) => `(${[time, ...prices, volume].join(', ')})`).join(', ');
const select = `SELECT make_timestamp_ms(t::BIGINT) AS time, o::DOUBLE AS open, h::DOUBLE AS high, l::DOUBLE AS low, c::DOUBLE AS close, v::DOUBLE AS volume FROM (VALUES ${values}) AS bars(t, o, h, l, c, v)`;

const folder = new WorkFolder('formats');

async function tradesOf(barsFile: string, ...signals: string[]): Promise<string> {
  const out = `out-${(outs += 1)}`;
  const args = ['--config', folder.file('desk.yaml', DESK), '--bars', `BTCUSDT=${folder.at(barsFile)}`];
  const { exitCode, stderr } = await runBowline(['backtest', ...args, ...signals, '--out', folder.at(out)]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return folder.read(out, 'trades.csv');
}
let outs = 0;

const STRATEGY = ['--strategy', 'sma-cross:5,20'];
let expected = '';

beforeAll(async () => {
  folder.file('plain.csv', plain);
  expected = await tradesOf('plain.csv', ...STRATEGY);
  expect(expected.split('\n').length).toBeGreaterThan(3);
});

describe('bars', () => {
  it.each<[string, string, () => unknown]>([
    ['gzipped CSV', 'bars.csv.gz', () => folder.file('bars.csv.gz', gzipSync(plain))],
    ['zipped CSV', 'bars.zip', () => folder.zip('bars.zip', 'bars.csv', plain)],
    ['klines without a header', 'klines.csv', () => folder.file('klines.csv', klines)],
    ['zipped klines', 'klines.zip', () => folder.zip('klines.zip', 'klines.csv', klines)],
    ['JSON arrays', 'bars.json', () => folder.file('bars.json', json)],
    ['gzipped JSON arrays', 'bars.json.gz', () => folder.file('bars.json.gz', gzipSync(json))],
    ['Parquet', 'bars.parquet', () => folder.parquet('bars.parquet', select)],
  ])('of %s give the same trades', async (_form, name, write) => {
    await write();
    expect(await tradesOf(name, ...STRATEGY)).toBe(expected);
  });
});

describe('signals', () => {
  const rows = [40, 90, 150, 220].map((bar, at) => ({
    time: START + bar * MINUTE,
    signal: at % 2 === 0 ? 1 : -1,
  }));
  const text = [
    'time,strategyId,symbol,signal',
    ...rows.map(({ signal, time }) => `${time},mine,BTCUSDT,${signal}`),
  ].join('\n');

  it('of CSV, gzipped CSV and Parquet give the same trades', async () => {
    const list = rows.map(({ signal, time }) => `(${time}, ${signal})`).join(', ');
    const paths = [
      folder.file('signals.csv', text),
      folder.file('signals.csv.gz', gzipSync(text)),
      await folder.parquet(
        'signals.parquet',
        `SELECT make_timestamp_ms(t::BIGINT) AS time, 'mine' AS strategy_id, 'BTCUSDT' AS symbol, s AS signal FROM (VALUES ${list}) AS rows(t, s)`,
      ),
    ];
    const [csvTrades, ...others] = await Promise.all(
      paths.map((path) => tradesOf('plain.csv', '--signals', path)),
    );
    expect(csvTrades.split('\n').length).toBeGreaterThan(3);
    for (const trades of others) expect(trades).toBe(csvTrades);
  });
});

describe('bars of an exchange of its own', () => {
  it('serve that exchange, and the others keep the common ones', async () => {
    const desk = DESK.replace('exchanges: {', 'exchanges: { okx: { accountBalance: 100000 },');
    folder.file(
      'dear.json',
      JSON.stringify(
        BARS.map(({ prices, time, volume }) => [time, ...prices.map((price) => 2 * price), volume]),
      ),
    );
    folder.file('bars.json', json);
    const args = [
      '--config',
      folder.file('two.yaml', desk),
      '--bars',
      `BTCUSDT=${folder.at('bars.json')}`,
      '--bars',
      `okx:BTCUSDT=${folder.at('dear.json')}`,
    ];
    const { stdout } = await runBowline([
      'backtest',
      ...args,
      ...STRATEGY,
      '--json',
      '--out',
      folder.at('two'),
    ]);
    expect(Object.keys(JSON.parse(stdout).byAccount)).toEqual(['odum.binance-spot', 'odum.okx']);
    const entries = folder
      .read('two', 'trades.csv')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','));
    const pricesAt = (exchange: string) =>
      entries.filter((fields) => fields[1] === exchange).map((fields) => Number(fields[8]));
    expect(Math.max(...pricesAt('binance-spot'))).toBeLessThan(41_000);
    expect(Math.min(...pricesAt('okx'))).toBeGreaterThan(79_000);
  });
});

describe('funding', () => {
  it('is paid by longs where its rate is above 0', async () => {
    const signals = folder.file('long.csv', `time,strategyId,symbol,signal\n${START},mine,BTCUSDT,1\n`);
    const funding = folder.file('funding.csv', `time,rate\n${START + 10 * MINUTE},0.0001\n`);
    const desk = folder.file(
      'perp.yaml',
      DESK.replace('binance-spot', 'binance-usdm')
        .replace('{ takeProfitPct: 0.2, stopLossPct: 0.3 }', '{ takeProfitPct: 50 }')
        .replace('percentOfBalance: 10', 'fixedQuantity: 0.5'),
    );
    const args = ['--config', desk, '--bars', `BTCUSDT=${folder.at('plain.csv')}`, '--signals', signals];
    const { stdout } = await runBowline(['backtest', ...args, '--funding', `BTCUSDT=${funding}`, '--json']);
    const [position] = JSON.parse(stdout).openPositions;
    // Half a coin at the price of that moment, times the rate.
    const price = BARS[10].prices[0];
    expect(Number(position.funding)).toBeCloseTo(-0.5 * price * 0.0001, 8);
  });
});

describe('the example of the requirements', () => {
  /** A Python dict with a comment of another language, an environment that is not built, and a key by its bare name. */
  const EXAMPLE = `config = {
    # Environment Configuration
    'environment': 'cloud-dev',
    'mode': 'live',

    # Client Management
    'clients': {
        'ikenna': {
            'exchanges': {
                'BINANCE': {
                    'api_key': 'IKENNA_BINANCE_KEY',
                    'api_secret': 'IKENNA_BINANCE_SECRET',
                    'paper_trading': False
                }
            },
            'risk_params': {
                'take_profit_sd': 1.0,
                'stop_loss_sd': 2.0,
                'max_position_size': 1000.0,
                'max_leverage': 3.0
            },
            'order_params': {
                'default_order_type': 'market',
                'time_in_force': 'GTC',
                'max_slippage_bps': 10
            }
        }
        // ... other client configs ...
    },

    # Storage Configuration
    'storage': {
        'type': 'bigquery',
        'project': 'dev-project',
        'dataset': 'order_management'
    },

    # Messaging Configuration
    'messaging': {
        'type': 'pubsub',
        'project': 'dev-project',
        'topic': 'order_events'
    },

    # Process Management
    'process': {
        'memory_limit_mb': 1024,
        'cpu_limit': 1,
        'log_level': 'INFO'
    }
}
`;

  it('runs as it stands', async () => {
    const args = [
      '--config',
      folder.file('example.py', EXAMPLE),
      '--bars',
      `BTCUSDT=${folder.at('plain.csv')}`,
    ];
    const { exitCode, stdout } = await runBowline(['backtest', ...args, ...STRATEGY, '--json']);
    expect(exitCode).toBe(0);
    const { byClient, trades, warnings } = JSON.parse(stdout);
    expect(trades).toBeGreaterThan(0);
    expect(Object.keys(byClient)).toEqual(['ikenna']);
    expect(warnings).toHaveLength(2);
  });

  it('is checked, and its environment refused by name', async () => {
    const { exitCode, stdout } = await runBowline(['check', '--config', 'example.py'], { cwd: folder.path });
    expect(exitCode).toBe(0);
    expect(stdout).toBe(`example.py: 1 client, nothing wrong
  ikenna: BINANCE (no balance, every symbol with bars); follows every strategy
backtest and sweep ignore: environment, mode, storage, messaging, process, apiKey and apiSecret
storage.type bigquery is checked but cannot be run yet; use duckdb; backtest and sweep run in any environment
`);
  });
});
