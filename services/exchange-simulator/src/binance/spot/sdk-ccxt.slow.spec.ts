import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WorkFolder } from '@bowline/testkit';
import ccxt from 'ccxt';
import { letLongTimersGo } from '../usdm/long-timers.spec-support.js';
import { KEYS, Spot } from './spot.spec-support.js';

letLongTimersGo();
const { binance } = ccxt.pro;
const SYMBOL = 'BTC/USDT';

let spot: Spot;
let exchange: InstanceType<typeof binance>;

beforeAll(async () => {
  spot = await Spot.open(work.at('sim'));
  exchange = new binance({ apiKey: KEYS.ikenna.apiKey, secret: KEYS.ikenna.apiSecret });
  const api = exchange.urls['api'] as Record<string, unknown>;
  for (const access of ['public', 'private']) api[access] = `${spot.url}/api/v3`;
  api['sapi'] = `${spot.url}/sapi/v1`;
  const lines = api['ws'] as Record<string, unknown>;
  lines['spot'] = `${spot.streamUrl}/ws`;
  lines['ws-api'] = { spot: `${spot.streamUrl}/ws-api/v3` };
  // Without it ccxt does not speak ws://.
  await exchange.loadHttpProxyAgent();
  // Of margin and wallets, which there are none.
  exchange.has['fetchCurrencies'] = false;
  exchange.options['fetchMarkets'] = { types: ['spot'] };
  exchange.options['fetchMargins'] = false;
  await exchange.loadMarkets();
});

afterAll(async () => {
  await exchange.close();
  await spot.close();
});

const work = new WorkFolder('spot-sdk-ccxt');

/** Free and used together. */
async function expectBalancesToAgree(): Promise<void> {
  const { balances } = await spot.truth();
  const { total } = (await exchange.fetchBalance()) as unknown as { total: Record<string, number> };
  for (const asset of ['USDT', 'BTC']) expect(total[asset]).toBe(Number(balances[asset]));
}

describe('ccxt binance', () => {
  it('trades, and agrees with the exchange to the digit', async () => {
    const limit = await exchange.createOrder(SYMBOL, 'limit', 'buy', 0.01, 44_000, {
      clientOrderId: 'limit',
    });
    expect(limit).toMatchObject({ clientOrderId: 'limit', status: 'open', amount: 0.01, price: 44_000 });
    await expectBalancesToAgree();
    expect(await exchange.fetchOpenOrders(SYMBOL)).toEqual([expect.objectContaining({ id: limit.id })]);
    const edited = await exchange.editOrder(limit.id!, SYMBOL, 'limit', 'buy', 0.02, 43_000);
    await exchange.cancelOrder(edited.id!, SYMBOL);
    expect(await exchange.fetchOrder(limit.id!, SYMBOL)).toMatchObject({ status: 'canceled' });
    const bought = await exchange.createOrder(SYMBOL, 'market', 'buy', 0.003);
    expect(bought).toMatchObject({
      status: 'closed',
      filled: 0.003,
      fees: [{ currency: 'BTC', cost: 0.000003 }],
    });
    await exchange.createMarketSellOrder(SYMBOL, 0.002);
    const stop = await exchange.createOrder(SYMBOL, 'limit', 'sell', 0.003, 42_900, {
      stopLossPrice: 43_000,
    });
    expect(await exchange.fetchOrder(stop.id!, SYMBOL)).toMatchObject({
      triggerPrice: 43_000,
      status: 'open',
    });
    await expectBalancesToAgree();
    await exchange.cancelAllOrders(SYMBOL);
    const trades = await exchange.fetchMyTrades(SYMBOL);
    const truth = await spot.truth();
    expect(trades.map(({ id, fee }) => ({ id, currency: fee?.currency }))).toEqual(
      truth.trades.map(({ side, tradeId }) => ({
        id: String(tradeId),
        currency: side === 'BUY' ? 'BTC' : 'USDT',
      })),
    );
    expect(truth.openOrders).toEqual([]);
    await expectBalancesToAgree();
  });

  it('hears of its orders and balances over the line of requests', async () => {
    const watched = exchange.watchOrders(SYMBOL);
    const balance = exchange.watchBalance();
    // The stream stands once the first line does: what happens before is not heard.
    while ((await spot.truth()).connections === 0) await setImmediate();
    await exchange.createOrder(SYMBOL, 'limit', 'buy', 0.01, 44_000, { clientOrderId: 'watched' });
    expect(await watched).toEqual([expect.objectContaining({ clientOrderId: 'watched', status: 'open' })]);
    expect(await balance).toMatchObject({ USDT: { used: 440 } });
    await exchange.cancelAllOrders(SYMBOL);
  });

  it('watches the market', async () => {
    const book = await exchange.watchOrderBook(SYMBOL);
    expect(book.bids[0]![0]).toBeLessThan(Number(book.asks[0]![0]));
    expect(await exchange.watchTicker(SYMBOL)).toMatchObject({ symbol: SYMBOL, last: 45_000 });
  });

  it('understands a refusal', async () => {
    await expect(exchange.createOrder(SYMBOL, 'limit', 'sell', 2, 46_000)).rejects.toThrow(
      ccxt.InsufficientFunds,
    );
    await expect(exchange.createOrder(SYMBOL, 'limit', 'buy', 0.0001, 44_000)).rejects.toThrow('NOTIONAL');
    await expect(exchange.cancelOrder('4711', SYMBOL)).rejects.toThrow(ccxt.OrderNotFound);
  });
});
