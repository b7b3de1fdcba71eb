import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WorkFolder } from '@bowline/testkit';
import { DialectDesk, withKeys } from './dialect-desk.spec-support.js';

const work = new WorkFolder('exchange-command');

const desk = (account: string) => `
clients:
  ikenna:
    exchanges:
      binance-usdm:
        accountBalance: 5000
        symbols: [BTCUSDT]
        apiKey: env:SPEC_KEY
        apiSecret: env:SPEC_SECRET
        ${account}
instruments:
  BTCUSDT: { tickSize: 0.1, lotSize: 0.001, minNotional: 5 }
`;

let exchange: DialectDesk;
beforeAll(async () => {
  exchange = await DialectDesk.open(work.file('exchange.yaml', desk('')), work.at('exchange'), ['--hold']);
}, 60_000);
afterAll(() => DialectDesk.killAll());

const check = (config: string, ...args: readonly string[]) =>
  withKeys([
    ...['exchange', 'check', '--config', config, '--client', 'ikenna', '--exchange', 'binance-usdm'],
    ...args,
  ]);

describe('exchange check', () => {
  it('says all that a desk relies on', async () => {
    const config = work.file('good.yaml', `${desk('')}${exchange.dependencies('live')}`);
    const { exitCode, stderr, stdout } = await check(config);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/ok {3}clock +the exchange is \d+ ms (ahead|behind)/);
    expect(stdout).toMatch(/ok {3}limits +2400 weight\/1m, /);
    expect(stdout).toMatch(/ok {3}balances +5000(\.0+)? USDT/);
    expect(stdout).toMatch(/ok {3}position mode +one-way/);
    expect(stdout).toMatch(/ok {3}open orders +0/);
    expect(stdout).toMatch(/ok {3}positions +0/);
  });

  it('says the same as JSON', async () => {
    const config = work.file('json.yaml', `${desk('')}${exchange.dependencies('live')}`);
    const { exitCode, stdout } = await check(config, '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      positionMode: { ok: true, value: 'one-way' },
      openOrders: { ok: true, value: [] },
      differences: null,
      problems: [],
    });
  });

  it('warns of a position mode that is another than the configured one', async () => {
    const config = work.file('hedge.yaml', `${desk('hedgeMode: true')}${exchange.dependencies('live')}`);
    const { exitCode, stdout } = await check(config);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('WARN the account is in one-way mode, and configured otherwise');
  });

  it.each([
    [
      'a wrong key',
      () => desk('').replace('env:SPEC_SECRET', 'env:SPEC_KEY') + exchange.dependencies('live'),
      /FAIL balances .*-1022/,
    ],
    [
      'nobody there',
      () => desk('') + exchange.dependencies('live').replaceAll(exchange.dialect, 'http://127.0.0.1:9'),
      /FAIL clock .*ECONNREFUSED/,
    ],
  ])('ends with what keeps the desk from trading: %s', async (name, config, said) => {
    const { exitCode, stderr, stdout } = await check(work.file(`${name}.yaml`, config()));
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(said);
    expect(stderr).toMatch(/^error: ikenna at binance-usdm: /);
    expect(stdout + stderr).not.toContain('secret-of-ikenna');
  });

  it.each([
    [['--client', 'ikena'], '--client ikena is not in the configuration; did you mean ikenna?'],
    [['--exchange', 'binance-usd'], 'binance-usd is not in the configuration; did you mean binance-usdm?'],
  ])('names what is not there: %j', async (args, message) => {
    const config = work.file('names.yaml', `${desk('')}${exchange.dependencies('live')}`);
    const { exitCode, stderr } = await check(config, ...args);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(message);
  });
});

describe('exchange instruments', () => {
  it('writes what a configuration needs', async () => {
    const config = work.file('units.yaml', `${desk('')}${exchange.dependencies('live')}`);
    const args = ['exchange', 'instruments', '--config', config, '--exchange', 'binance-usdm'];
    const { exitCode, stdout } = await withKeys(args);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('"BTCUSDT": {"kind":"perpetual","base":"BTC","quote":"USDT","settle":"USDT"');
    const bare = desk('').slice(0, desk('').indexOf('instruments:'));
    const written = work.file('written.yaml', `${bare}${stdout}${exchange.dependencies('live')}`);
    expect((await withKeys(['check', '--config', written])).exitCode).toBe(0);
    expect((await check(written)).exitCode).toBe(0);
  });

  it('names symbols that are not traded there', async () => {
    const config = work.file('missing.yaml', `${desk('')}${exchange.dependencies('live')}`);
    const args = ['exchange', 'instruments', '--config', config, '--exchange', 'binance-usdm'];
    const { exitCode, stderr } = await withKeys([...args, '--symbols', 'BTCUSDT,ABCUSDT']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('binance-usdm: ABCUSDT: not traded there');
  });
});
