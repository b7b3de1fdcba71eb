import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cash, formatCash } from '@bowline/domain';
import { WorkFolder } from '@bowline/testkit';
import { MainClient, WebsocketAPIClient, WebsocketClient, type NewOrderListParams } from 'binance';
import { Heard } from '../usdm/heard.spec-support.js';
import { letLongTimersGo } from '../usdm/long-timers.spec-support.js';
import { KEYS, Spot } from './spot.spec-support.js';

letLongTimersGo();
type Event = Readonly<Record<string, unknown>>;

const QUIET = { trace: () => undefined, info: () => undefined, error: () => undefined };
let spot: Spot;
let client: MainClient;
let stream: WebsocketClient;
const heard = new Heard<Event>();

beforeAll(async () => {
  spot = await Spot.open(work.at('sim'));
  const keys = { api_key: KEYS.ikenna.apiKey, api_secret: KEYS.ikenna.apiSecret };
  client = new MainClient({ ...keys, baseUrl: spot.url, disableTimeSync: true });
  stream = new WebsocketClient(
    { ...keys, wsUrl: spot.streamUrl, restOptions: { baseUrl: spot.url, disableTimeSync: true } },
    QUIET,
  );
  stream.on('message', (message) => heard.push(message as unknown as Event));
  await stream.subscribeSpotUserDataStream();
});

afterAll(async () => {
  await stream.unsubscribeSpotUserDataStream();
  stream.closeAll(true);
  await spot.close();
});

const work = new WorkFolder('spot-sdk-binance');

const id = (name: string): string => `${client.getOrderIdPrefix()}${name}`;

const report = (clientOrderId: string, status: string): Promise<Event> =>
  heard.find(
    (each) => each['e'] === 'executionReport' && each['c'] === clientOrderId && each['X'] === status,
  );

const listStatus = (orderListId: number, status: string): Promise<Event> =>
  heard.find((each) => each['e'] === 'listStatus' && each['g'] === orderListId && each['L'] === status);

/** What the account has by what it is told, free and locked together, against the exchange's own truth. */
async function expectBalancesToAgree(): Promise<void> {
  const { balances } = await client.getAccountInformation();
  const sums = balances
    .map(({ asset, free, locked }) => [asset, cash(String(free)) + cash(String(locked))] as const)
    .filter(([, sum]) => sum !== 0n)
    .map(([asset, sum]) => [asset, formatCash(sum)]);
  const truth = await spot.truth();
  const told = heard.all.filter((each) => each['e'] === 'outboundAccountPosition').at(-1)?.['B'];
  expect(Object.fromEntries(sums)).toEqual(truth.balances);
  for (const { a, f, l } of (told ?? []) as { a: string; f: string; l: string }[])
    expect(balances).toContainEqual({ asset: a, free: f, locked: l });
}

/** Anew each time: the client writes its ids into it. */
const oco = (): NewOrderListParams<'FULL'> => ({
  ...{ symbol: 'BTCUSDT', side: 'SELL', quantity: 0.002 },
  ...{ aboveType: 'LIMIT_MAKER', abovePrice: 48_000 },
  ...{ belowType: 'STOP_LOSS_LIMIT', belowStopPrice: 43_000, belowPrice: 42_900, belowTimeInForce: 'GTC' },
});

describe('the SDK binance at spot', () => {
  it('reads what is demanded of orders', async () => {
    const { symbols, rateLimits } = await client.getExchangeInfo({ symbol: 'BTCUSDT' });
    expect(rateLimits).toContainEqual({
      ...{ rateLimitType: 'ORDERS', interval: 'DAY', intervalNum: 1, limit: 200_000 },
    });
    expect(symbols).toEqual([
      expect.objectContaining({
        ...{ symbol: 'BTCUSDT', ocoAllowed: true },
        filters: expect.arrayContaining([
          expect.objectContaining({ filterType: 'NOTIONAL', minNotional: '5.00000000' }),
          expect.objectContaining({ filterType: 'LOT_SIZE', stepSize: '0.00001000' }),
        ]) as unknown,
      }),
    ]);
    expect(await client.getAvgPrice({ symbol: 'BTCUSDT' })).toMatchObject({ mins: 5 });
  });

  it('places and cancels an order, and hears of each and of what it holds', async () => {
    const newClientOrderId = id('limit');
    const placed = await client.submitNewOrder({
      ...{ symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', newClientOrderId },
      ...{ quantity: 0.01, price: 44_000, newOrderRespType: 'FULL' },
    });
    expect(placed).toMatchObject({
      ...{ symbol: 'BTCUSDT', orderListId: -1, clientOrderId: newClientOrderId, fills: [] },
      ...{ price: '44000.00000000', origQty: '0.01000000', executedQty: '0.00000000', status: 'NEW' },
    });
    const told = await report(newClientOrderId, 'NEW');
    expect(told).toMatchObject({ i: placed.orderId, g: -1, x: 'NEW', w: true, n: '0', N: null, t: -1 });
    const { balances } = await client.getAccountInformation();
    expect(balances).toContainEqual({ asset: 'USDT', free: '99560.00000000', locked: '440.00000000' });
    await expectBalancesToAgree();
    expect(await client.getOpenOrders({ symbol: 'BTCUSDT' })).toEqual([
      expect.objectContaining({ orderId: placed.orderId, clientOrderId: newClientOrderId }),
    ]);
    const canceled = await client.cancelOrder({ symbol: 'BTCUSDT', orderId: placed.orderId });
    expect(canceled).toMatchObject({ origClientOrderId: newClientOrderId, status: 'CANCELED' });
    const over = await heard.find(({ C, X }) => C === newClientOrderId && X === 'CANCELED');
    expect(over).toMatchObject({ i: placed.orderId, c: canceled.clientOrderId, x: 'CANCELED', w: false });
    await expectBalancesToAgree();
  });

  it('buys and sells, and agrees with the exchange on what it has to the digit', async () => {
    const newClientOrderId = id('bought');
    const bought = await client.submitNewOrder({
      ...{ symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: 0.003, newClientOrderId },
    });
    expect(bought).toMatchObject({
      ...{ status: 'FILLED', executedQty: '0.00300000' },
      fills: [{ qty: '0.00300000', commission: '0.00000300', commissionAsset: 'BTC' }],
    });
    const trade = await report(newClientOrderId, 'FILLED');
    expect(trade).toMatchObject({ x: 'TRADE', z: '0.00300000', n: '0.00000300', N: 'BTC', m: false });
    await expectBalancesToAgree();
    const truth = await spot.truth();
    expect(truth.balances['BTC']).toBe('1.002997');
    // In whole lots, as other exchanges have a position.
    expect(truth.positions).toEqual([expect.objectContaining({ symbol: 'BTCUSDT', quantity: 100_299 })]);

    await client.submitNewOrder({
      ...{ symbol: 'BTCUSDT', side: 'SELL', type: 'MARKET', quoteOrderQty: 90 },
    });
    await expectBalancesToAgree();
    const trades = await client.getAccountTradeList({ symbol: 'BTCUSDT' });
    const all = (await spot.truth()).trades;
    expect(trades.map(({ commissionAsset, id: tradeId }) => ({ tradeId, commissionAsset }))).toEqual(
      all.map(({ side, tradeId }) => ({ tradeId, commissionAsset: side === 'BUY' ? 'BTC' : 'USDT' })),
    );
    expect(trades[1]!.commission).toBe(Number(all[1]!.fee).toFixed(8));
  });

  it('guards what it has by a list, of which the take-profit fills', async () => {
    await spot.moveTo('45000');
    const listed = await client.submitNewOrderList(oco());
    expect(listed).toMatchObject({
      ...{ contingencyType: 'OCO', listStatusType: 'EXEC_STARTED', listOrderStatus: 'EXECUTING' },
      orderReports: [
        { type: 'STOP_LOSS_LIMIT', status: 'NEW', stopPrice: '43000.00000000' },
        { type: 'LIMIT_MAKER', status: 'NEW', price: '48000.00000000' },
      ],
    });
    const { orderListId } = listed;
    expect(await client.getAllOpenOCO()).toEqual([expect.objectContaining({ orderListId })]);
    await listStatus(orderListId, 'EXECUTING');
    await expectBalancesToAgree();
    await spot.moveTo('48100');
    const done = await listStatus(orderListId, 'ALL_DONE');
    expect(done).toMatchObject({ c: 'OCO', l: 'ALL_DONE', r: 'NONE', C: listed.listClientOrderId });
    const [stop, take] = listed.orders;
    const filled = await report(take!.clientOrderId, 'FILLED');
    expect(filled).toMatchObject({ g: orderListId, o: 'LIMIT_MAKER', m: true, N: 'USDT' });
    expect(await report(stop!.clientOrderId, 'EXPIRED')).toMatchObject({ g: orderListId, x: 'EXPIRED' });
    expect(await client.getOCO({ orderListId })).toMatchObject({ listOrderStatus: 'ALL_DONE' });
    await expectBalancesToAgree();
  });

  it('guards what it has by a list, of which the stop is triggered', async () => {
    await spot.moveTo('45000');
    const { orderListId, orders } = await client.submitNewOrderList(oco());
    const [stop, take] = orders;
    await spot.moveTo('42950');
    await listStatus(orderListId, 'ALL_DONE');
    expect(await report(take!.clientOrderId, 'EXPIRED')).toMatchObject({ g: orderListId });
    const states = heard.all
      .filter((each) => each['e'] === 'executionReport' && each['c'] === stop!.clientOrderId)
      .map(({ X, w }) => `${String(X)} ${String(w)}`);
    expect(states).toEqual(['NEW false', 'NEW true', 'FILLED false']);
    await expectBalancesToAgree();
  });

  it('cancels a list whole, by itself and by one of its orders', async () => {
    await spot.moveTo('45000');
    const first = await client.submitNewOrderList(oco());
    const canceled = await client.cancelOCO({ symbol: 'BTCUSDT', orderListId: first.orderListId });
    expect(canceled).toMatchObject({
      ...{ listStatusType: 'ALL_DONE', orderReports: [{ status: 'CANCELED' }, { status: 'CANCELED' }] },
    });
    const second = await client.submitNewOrderList(oco());
    const { orderId } = second.orders[0]!;
    await client.cancelOrder({ symbol: 'BTCUSDT', orderId });
    await listStatus(second.orderListId, 'ALL_DONE');
    expect(await client.getOpenOrders({ symbol: 'BTCUSDT' })).toEqual([]);
    await expectBalancesToAgree();
  });

  it('enters with its exits, which are in force once the entry has filled', async () => {
    const listed = await client.submitNewOrderListOTOCO({
      ...{ symbol: 'BTCUSDT', workingType: 'LIMIT', workingSide: 'BUY', workingTimeInForce: 'GTC' },
      ...{ workingPrice: '44500', workingQuantity: '0.002', pendingSide: 'SELL', pendingQuantity: '0.00199' },
      ...{ pendingAboveType: 'LIMIT_MAKER', pendingAbovePrice: '48000' },
      ...{ pendingBelowType: 'STOP_LOSS', pendingBelowStopPrice: '43000' },
    });
    const { orders } = listed;
    expect((await client.getOpenOrders({ symbol: 'BTCUSDT' })).map(({ status }) => status)).toEqual([
      ...['NEW', 'PENDING_NEW', 'PENDING_NEW'],
    ]);
    await spot.moveTo('44400');
    await report(orders[0]!.clientOrderId, 'FILLED');
    await heard.find(({ X, c }) => c === orders[1]!.clientOrderId && X === 'NEW');
    await spot.moveTo('42000');
    await listStatus(listed.orderListId, 'ALL_DONE');
    expect(await report(orders[1]!.clientOrderId, 'FILLED')).toMatchObject({ o: 'STOP_LOSS' });
    await expectBalancesToAgree();
  });

  it('replaces an order by another', async () => {
    await spot.moveTo('45000');
    const order = {
      symbol: 'BTCUSDT',
      side: 'BUY',
      type: 'LIMIT',
      timeInForce: 'GTC',
      quantity: 0.01,
    } as const;
    const { orderId } = await client.submitNewOrder({ ...order, price: 44_000 });
    const replaced = await client.replaceOrder({
      ...{ ...order, price: 43_000, cancelReplaceMode: 'STOP_ON_FAILURE', cancelOrderId: orderId },
    });
    expect(replaced).toMatchObject({ cancelResult: 'SUCCESS', newOrderResult: 'SUCCESS' });
    const [open] = await client.getOpenOrders({ symbol: 'BTCUSDT' });
    expect(open).toMatchObject({ price: '43000.00000000' });
    await expect(
      client.replaceOrder({
        ...{ ...order, price: 42_000, cancelReplaceMode: 'STOP_ON_FAILURE', cancelOrderId: orderId },
      }),
    ).rejects.toMatchObject({ code: -2022 });
    expect(await client.cancelAllSymbolOrders({ symbol: 'BTCUSDT' })).toHaveLength(1);
  });

  it('trades and listens over the line of requests', async () => {
    const keys = { api_key: KEYS.ikenna.apiKey, api_secret: KEYS.ikenna.apiSecret };
    const requests = new WebsocketAPIClient(
      { ...keys, wsUrl: spot.streamUrl, attachEventListeners: false },
      QUIET,
    );
    const told = new Heard<Event>();
    requests.getWSClient().on('message', (message) => told.push(message as unknown as Event));
    await requests.subscribeUserDataStream('mainWSAPI');
    const newClientOrderId = id('line');
    const { result } = await requests.submitNewSpotOrder({
      ...{ symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', newClientOrderId },
      ...{ quantity: '0.01', price: '44000', timestamp: Date.now() },
    });
    expect(result).toMatchObject({ clientOrderId: newClientOrderId, status: 'NEW' });
    const event = await told.find((each) => each['e'] === 'executionReport');
    expect(event).toMatchObject({ c: newClientOrderId, X: 'NEW' });
    await client.cancelAllSymbolOrders({ symbol: 'BTCUSDT' });
    await requests.disconnectAll();
  });

  it('learns what it has used, and what its key may do', async () => {
    expect(client.getRateLimitStates()).toMatchObject({
      'x-mbx-order-count-1d': expect.any(Number) as unknown,
    });
    expect(await client.getApiKeyPermissions()).toMatchObject({ enableWithdrawals: false });
    expect(await client.getOrderRateLimit()).toContainEqual(
      expect.objectContaining({ interval: 'DAY', limit: 200_000 }),
    );
  });
});
