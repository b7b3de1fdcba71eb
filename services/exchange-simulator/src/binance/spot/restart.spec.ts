import { expect, it } from '@jest/globals';
import { WorkFolder } from '@bowline/testkit';
import { Spot } from './spot.spec-support.js';

const work = new WorkFolder('spot-restart');

it('knows orders, lists and balances of spot again once it is opened again', async () => {
  const folder = work.at('sim');
  const before = await Spot.open(folder);
  const BTC = { symbol: 'BTCUSDT' };
  await before.ask('POST', '/api/v3/order', { ...BTC, side: 'BUY', type: 'MARKET', quoteOrderQty: '500' });
  await before.ask('POST', '/api/v3/orderList/otoco', {
    ...{ ...BTC, listClientOrderId: 'bracket', workingType: 'LIMIT', workingSide: 'BUY' },
    ...{ workingTimeInForce: 'GTC', workingPrice: '44500', workingQuantity: '0.002' },
    ...{ pendingSide: 'SELL', pendingQuantity: '0.00199', pendingAboveType: 'LIMIT_MAKER' },
    ...{ pendingAbovePrice: '48000', pendingBelowType: 'STOP_LOSS', pendingBelowStopPrice: '43000' },
  });
  const told = async (spot: Spot) => ({
    orders: (await spot.ask('GET', '/api/v3/allOrders', BTC)).body,
    lists: (await spot.ask('GET', '/api/v3/openOrderList')).body,
    trades: (await spot.ask('GET', '/api/v3/myTrades', BTC)).body,
    balances: (await spot.ask('GET', '/api/v3/account')).body['balances'],
  });
  const known = await told(before);
  await before.close();

  const after = await Spot.open(folder);
  expect(await told(after)).toEqual(known);
  expect(known.lists).toMatchObject([{ listClientOrderId: 'bracket', listOrderStatus: 'EXECUTING' }]);
  await after.moveTo('44000');
  await after.truth();
  await after.moveTo('48100');
  await after.truth();
  expect((await after.ask('GET', '/api/v3/openOrderList')).body).toEqual([]);
  await after.close();
});
