import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { WorkFolder } from '@bowline/testkit';
import { about, limitAt, place } from '../exchange-simulator/binance-usdm.spec-support.js';
import { PRICE, SpotBench } from '../exchange-simulator/binance-spot.spec-support.js';
import { withKeys } from './dialect-desk.spec-support.js';

let bench: SpotBench;
// Before its folder goes.
afterAll(() => bench.close());

const work = new WorkFolder('binance-spot-command');
let config: string;

beforeAll(async () => {
  bench = await SpotBench.open(work.at('exchange'));
  const [rest, stream] = [bench.restUrl, bench.restUrl.replace('http', 'ws')];
  config = work.file(
    'desk.yaml',
    `
clients:
  ikenna:
    exchanges:
      binance-spot:
        accountBalance: 5000
        symbols: [BTCUSDT]
        apiKey: env:SPEC_KEY
        apiSecret: env:SPEC_SECRET
instruments:
  BTCUSDT: { tickSize: 0.1, lotSize: 0.001, minNotional: 5 }
dependencies: { exchanges: { type: live, connections: { binance-spot: { rest: '${rest}', stream: '${stream}' } } } }
`,
  );
});

it('looks at an account of Binance spot', async () => {
  await bench.connect();
  await bench.ask(place('by-hand', limitAt(PRICE - 1_000)));
  const account = ['--client', 'ikenna', '--exchange', 'binance-spot'];
  const { exitCode, stderr, stdout } = await withKeys(['exchange', 'check', '--config', config, ...account]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(/ok {3}limits +\d+ weight\/1m, /);
  expect(stdout).toMatch(/ok {3}balances +.*1000000(\.0+)? USDT/);
  expect(stdout).toMatch(/ok {3}open orders +1/);
  await bench.ask(about('cancel', 'by-hand'));
});

it('prints what is traded there, in the units of the exchange', async () => {
  const args = ['--config', config, '--exchange', 'binance-spot', '--symbols', 'BTCUSDT'];
  const { exitCode, stdout } = await withKeys(['exchange', 'instruments', ...args]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/"BTCUSDT": .*"tickSize":"0\.1","lotSize":"0\.001"/);
});
