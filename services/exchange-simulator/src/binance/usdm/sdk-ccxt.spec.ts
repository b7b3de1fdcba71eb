import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WorkFolder } from '@bowline/testkit';
import ccxt from 'ccxt';
import { letLongTimersGo } from './long-timers.spec-support.js';
import { KEYS, Usdm } from './usdm.spec-support.js';

letLongTimersGo();
const { binanceusdm } = ccxt.pro;
let usdm: Usdm;
let exchange: InstanceType<typeof binanceusdm>;

beforeAll(async () => {
  usdm = await Usdm.open(work.at('sim'));
  exchange = new binanceusdm({ apiKey: KEYS.ikenna.apiKey, secret: KEYS.ikenna.apiSecret });
  const api = exchange.urls['api'] as Record<string, unknown>;
  for (const version of ['', 'V2', 'V3'])
    for (const access of ['Public', 'Private'])
      api[`fapi${access}${version}`] = `${usdm.url}/fapi/${version === '' ? 'v1' : version.toLowerCase()}`;
  (api['ws'] as Record<string, unknown>)['future'] = `${usdm.streamUrl}/ws`;
  // Without it ccxt does not speak ws://.
  await exchange.loadHttpProxyAgent();
  // Currencies are asked of the spot exchange.
  exchange.has['fetchCurrencies'] = false;
  exchange.options['fetchMarkets'] = { types: ['linear'] };
  await exchange.loadMarkets();
});

afterAll(async () => {
  await exchange.close();
  await usdm.close();
});

const work = new WorkFolder('sdk-ccxt');
const SYMBOL = 'BTC/USDT:USDT';

describe('ccxt binanceusdm', () => {
  it('trades, and agrees with the exchange to the digit', async () => {
    const limit = await exchange.createOrder(SYMBOL, 'limit', 'buy', 0.01, 44_000, {
      clientOrderId: 'limit',
    });
    expect(limit).toMatchObject({ clientOrderId: 'limit', status: 'open', amount: 0.01, price: 44_000 });
    const edited = await exchange.editOrder(String(limit.id), SYMBOL, 'limit', 'buy', 0.02, 43_900);
    expect(edited).toMatchObject({ id: limit.id, amount: 0.02, price: 43_900 });
    expect(await exchange.fetchOpenOrders(SYMBOL)).toEqual([expect.objectContaining({ id: limit.id })]);
    await exchange.cancelOrder(String(limit.id), SYMBOL);
    expect(await exchange.fetchOrder(String(limit.id), SYMBOL)).toMatchObject({ status: 'canceled' });

    await exchange.createOrder(SYMBOL, 'market', 'buy', 0.003);
    const stop = await exchange.createOrder(SYMBOL, 'market', 'sell', 0.003, undefined, {
      ...{ triggerPrice: 43_000, reduceOnly: true, clientOrderId: 'stop' },
    });
    expect(await exchange.fetchOpenOrders(SYMBOL, undefined, undefined, { trigger: true })).toEqual([
      expect.objectContaining({ id: stop.id, clientOrderId: 'stop', triggerPrice: 43_000 }),
    ]);
    const truth = await usdm.truth();
    const [position] = await exchange.fetchPositions([SYMBOL]);
    expect(position).toMatchObject({
      ...{ contracts: 0.003, side: 'long' },
      entryPrice: Number(truth.positions[0]!.entryPrice),
    });
    const balance = await exchange.fetchBalance();
    const { totalWalletBalance } = balance.info as { readonly totalWalletBalance: string };
    expect(Number(totalWalletBalance)).toBe(Number(truth.balances['USDT']));
    const trades = await exchange.fetchMyTrades(SYMBOL);
    expect(trades.map(({ id, fee }) => ({ id, fee: fee?.cost }))).toEqual(
      truth.trades.map(({ fee, tradeId }) => ({ id: String(tradeId), fee: Number(fee) })),
    );
    await exchange.cancelOrder(String(stop.id), SYMBOL, { trigger: true });
    expect((await usdm.truth()).openOrders).toEqual([]);
  });

  it('hears of its orders by the stream', async () => {
    const watched = exchange.watchOrders(SYMBOL);
    // The stream stands once the first line does: what happens before is not heard.
    while ((await usdm.truth()).connections === 0) await setImmediate();
    await exchange.createOrder(SYMBOL, 'limit', 'buy', 0.01, 44_000, { clientOrderId: 'watched' });
    expect(await watched).toEqual([expect.objectContaining({ clientOrderId: 'watched', status: 'open' })]);
  });

  it('understands a refusal', async () => {
    await expect(exchange.createOrder(SYMBOL, 'limit', 'buy', 0.01, 99_000)).rejects.toThrow('-4016');
    const stop = exchange.createOrder(SYMBOL, 'market', 'sell', 0.003, undefined, { triggerPrice: 46_000 });
    await expect(stop).rejects.toThrow('-2021');
  });
});
