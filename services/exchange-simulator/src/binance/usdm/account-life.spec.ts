import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WorkFolder } from '@bowline/testkit';
import { isAccountUpdate, SignedClient, type UserStream } from './signed-client.spec-support.js';
import { EXCHANGE, KEYS, Usdm } from './usdm.spec-support.js';

let usdm: Usdm;
let ikenna: SignedClient;
let odum: SignedClient;
let heard: UserStream;

beforeAll(async () => {
  usdm = await Usdm.open(work.at('sim'));
  [ikenna, odum] = [new SignedClient(usdm.url, KEYS.ikenna), new SignedClient(usdm.url, KEYS.odum)];
  heard = await ikenna.listen();
});

afterAll(async () => {
  heard.close();
  await usdm.close();
});

const work = new WorkFolder('account-life');

const BTC = { symbol: 'BTCUSDT' };
const market = (side: string, quantity: string, more: object = {}): Record<string, string> => ({
  ...{ ...BTC, side, type: 'MARKET', quantity, ...more },
});
const list = (body: unknown): Record<string, unknown>[] => body as Record<string, unknown>[];

describe('an account in hedge mode', () => {
  it('holds LONG and SHORT side by side', async () => {
    expect((await odum.get('v1/positionSide/dual')).body).toEqual({ dualSidePosition: false });
    const set = (dualSidePosition: boolean) => odum.post('v1/positionSide/dual', { dualSidePosition });
    expect((await set(true)).body).toEqual({ code: 200, msg: 'success' });
    expect((await set(true)).body).toMatchObject({ code: -4059 });
    const stream = await odum.listen((key) => `/ws/${key}`);
    await odum.post('v1/order', market('BUY', '0.010', { positionSide: 'LONG' }));
    await odum.post('v1/order', market('SELL', '0.004', { positionSide: 'SHORT' }));
    expect((await set(false)).body).toMatchObject({ code: -4068 });
    const second = stream.all.length;
    await stream.find(({ o }) => o?.['ps'] === 'SHORT' && o['X'] === 'FILLED');
    expect(second).toBeGreaterThan(0);
    const updates = stream.all.filter(isAccountUpdate);
    expect(
      updates.map(({ a }) => (a!['P'] as Record<string, string>[]).map(({ pa, ps }) => `${ps} ${pa}`)),
    ).toEqual([['LONG 0.010'], ['SHORT -0.004']]);
    const risk = list((await odum.get('v3/positionRisk', BTC)).body);
    expect(risk.map(({ positionAmt, positionSide }) => ({ positionAmt, positionSide }))).toEqual([
      { positionAmt: '0.010', positionSide: 'LONG' },
      { positionAmt: '-0.004', positionSide: 'SHORT' },
    ]);
    const truth = await usdm.truth('odum');
    expect(risk.map(({ entryPrice }) => entryPrice)).toEqual(
      truth.positions.map(({ entryPrice }) => entryPrice),
    );
    stream.close();
  });

  it('cannot become another while it has orders', async () => {
    await ikenna.post('v1/order', {
      ...{ ...market('BUY', '0.001'), type: 'LIMIT', timeInForce: 'GTC', price: '44000' },
    });
    const refused = await ikenna.post('v1/positionSide/dual', { dualSidePosition: true });
    expect(refused.body).toMatchObject({ code: -4067 });
    await ikenna.delete('v1/allOpenOrders', BTC);
  });
});

describe('leverage and margin type', () => {
  it('are changed by symbol, and the account is told', async () => {
    const set = await ikenna.post('v1/leverage', { ...BTC, leverage: 50 });
    expect(set.body).toEqual({ leverage: 50, maxNotionalValue: '12000000', symbol: 'BTCUSDT' });
    const told = await heard.of('ACCOUNT_CONFIG_UPDATE');
    expect(told['ac']).toEqual({ s: 'BTCUSDT', l: 50 });
    expect((await ikenna.post('v1/leverage', { ...BTC, leverage: 126 })).body).toMatchObject({ code: -4028 });
    const isolate = () => ikenna.post('v1/marginType', { ...BTC, marginType: 'ISOLATED' });
    expect((await isolate()).body).toEqual({ code: 200, msg: 'success' });
    expect((await isolate()).body).toMatchObject({ code: -4046 });
    const [config] = list((await ikenna.get('v1/symbolConfig', BTC)).body);
    expect(config).toMatchObject({ marginType: 'ISOLATED', leverage: 50 });
    const update = await heard.find(({ a }) => a?.['m'] === 'MARGIN_TYPE_CHANGE');
    expect(update['a']).toMatchObject({ P: [{ s: 'BTCUSDT', mt: 'isolated' }] });
    await ikenna.post('v1/marginType', { ...BTC, marginType: 'CROSSED' });
    const [bracket] = list((await ikenna.get('v1/leverageBracket', BTC)).body);
    expect(bracket).toMatchObject({ symbol: 'BTCUSDT', brackets: expect.any(Array) });
    const rate = await ikenna.get('v1/commissionRate', BTC);
    expect(rate.body).toMatchObject({ makerCommissionRate: '0.0002', takerCommissionRate: '0.0005' });
    expect((await ikenna.get('v1/multiAssetsMargin')).body).toEqual({ multiAssetsMargin: false });
  });

  it('are changed past all programs by hand, and so are positions', async () => {
    await usdm.order('/settings', { exchange: EXCHANGE, account: 'ikenna', ...BTC, leverage: 7 });
    await heard.find(({ ac }) => ac?.['l'] === 7);
    const order = { exchange: EXCHANGE, account: 'ikenna', ...BTC, side: 'BUY', quantity: '0.002' };
    await usdm.order('/orders', { ...order, clientOrderId: 'web_1' });
    const filled = await heard.of('ORDER_TRADE_UPDATE', { c: 'web_1', X: 'FILLED' });
    expect(filled['o']).toMatchObject({ z: '0.002' });
    await usdm.order('/orders', { ...order, side: 'SELL', reduceOnly: true });
    for (const [path, body, status] of [
      ['/orders', { ...order, side: 'SELL', reduceOnly: true }, 422],
      ['/orders', { ...order, quantity: '0.0005' }, 400],
      ['/orders', { ...order, price: '44000.05' }, 400],
      ['/orders', { ...order, quantity: 'two' }, 400],
      ['/orders', { ...order, account: 'nobody' }, 404],
      ['/orders', { ...order, symbol: 'XRPUSDT' }, 404],
      ['/settings', { exchange: EXCHANGE, account: 'ikenna', ...BTC, leverage: 500 }, 422],
    ] as const) {
      const answer = await fetch(`${usdm.simulator.url}${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
      });
      expect(answer.status).toBe(status);
    }
  });
});

describe('balances and incomes', () => {
  it('add up, and agree in every answer', async () => {
    await ikenna.post('v1/order', market('BUY', '0.010'));
    await usdm.moveTo('46000');
    await ikenna.post('v1/order', market('SELL', '0.004'));
    const truth = await usdm.truth();
    const [held] = truth.positions;
    const account = (await ikenna.get('v3/account')).body as Record<string, unknown>;
    const [asset] = list(account['assets']);
    const [balance] = list((await ikenna.get('v2/balance')).body);
    const [position] = list(account['positions']);
    const [risk] = list((await ikenna.get('v2/positionRisk', BTC)).body);
    const exact = (text: unknown): string => String(text).replace(/\.?0+$/, '');
    for (const each of [account['totalWalletBalance'], asset!['walletBalance'], balance!['balance']])
      expect(exact(each)).toBe(truth.balances['USDT']);
    expect(position).toMatchObject({ positionAmt: '0.006', unrealizedProfit: risk!['unRealizedProfit'] });
    expect(risk).toMatchObject({ positionAmt: '0.006', entryPrice: held!.entryPrice, leverage: '7' });
    expect(Number(asset!['marginBalance'])).toBeCloseTo(
      Number(asset!['walletBalance']) + Number(asset!['unrealizedProfit']),
      8,
    );
    const incomes = list((await ikenna.get('v1/income', { limit: 1_000 })).body);
    const sum = incomes.reduce((total, { income }) => total + Number(income), 100_000);
    expect(sum).toBeCloseTo(Number(truth.balances['USDT']), 7);
    const realized = list((await ikenna.get('v1/income', { incomeType: 'REALIZED_PNL' })).body);
    const trades = list((await ikenna.get('v1/userTrades', { ...BTC, fromId: 1 })).body);
    expect(realized.at(-1)).toMatchObject({ income: trades.at(-1)!['realizedPnl'] });
    expect(trades.map(({ id }) => id)).toEqual(truth.trades.map(({ tradeId }) => tradeId));
    expect(
      list((await ikenna.get('v1/userTrades', { ...BTC, fromId: Number(trades[1]!['id']), limit: 1 })).body),
    ).toEqual([trades[1]]);
    const full = (await ikenna.get('v2/account')).body as Record<string, unknown>;
    expect(list(full['positions']).map(({ symbol }) => symbol)).toEqual(['BTCUSDT', 'ETHUSDT']);
  });

  it('are told of funding, which is an income', async () => {
    const from = heard.all.length;
    await usdm.order('/funding', { exchange: EXCHANGE, ...BTC, rate: '0.0001' });
    const charged = await heard.find(({ a }) => a?.['m'] === 'FUNDING_FEE', from);
    const [income] = list((await ikenna.get('v1/income', { incomeType: 'FUNDING_FEE' })).body);
    const truth = await usdm.truth();
    expect(charged['a']).toMatchObject({ B: [{ a: 'USDT', bc: income!['income'] }], P: [] });
    expect(income).toMatchObject({ symbol: 'BTCUSDT', asset: 'USDT', tradeId: '' });
    expect(Number(income!['income'])).toBeLessThan(0);
    const [{ wb } = { wb: '' }] = charged['a']!['B'] as { wb: string }[];
    expect(Number(wb)).toBe(Number(truth.balances['USDT']));
  });

  it('are told of a position that the exchange has closed for somebody else', async () => {
    await usdm.order('/deleverage', { exchange: EXCHANGE, account: 'ikenna', ...BTC });
    const closed = await heard.of('ORDER_TRADE_UPDATE', { c: 'adl_autoclose', X: 'FILLED' });
    expect(closed['o']).toMatchObject({ x: 'CALCULATED', z: '0.006', S: 'SELL' });
    const [force] = list((await ikenna.get('v1/forceOrders', { autoCloseType: 'ADL' })).body);
    expect(force).toMatchObject({ clientOrderId: 'adl_autoclose' });
  });

  it('are warned before a liquidation, which closes everything under an id of its own', async () => {
    await ikenna.post('v1/leverage', { ...BTC, leverage: 100 });
    await ikenna.post('v1/order', market('BUY', '90'));
    // Of 100,000 there are 34,800 left, and 28,800 are needed to keep 90 BTC.
    await usdm.moveTo('45320');
    const call = await heard.of('MARGIN_CALL');
    expect(call['p']).toEqual([expect.objectContaining({ s: 'BTCUSDT', ps: 'BOTH', mt: 'CROSSED' })]);
    await usdm.moveTo('44500');
    const forced = await heard.find(
      ({ o }) => String(o?.['c']).startsWith('autoclose-') && o?.['X'] === 'FILLED',
    );
    expect(forced['o']).toMatchObject({ x: 'CALCULATED', S: 'SELL', o: 'LIMIT', f: 'IOC', R: true });
    expect((await usdm.truth()).positions).toEqual([]);
    const [force] = list((await ikenna.get('v1/forceOrders', { autoCloseType: 'LIQUIDATION' })).body);
    expect(force).toMatchObject({ clientOrderId: forced['o']!['c'], status: 'FILLED' });
  });
});
