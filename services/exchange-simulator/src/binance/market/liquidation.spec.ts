import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sharedData, whenPresent, WorkFolder } from '@bowline/testkit';
import { USDMClient } from 'binance';
import { KEYS, Usdm } from '../usdm/usdm.spec-support.js';
import { Line, type Told } from './market-streams.spec-support.js';

const opened: Usdm[] = [];
const lines: Line[] = [];
// Before the folder goes.
afterAll(async () => {
  for (const usdm of opened) await usdm.close();
});
const folder = new WorkFolder('liquidation');
let usdm: Usdm;
let client: USDMClient;

beforeEach(async () => {
  usdm = await Usdm.open(`${folder.path}/${opened.length}`);
  opened.push(usdm);
  const { apiKey, apiSecret } = KEYS.ikenna;
  client = new USDMClient({ baseUrl: usdm.url, api_key: apiKey, api_secret: apiSecret });
  await usdm.moveTo('45000.0');
});
afterEach(() => lines.splice(0).forEach((line) => line.close()));

async function open(path: string): Promise<Line> {
  const line = await Line.open(`${usdm.streamUrl}${path}`);
  lines.push(line);
  return line;
}

const userLine = async (): Promise<Line> =>
  open(`/ws/${(await client.getFuturesUserDataListenKey()).listenKey}`);

const order = (told: Told): Told => (told['o'] ?? {}) as Told;

/** 100,000 of cash carry 40 BTC from 45,000 down to 42,500 or so. */
async function buy(quantity: string): Promise<void> {
  for (let bought = 0; bought < Number(quantity); bought += 2)
    await client.submitNewOrder({ symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: 2 });
}

describe('an account that cannot carry its position any more', () => {
  it('is liquidated at the mark price, and everybody hears of it', async () => {
    const [user, everybody] = [await userLine(), await open('/ws/btcusdt@forceOrder')];
    await buy('40');
    await usdm.moveTo('42700.0');
    const closed = await user.until((told) => order(told)['X'] === 'FILLED' && order(told)['S'] === 'SELL');
    expect(order(closed)).toMatchObject({ s: 'BTCUSDT', o: 'LIMIT', f: 'IOC', x: 'CALCULATED', q: '40.000' });
    expect(String(order(closed)['c'])).toMatch(/^autoclose-\d+$/);
    const told = await everybody.until(({ e }) => e === 'forceOrder');
    expect(order(told)).toMatchObject({ S: 'SELL', q: '40.000', z: '40.000', X: 'FILLED', f: 'IOC' });
    const { balances, positions } = await usdm.truth();
    expect(positions).toEqual([]);
    const [account] = await client.getBalanceV3();
    expect(Number(account!.balance)).toBe(Number(balances['USDT']));
    expect(Number(account!.balance)).toBeGreaterThanOrEqual(0);
  });

  it('is left alone before', async () => {
    const everybody = await open('/ws/btcusdt@markPrice@1s');
    await buy('40');
    await usdm.moveTo('43500.0');
    await everybody.until(({ p }) => p === '43500.00000000');
    const { positions } = await usdm.truth();
    expect(positions).toMatchObject([{ quantity: 40_000 }]);
  });
});

describe('what the exchange does by order', () => {
  it('closes a position to deleverage, a part or all of it', async () => {
    const user = await userLine();
    await buy('2');
    await usdm.order('/deleverage', {
      exchange: 'binance-usdm',
      account: 'ikenna',
      symbol: 'BTCUSDT',
      quantity: '0.5',
    });
    const closed = await user.until(
      (told) => order(told)['c'] === 'adl_autoclose' && order(told)['X'] === 'FILLED',
    );
    expect(order(closed)).toMatchObject({ S: 'SELL', l: '0.500', n: '0.00000000' });
    expect((await usdm.truth()).positions).toMatchObject([{ quantity: 1_500 }]);
    await usdm.order('/deleverage', { exchange: 'binance-usdm', account: 'ikenna', symbol: 'BTCUSDT' });
    expect((await usdm.truth()).positions).toEqual([]);
  });

  it('charges funding now', async () => {
    const user = await userLine();
    await buy('2');
    const before = Number((await usdm.truth()).balances['USDT']);
    await usdm.order('/funding', { exchange: 'binance-usdm', symbol: 'BTCUSDT', rate: '0.001' });
    const told = await user.until(({ a }) => (a as Told | undefined)?.['m'] === 'FUNDING_FEE');
    expect(told).toMatchObject({ e: 'ACCOUNT_UPDATE', a: { B: [{ a: 'USDT', bc: '-90.00000000' }] } });
    expect(Number((await usdm.truth()).balances['USDT']) - before).toBeCloseTo(-90, 8);
    const income = await client.getIncomeHistory({ incomeType: 'FUNDING_FEE' });
    expect(income).toMatchObject([{ symbol: 'BTCUSDT', asset: 'USDT' }]);
    expect(Number(income[0]!.income)).toBe(-90);
  });

  it.each([
    ['/deleverage', { account: 'nobody', symbol: 'BTCUSDT' }, 'has no account nobody'],
    ['/deleverage', { account: 'ikenna', symbol: 'XXX' }, 'has no market XXX'],
    ['/deleverage', { account: 'ikenna', symbol: 'BTCUSDT' }, 'ikenna has no position BOTH in BTCUSDT'],
    ['/funding', { symbol: 'XXX', rate: '0.1' }, 'has no market XXX'],
    ['/funding', { symbol: 'BTCUSDT', rate: 'x' }, 'is no number'],
  ])('is refused at %s where it cannot be: %j', async (path, body, problem) => {
    await expect(usdm.order(path, { exchange: 'binance-usdm', ...body })).rejects.toThrow(problem);
  });
});

const FIXTURE = 'fixtures/nautilus/binance/futures/market_data_json/liquidation_stream.json';
whenPresent('a recorded liquidation of Binance', `../shared/data/${FIXTURE}`, sharedData(FIXTURE), (path) => {
  it('has no field that ours lacks', async () => {
    const everybody = await open('/ws/!forceOrder@arr');
    await buy('40');
    await usdm.moveTo('42700.0');
    const told = await everybody.until(({ e }) => e === 'forceOrder');
    const fixture = JSON.parse(readFileSync(path, 'utf8')) as Told;
    expect(Object.keys(told)).toEqual(Object.keys(fixture));
    expect(Object.keys(order(told))).toEqual(Object.keys(order(fixture)));
  });
});
