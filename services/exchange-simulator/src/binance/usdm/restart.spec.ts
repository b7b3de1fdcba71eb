import { describe, expect, it } from '@jest/globals';
import { WorkFolder } from '@bowline/testkit';
import { SignedClient } from './signed-client.spec-support.js';
import { KEYS, Usdm } from './usdm.spec-support.js';

const work = new WorkFolder('dialect-restart');
const BTC = { symbol: 'BTCUSDT' };
const list = (body: unknown): Record<string, unknown>[] => body as Record<string, unknown>[];

/** Everything that an account can ask for, which must not depend on when the process began. */
async function told(client: SignedClient): Promise<Record<string, unknown>> {
  const paths = {
    ...{ orders: 'v1/allOrders', algos: 'v1/allAlgoOrders', trades: 'v1/userTrades', open: 'v1/openOrders' },
    ...{
      waiting: 'v1/openAlgoOrders',
      incomes: 'v1/income',
      risk: 'v3/positionRisk',
      config: 'v1/symbolConfig',
    },
    ...{ mode: 'v1/positionSide/dual', balance: 'v3/balance' },
  };
  const answers: Record<string, unknown> = {};
  for (const [name, path] of Object.entries(paths)) answers[name] = (await client.get(path, BTC)).body;
  // What depends on prices does not stand still.
  const { balance, risk, ...rest } = answers;
  const lasting = ['positionAmt', 'entryPrice', 'breakEvenPrice', 'updateTime', 'asset', 'balance'];
  const only = (row: Record<string, unknown>) => lasting.map((field) => row[field]);
  return { ...rest, balance: list(balance).map(only), risk: list(risk).map(only) };
}

describe('an exchange that is opened again', () => {
  it('knows every order, trade, income and setting, under the ids that they had', async () => {
    const folder = work.at('sim');
    const before = await Usdm.open(folder);
    const client = new SignedClient(before.url, KEYS.ikenna);
    const limit = {
      ...BTC,
      side: 'SELL',
      type: 'LIMIT',
      timeInForce: 'GTC',
      quantity: '0.002',
      price: '46000',
    };
    const stop = { algoType: 'CONDITIONAL', ...BTC, side: 'SELL', type: 'STOP_MARKET' };
    await client.post('v1/leverage', { ...BTC, leverage: 33 });
    await client.post('v1/order', { ...BTC, side: 'BUY', type: 'MARKET', quantity: '0.010' });
    await client.post('v1/algoOrder', {
      ...stop,
      triggerPrice: '44000',
      quantity: '0.004',
      clientAlgoId: 'fires',
    });
    await before.moveTo('43900');
    await client.post('v1/order', { ...limit, newClientOrderId: 'rests' });
    await client.post('v1/order', { ...limit, newClientOrderId: 'canceled' });
    await client.delete('v1/order', { ...BTC, origClientOrderId: 'canceled' });
    await client.post('v1/algoOrder', {
      ...stop,
      triggerPrice: '43000',
      closePosition: true,
      clientAlgoId: 'waits',
    });
    const truth = await before.truth();
    const asked = await told(client);
    expect(list(asked['algos']).map(({ algoStatus }) => algoStatus)).toEqual(['FINISHED', 'NEW']);
    const { listenKey } = (await client.raw('POST', '/fapi/v1/listenKey')).body as Record<string, unknown>;
    await before.close();

    const after = await Usdm.open(folder);
    const again = new SignedClient(after.url, KEYS.ikenna);
    expect(await told(again)).toEqual(asked);
    expect(await after.truth()).toEqual({ ...truth, sequence: 0 });
    expect((await again.raw('PUT', '/fapi/v1/listenKey')).body).toMatchObject({ code: -1125 });
    expect(String(listenKey)).toHaveLength(64);
    const stream = await again.listen();
    // What waited still waits, and closes all that there is.
    await after.moveTo('42900');
    const filled = await stream.of('ORDER_TRADE_UPDATE', { c: 'waits', X: 'FILLED' });
    expect(filled['o']).toMatchObject({ cp: true, z: '0.006' });
    stream.close();
    await after.close();
  });
});
