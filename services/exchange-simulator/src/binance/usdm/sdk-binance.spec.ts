import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WorkFolder } from '@bowline/testkit';
import { USDMClient, WebsocketClient } from 'binance';
import { Heard } from './heard.spec-support.js';
import { letLongTimersGo } from './long-timers.spec-support.js';
import { KEYS, Usdm } from './usdm.spec-support.js';

letLongTimersGo();
let usdm: Usdm;
let client: USDMClient;
let stream: WebsocketClient;
const heard = new Heard<Record<string, unknown>>();

beforeAll(async () => {
  usdm = await Usdm.open(work.at('sim'));
  const keys = { api_key: KEYS.ikenna.apiKey, api_secret: KEYS.ikenna.apiSecret };
  client = new USDMClient({ ...keys, baseUrl: usdm.url, disableTimeSync: true });
  const quiet = { trace: () => undefined, info: () => undefined, error: () => undefined };
  stream = new WebsocketClient(
    { ...keys, wsUrl: usdm.streamUrl, restOptions: { baseUrl: usdm.url, disableTimeSync: true } },
    quiet,
  );
  stream.on('message', (message) => heard.push(message as unknown as Record<string, unknown>));
  await stream.subscribeUsdFuturesUserDataStream();
});

afterAll(async () => {
  await stream.unsubscribeUsdFuturesUserDataStream();
  stream.closeAll(true);
  await usdm.close();
});

const work = new WorkFolder('sdk-binance');

/** The first event of the kind that is it. */
function event(kind: string, isIt: (event: Record<string, never>) => boolean = () => true) {
  return heard.find(
    (each) => each['e'] === kind && isIt(each as Record<string, never>),
  ) as Promise<unknown> as Promise<Record<string, Record<string, unknown>>>;
}

const order = (clientOrderId: string, status: string) =>
  event('ORDER_TRADE_UPDATE', ({ o }) => o['c'] === clientOrderId && o['X'] === status);

const id = (name: string): string => `${client.getOrderIdPrefix()}${name}`;

describe('the SDK binance', () => {
  it('places, amends and cancels an order, and hears of each', async () => {
    const newClientOrderId = id('limit');
    const placed = await client.submitNewOrder({
      ...{ symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', newClientOrderId },
      ...{ quantity: 0.01, price: 44_000, newOrderRespType: 'RESULT' },
    });
    expect(placed).toMatchObject({ status: 'NEW', origQty: '0.010', price: '44000.0', type: 'LIMIT' });
    expect(placed).not.toHaveProperty('avgPrice');
    expect(await client.getAllOpenOrders({ symbol: 'BTCUSDT' })).toEqual([
      expect.objectContaining({ orderId: placed.orderId, clientOrderId: newClientOrderId }),
    ]);
    const { orderId } = placed;
    const amended = await client.modifyOrder({
      ...{ symbol: 'BTCUSDT', side: 'BUY', orderId, quantity: 0.02, price: 43_900.5 },
    });
    expect(amended).toMatchObject({ orderId, origQty: '0.020', price: '43900.5' });
    const amendment = await event('ORDER_TRADE_UPDATE', ({ o }) => o['x'] === 'AMENDMENT');
    expect(amendment['o']).toMatchObject({ c: newClientOrderId, q: '0.020', p: '43900.5', X: 'NEW' });
    const canceled = await client.cancelOrder({ symbol: 'BTCUSDT', origClientOrderId: newClientOrderId });
    expect(canceled).toMatchObject({ orderId, status: 'CANCELED' });
    expect((await order(newClientOrderId, 'CANCELED'))['o']).toMatchObject({ i: orderId, x: 'CANCELED' });
    expect(await client.getAllOpenOrders()).toEqual([]);
  });

  it('opens a position, and agrees with the exchange on it to the digit', async () => {
    const newClientOrderId = id('entry');
    await client.submitNewOrder({
      ...{ symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: 0.003, newClientOrderId },
    });
    const filled = (await order(newClientOrderId, 'FILLED'))['o']!;
    const truth = await usdm.truth();
    const trade = truth.trades.at(-1)!;
    expect(filled).toMatchObject({ x: 'TRADE', t: trade.tradeId, z: '0.003', m: false, N: 'USDT' });
    expect(Number(filled['n'])).toBe(Number(trade.fee));
    const [held] = truth.positions;
    const positions = await client.getPositionsV3({ symbol: 'BTCUSDT' });
    expect(positions).toEqual([
      expect.objectContaining({ positionAmt: '0.003', entryPrice: held!.entryPrice, positionSide: 'BOTH' }),
    ]);
    const [balance] = await client.getBalanceV3();
    expect(withoutZeros(balance!.balance)).toBe(truth.balances['USDT']);
    const account = await client.getAccountInformationV3();
    expect(withoutZeros(account.totalWalletBalance)).toBe(truth.balances['USDT']);
    const update = await event('ACCOUNT_UPDATE', ({ a }) => a['m'] === 'ORDER');
    expect(update['a']).toMatchObject({
      B: [{ a: 'USDT', bc: '0' }],
      P: [{ s: 'BTCUSDT', pa: '0.003', ep: held!.entryPrice, ps: 'BOTH', mt: 'cross' }],
    });
    const trades = await client.getAccountTrades({ symbol: 'BTCUSDT' });
    expect(trades.map(({ id: tradeId, qty }) => ({ tradeId, qty }))).toEqual([
      { tradeId: trade.tradeId, qty: '0.003' },
    ]);
  });

  it('guards it by a stop, which triggers', async () => {
    const clientAlgoId = id('stop');
    const placed = await client.submitNewAlgoOrder({
      ...{ algoType: 'CONDITIONAL', symbol: 'BTCUSDT', side: 'SELL', type: 'STOP_MARKET', clientAlgoId },
      ...{ triggerPrice: '43000', quantity: '0.003', reduceOnly: 'true' },
    });
    expect(placed).toMatchObject({ algoStatus: 'NEW', triggerPrice: '43000.0', clientAlgoId });
    expect(await client.getOpenAlgoOrders()).toEqual([expect.objectContaining({ algoId: placed.algoId })]);
    expect(await client.getAllOpenOrders()).toEqual([]);
    await usdm.moveTo('42900');
    const finished = await event(
      'ALGO_UPDATE',
      ({ o }) => o['caid'] === clientAlgoId && o['X'] === 'FINISHED',
    );
    const states = heard.all
      .filter((each) => each['e'] === 'ALGO_UPDATE')
      .map((each) => (each['o'] as Record<string, unknown>)['X']);
    expect(states).toEqual(['NEW', 'TRIGGERING', 'TRIGGERED', 'FINISHED']);
    const queried = await client.getAlgoOrder({ clientAlgoId });
    expect(queried).toMatchObject({ algoStatus: 'FINISHED', actualOrderId: finished['o']!['ai'] });
    const became = await client.getOrder({ symbol: 'BTCUSDT', orderId: Number(queried.actualOrderId) });
    expect(became).toMatchObject({ status: 'FILLED', type: 'MARKET', origType: 'STOP_MARKET' });
    expect(became).toMatchObject({ clientOrderId: clientAlgoId, avgPrice: queried.actualPrice });
    expect(await client.getPositionsV3()).toEqual([]);
    const truth = await usdm.truth();
    expect(truth.positions).toEqual([]);
    const [balance] = await client.getBalanceV3();
    expect(withoutZeros(balance!.balance)).toBe(truth.balances['USDT']);
    const incomes = await client.getIncomeHistory();
    const sum = incomes.reduce((total, { income }) => total + Number(income), 0);
    expect(sum).toBeCloseTo(Number(truth.balances['USDT']) - 100_000, 8);
  });

  it('learns from the answer what it has used', () => {
    expect(client.getRateLimitStates()).toMatchObject({ 'x-mbx-order-count-1m': expect.any(Number) });
    expect(client.getRateLimitStates()['x-mbx-used-weight-1m']).toBeGreaterThan(0);
  });

  it('understands a refusal', async () => {
    const request = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: 0.0001 } as const;
    await expect(client.submitNewOrder(request)).rejects.toMatchObject({ code: -1111 });
  });
});

/** As the exchange's own truth writes decimals. */
function withoutZeros(text: string | number): string {
  return String(text).replace(/\.?0+$/, '');
}
