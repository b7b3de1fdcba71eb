import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WorkFolder } from '@bowline/testkit';
import { RemoteExchangeClient } from '@bowline/exchange-simulator';
import { SystemClock } from '@bowline/engine';
import { requests, SILENT, Told } from '../../simulator.spec-support.js';
import { isAccountUpdate, SignedClient, type UserStream } from './signed-client.spec-support.js';
import { EXCHANGE, KEYS, Usdm } from './usdm.spec-support.js';

let usdm: Usdm;
let ikenna: SignedClient;
let odum: SignedClient;
let heard: UserStream;
let heardByOdum: UserStream;

beforeAll(async () => {
  usdm = await Usdm.open(work.at('sim'));
  [ikenna, odum] = [new SignedClient(usdm.url, KEYS.ikenna), new SignedClient(usdm.url, KEYS.odum)];
  [heard, heardByOdum] = [await ikenna.listen(), await odum.listen()];
});

afterAll(async () => {
  for (const stream of [heard, heardByOdum]) stream.close();
  await usdm.close();
});

const work = new WorkFolder('order-life');

const BTC = { symbol: 'BTCUSDT' };
const RESULT = { newOrderRespType: 'RESULT' };

function limit(side: 'BUY' | 'SELL', quantity: string, price: string, id: string, more: object = {}) {
  const order = { ...BTC, side, type: 'LIMIT', timeInForce: 'GTC', quantity, price, newClientOrderId: id };
  return { ...order, ...more } as Record<string, string | boolean>;
}

function market(side: 'BUY' | 'SELL', quantity: string, id: string, more: object = {}) {
  return { ...BTC, side, type: 'MARKET', quantity, newClientOrderId: id, ...more } as Record<string, string>;
}

/** The account is flat and has no orders afterwards. */
async function settled(client: SignedClient): Promise<void> {
  await client.delete('v1/allOpenOrders', BTC);
  await client.delete('v1/algoOpenOrders', BTC);
  for (const { positionAmt, positionSide } of (await client.get('v3/positionRisk', BTC))
    .body as unknown as Record<string, string>[]) {
    const side = Number(positionAmt) > 0 ? 'SELL' : 'BUY';
    const quantity = positionAmt!.replace('-', '');
    const how = positionSide === 'BOTH' ? { reduceOnly: true } : { positionSide };
    await client.post('v1/order', { ...market(side, quantity, 'out'), ...how } as Record<string, string>);
  }
}

describe('an order', () => {
  it('between two accounts is told to both, each with its own side of it', async () => {
    await odum.post('v1/order', limit('SELL', '0.004', '45000.1', 'maker'));
    const { body } = await ikenna.post('v1/order', limit('BUY', '0.006', '45000.1', 'taker', RESULT));
    expect(body).toMatchObject({ status: 'PARTIALLY_FILLED', executedQty: '0.004', cumQty: '0.004' });
    const taken = await heard.of('ORDER_TRADE_UPDATE', { c: 'taker', X: 'PARTIALLY_FILLED' });
    const made = await heardByOdum.of('ORDER_TRADE_UPDATE', { c: 'maker', X: 'FILLED' });
    expect(taken['o']).toMatchObject({
      ...{ x: 'TRADE', l: '0.004', L: '45000.1', z: '0.004', q: '0.006', ap: '45000.1', m: false },
      ...{ N: 'USDT', n: '0.09000020', rp: '0.00000000', ps: 'BOTH', o: 'LIMIT', ot: 'LIMIT', si: 0, ss: 0 },
    });
    expect(made['o']).toMatchObject({ m: true, n: '0.03600008', t: taken['o']!['t'], S: 'SELL' });
    // The account comes before the trade that has changed it.
    expect(heard.kinds()).toEqual([
      'ORDER_TRADE_UPDATE NEW NEW',
      'ACCOUNT_UPDATE',
      'TRADE_LITE',
      'ORDER_TRADE_UPDATE TRADE PARTIALLY_FILLED',
    ]);
    const { a } = heardByOdum.all.find(isAccountUpdate)!;
    expect(a).toMatchObject({ P: [{ s: 'BTCUSDT', pa: '-0.004', ep: '45000.1', cr: '0.00000000' }] });
    for (const client of [ikenna, odum]) await settled(client);
  });

  it('that is immediate expires in what it cannot have', async () => {
    await odum.post('v1/order', limit('SELL', '0.001', '45000.1', 'little'));
    const ioc = limit('BUY', '0.005', '45000.1', 'ioc', { ...RESULT, timeInForce: 'IOC' });
    const { body } = await ikenna.post('v1/order', ioc);
    expect(body).toMatchObject({ status: 'EXPIRED', executedQty: '0.001', origQty: '0.005' });
    const fok = limit('BUY', '0.005', '45000.1', 'fok', { timeInForce: 'FOK' });
    expect((await ikenna.post('v1/order', fok)).body).toMatchObject({ code: -5021 });
    const known = await ikenna.get('v1/order', { ...BTC, origClientOrderId: 'fok' });
    expect(known.body).toMatchObject({ code: -2013 });
    expect(heard.all.filter(({ o }) => o?.['c'] === 'fok')).toEqual([]);
    for (const client of [ikenna, odum]) await settled(client);
  });

  it.each<[string, string, string]>([
    ['EXPIRE_TAKER', 'EXPIRED_IN_MATCH', 'NEW'],
    ['EXPIRE_MAKER', 'NEW', 'EXPIRED_IN_MATCH'],
    ['EXPIRE_BOTH', 'EXPIRED_IN_MATCH', 'EXPIRED_IN_MATCH'],
  ])('that meets its own owner with %s ends as %s, and the other as %s', async (mode, taker, maker) => {
    const [a, b] = [`${mode}-a`, `${mode}-b`];
    await ikenna.post('v1/order', limit('SELL', '0.001', '45000.1', a));
    await ikenna.post('v1/order', limit('BUY', '0.001', '45000.1', b, { selfTradePreventionMode: mode }));
    const statusOf = async (id: string): Promise<unknown> =>
      (await ikenna.get('v1/order', { ...BTC, origClientOrderId: id })).body['status'];
    expect([await statusOf(b), await statusOf(a)]).toEqual([taker, maker]);
    await settled(ikenna);
  });

  it('that is only acknowledged says nothing of its fills', async () => {
    const { body } = await ikenna.post('v1/order', market('BUY', '0.002', 'ack'));
    expect(body).toMatchObject({ status: 'NEW', executedQty: '0.000' });
    const queried = await ikenna.get('v1/order', { ...BTC, origClientOrderId: 'ack' });
    expect(queried.body).toMatchObject({ status: 'FILLED', executedQty: '0.002', avgPrice: '45002.3' });
    await settled(ikenna);
  });

  it('of a batch is placed, changed and canceled for itself', async () => {
    const batchOrders = JSON.stringify([
      limit('BUY', '0.001', '44000', 'b1'),
      limit('BUY', '0.001', '99000', 'b2'),
      limit('BUY', '0.001', '44001', 'b3'),
    ]);
    const placed = await ikenna.post('v1/batchOrders', { batchOrders });
    expect(placed.body).toEqual([
      expect.objectContaining({ clientOrderId: 'b1', status: 'NEW' }),
      { code: -4016, msg: "Limit price can't be higher than 51750.0." },
      expect.objectContaining({ clientOrderId: 'b3' }),
    ]);
    const changes = [{ ...limit('BUY', '0.002', '43900', ''), origClientOrderId: 'b1' }];
    const changed = await ikenna.put('v1/batchOrders', { batchOrders: JSON.stringify(changes) });
    expect(changed.body).toEqual([expect.objectContaining({ origQty: '0.002', price: '43900.0' })]);
    const canceled = await ikenna.delete('v1/batchOrders', {
      ...{ ...BTC, origClientOrderIdList: JSON.stringify(['b1', 'none', 'b3']) },
    });
    expect(canceled.body).toEqual([
      expect.objectContaining({ clientOrderId: 'b1', status: 'CANCELED' }),
      { code: -2011, msg: 'Unknown order sent.' },
      expect.objectContaining({ clientOrderId: 'b3', status: 'CANCELED' }),
    ]);
    expect((await ikenna.post('v1/batchOrders', { batchOrders: '[]' })).body).toMatchObject({ code: -4082 });
    expect((await ikenna.post('v1/batchOrders', { batchOrders: 'none' })).body).toMatchObject({
      code: -1130,
    });
  });

  it('may have an id again once the one before is over', async () => {
    const place = () => ikenna.post('v1/order', limit('BUY', '0.001', '44000', 'again'));
    const first = (await place()).body['orderId'];
    await ikenna.delete('v1/order', { ...BTC, origClientOrderId: 'again' });
    const second = (await place()).body['orderId'];
    expect(second).toBeGreaterThan(first as number);
    expect((await ikenna.get('v1/order', { ...BTC, orderId: first as number })).body).toMatchObject({
      status: 'CANCELED',
    });
    const all = (await ikenna.get('v1/allOrders', { ...BTC, orderId: first as number })).body;
    expect(all).toEqual([
      expect.objectContaining({ orderId: first }),
      expect.objectContaining({ orderId: second }),
    ]);
    await settled(ikenna);
  });
});

describe('a conditional order', () => {
  const stop = (id: string, more: object): Record<string, string | boolean> => ({
    ...{ algoType: 'CONDITIONAL', ...BTC, side: 'SELL', type: 'STOP_MARKET', clientAlgoId: id },
    ...{ triggerPrice: '44500', ...more },
  });

  it('that closes everything has the quantity of the moment at which it triggers', async () => {
    await ikenna.post('v1/order', market('BUY', '0.002', 'in'));
    const placed = await ikenna.post('v1/algoOrder', stop('all', { closePosition: true }));
    expect(placed.body).toMatchObject({ closePosition: true, quantity: '0.000' });
    await ikenna.post('v1/order', market('BUY', '0.003', 'more'));
    await usdm.moveTo('44400');
    const filled = await heard.of('ORDER_TRADE_UPDATE', { c: 'all', X: 'FILLED' });
    expect(filled['o']).toMatchObject({
      z: '0.005',
      cp: true,
      o: 'MARKET',
      ot: 'STOP_MARKET',
      sp: '44500.0',
    });
    const finished = await heard.of('ALGO_UPDATE', { c: 'all', X: 'FINISHED' });
    expect(finished['o']).toMatchObject({
      ai: String(filled['o']!['i']),
      aq: '0.005',
      act: 'MARKET',
      cp: true,
    });
    expect(filled['o']!['si']).toBe(finished['o']!['aid']);
    expect((await usdm.truth()).positions).toEqual([]);
    await usdm.moveTo('45000');
  });

  it('that closes everything goes with the position', async () => {
    await ikenna.post('v1/order', market('BUY', '0.002', 'in'));
    await ikenna.post('v1/algoOrder', stop('gone', { closePosition: true }));
    await ikenna.post('v1/order', market('SELL', '0.002', 'out'));
    const expired = await heard.of('ALGO_UPDATE', { c: 'gone', X: 'EXPIRED' });
    expect(expired['o']).toMatchObject({ ai: '', rm: 'Reduce Only reject' });
  });

  it('with a limit becomes a limit order', async () => {
    await ikenna.post('v1/order', market('BUY', '0.002', 'in'));
    const target = stop('target', {
      ...{ type: 'TAKE_PROFIT', triggerPrice: '45500', price: '46000', quantity: '0.002', reduceOnly: true },
    });
    await ikenna.post('v1/algoOrder', target);
    await usdm.moveTo('45600');
    const triggered = await heard.of('ALGO_UPDATE', { c: 'target', X: 'TRIGGERED' });
    expect(triggered['o']).toMatchObject({ o: 'TAKE_PROFIT', act: 'LIMIT', p: '46000.0' });
    const [open] = (await ikenna.get('v1/openOrders', BTC)).body as unknown as Record<string, unknown>[];
    expect(open).toMatchObject({
      clientOrderId: 'target',
      type: 'LIMIT',
      origType: 'TAKE_PROFIT',
      price: '46000.0',
    });
    expect(triggered['o']!['ai']).toBe(String(open!['orderId']));
    expect((await ikenna.get('v1/openAlgoOrders')).body).toEqual([]);
    expect((await ikenna.delete('v1/algoOrder', { clientAlgoId: 'target' })).body).toMatchObject({
      code: -2011,
    });
    await ikenna.delete('v1/order', { ...BTC, origClientOrderId: 'target' });
    // Finished is over, however it ended.
    const finished = await heard.of('ALGO_UPDATE', { c: 'target', X: 'FINISHED' });
    expect(finished['o']).toMatchObject({ aq: '0.000' });
    await usdm.moveTo('45000');
    await settled(ikenna);
  });

  it('that finds nothing to close any more is rejected when it triggers', async () => {
    await ikenna.post('v1/algoOrder', stop('naked', { quantity: '120' }));
    await ikenna.post('v1/order', market('BUY', '40', 'margin'));
    await usdm.moveTo('44400');
    const rejected = await heard.of('ALGO_UPDATE', { c: 'naked', X: 'REJECTED' });
    expect(rejected['o']).toMatchObject({ rm: 'Margin is insufficient', ai: '' });
    expect((await ikenna.get('v1/algoOrder', { clientAlgoId: 'naked' })).body).toMatchObject({
      ...{ algoStatus: 'REJECTED', actualOrderId: '' },
    });
    const among = await ikenna.get('v1/order', { ...BTC, origClientOrderId: 'naked' });
    expect(among.body).toMatchObject({ code: -2013 });
    await usdm.moveTo('45000');
    await settled(ikenna);
  });

  it('is canceled alone, or with all of its kind, and orders stay', async () => {
    await ikenna.post('v1/order', limit('BUY', '0.001', '44000', 'stays'));
    for (const id of ['s1', 's2']) await ikenna.post('v1/algoOrder', stop(id, { quantity: '0.001' }));
    const canceled = await ikenna.delete('v1/algoOrder', { clientAlgoId: 's1' });
    expect(canceled.body).toMatchObject({ clientAlgoId: 's1', code: '200', msg: 'success' });
    await heard.of('ALGO_UPDATE', { c: 's1', X: 'CANCELED' });
    await ikenna.delete('v1/allOpenOrders', BTC);
    expect((await ikenna.get('v1/openAlgoOrders')).body).toEqual([
      expect.objectContaining({ clientAlgoId: 's2', actualOrderId: '' }),
    ]);
    await ikenna.delete('v1/algoOpenOrders', BTC);
    const all = (await ikenna.get('v1/allAlgoOrders', BTC)).body as unknown as Record<string, unknown>[];
    expect(all.slice(-2)).toEqual([
      expect.objectContaining({ clientAlgoId: 's1', algoStatus: 'CANCELED' }),
      expect.objectContaining({ clientAlgoId: 's2', algoStatus: 'CANCELED' }),
    ]);
  });
});

describe('a countdown', () => {
  it('cancels every order of the symbol, stops too, unless it is begun anew', async () => {
    const countdown = (countdownTime: number) =>
      ikenna.post('v1/countdownCancelAll', { ...BTC, countdownTime });
    await ikenna.post('v1/order', limit('BUY', '0.001', '44000', 'dead'));
    await ikenna.post('v1/algoOrder', {
      ...{ algoType: 'CONDITIONAL', ...BTC, side: 'SELL', type: 'STOP_MARKET', clientAlgoId: 'dead-stop' },
      ...{ triggerPrice: '44000', quantity: '0.001' },
    });
    expect((await countdown(600_000)).body).toEqual({ symbol: 'BTCUSDT', countdownTime: '600000' });
    await countdown(1);
    await heard.of('ORDER_TRADE_UPDATE', { c: 'dead', X: 'CANCELED' });
    await heard.of('ALGO_UPDATE', { c: 'dead-stop', X: 'CANCELED' });
    expect((await countdown(0)).body).toEqual({ symbol: 'BTCUSDT', countdownTime: '0' });
  });
});

describe('our own protocol', () => {
  it('and the dialect are two fronts of one exchange', async () => {
    const client = new RemoteExchangeClient({
      ...{ url: usdm.simulator.url, exchange: EXCHANGE, account: 'ikenna', token: "ikenna's secret" },
      ...{ clock: new SystemClock(), logger: SILENT },
    });
    const told = await Told.connect(client);
    await told.ask(requests.place('ours', 440_000));
    const heardOf = await heard.of('ORDER_TRADE_UPDATE', { c: 'ours', X: 'NEW' });
    expect(heardOf['o']).toMatchObject({ q: '0.010', p: '44000.0' });
    expect((await ikenna.get('v1/openOrders', BTC)).body).toEqual([
      expect.objectContaining({ clientOrderId: 'ours' }),
    ]);
    await ikenna.delete('v1/order', { ...BTC, origClientOrderId: 'ours' });
    await told.until(() =>
      told.reports.some((report) => report.type === 'order' && report.execType === 'cancel'),
    );
    await ikenna.post('v1/order', market('BUY', '0.002', 'theirs'));
    await told.until(() => told.reports.some(({ type }) => type === 'trade'));
    expect(told.reports.find(({ type }) => type === 'trade')).toMatchObject({
      clientOrderId: 'theirs',
      lastQty: 2,
    });
    await usdm.order('/settings', { exchange: EXCHANGE, account: 'ikenna', ...BTC, leverage: 9 });
    await told.until(() => told.reports.some(({ type }) => type === 'account_changed'));
    expect(told.reports.at(-1)).toMatchObject({ what: 'leverage', detail: 'leverage is 9 now' });
    await client.close();
    await settled(ikenna);
  });
});
