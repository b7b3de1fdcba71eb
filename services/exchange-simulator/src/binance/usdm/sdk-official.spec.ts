import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WorkFolder } from '@bowline/testkit';
import {
  DerivativesTradingUsdsFutures,
  DerivativesTradingUsdsFuturesRestAPI as Rest,
} from '@binance/derivatives-trading-usds-futures';
import { Heard } from './heard.spec-support.js';
import { letLongTimersGo } from './long-timers.spec-support.js';
import { TlsFront } from './tls-front.spec-support.js';
import { KEYS, Usdm } from './usdm.spec-support.js';

letLongTimersGo();
// It logs what it does, however it is asked.
process.env['LOG_LEVEL'] = 'error';
let usdm: Usdm;
let tls: TlsFront;
let client: DerivativesTradingUsdsFutures;

beforeAll(async () => {
  usdm = await Usdm.open(work.at('sim'));
  // The connector speaks to nobody without TLS.
  tls = await TlsFront.open(usdm.url);
  client = new DerivativesTradingUsdsFutures({
    configurationRestAPI: {
      ...KEYS.odum,
      basePath: `https://127.0.0.1:${tls.port}`,
      httpsAgent: tls.agent,
      timeout: 20_000,
      retries: 0,
    },
    configurationWebsocketStreams: { wsURL: `wss://127.0.0.1:${tls.port}`, agent: tls.agent },
  });
});

afterAll(async () => {
  await tls.close();
  await usdm.close();
});

const work = new WorkFolder('sdk-official');

describe('the connector @binance/derivatives-trading-usds-futures', () => {
  it('trades, listens, and agrees with the exchange to the digit', async () => {
    const { restAPI } = client;
    const { listenKey = '' } = await (await restAPI.startUserDataStream()).data();
    const connection = await client.websocketStreams.connect();
    const heard = new Heard<Record<string, unknown>>();
    const stream = connection.userData(listenKey);
    stream.on('message', (message) => heard.push(message as unknown as Record<string, unknown>));
    const order = { symbol: 'ETHUSDT', side: Rest.NewOrderSideEnum.SELL, quantity: 0.5 };
    const entry = await restAPI.newOrder({
      ...order,
      type: Rest.NewOrderTypeEnum.MARKET,
      newClientOrderId: 'entry',
      newOrderRespType: Rest.NewOrderNewOrderRespTypeEnum.RESULT,
    });
    expect(await entry.data()).toMatchObject({ status: 'FILLED', executedQty: '0.500' });
    expect(entry.rateLimits).toContainEqual(
      expect.objectContaining({ rateLimitType: 'ORDERS', interval: 'MINUTE', count: 1 }),
    );
    const filled = await heard.find(({ e }) => e === 'ORDER_TRADE_UPDATE');
    expect(filled).toMatchObject({ o: { c: 'entry', s: 'ETHUSDT' } });

    const limit = await restAPI.newOrder({
      ...{ ...order, side: Rest.NewOrderSideEnum.BUY, type: Rest.NewOrderTypeEnum.LIMIT },
      ...{ timeInForce: Rest.NewOrderTimeInForceEnum.GTC, price: 44_000, newClientOrderId: 'limit' },
    });
    const { orderId } = await limit.data();
    const queried = await restAPI.queryOrder({ symbol: 'ETHUSDT', origClientOrderId: 'limit' });
    expect(await queried.data()).toMatchObject({ status: 'NEW', clientOrderId: 'limit', orderId });
    const amended = await restAPI.modifyOrder({
      ...{ symbol: 'ETHUSDT', side: Rest.ModifyOrderSideEnum.BUY, quantity: 0.4, price: 43_000 },
      origClientOrderId: 'limit',
    });
    expect(await amended.data()).toMatchObject({ origQty: '0.400', price: '43000.0' });
    const stop = await restAPI.newAlgoOrder({
      ...{ symbol: 'ETHUSDT', quantity: 0.5, triggerPrice: 46_000, clientAlgoId: 'stop' },
      algoType: Rest.NewAlgoOrderAlgoTypeEnum.CONDITIONAL,
      side: Rest.NewAlgoOrderSideEnum.BUY,
      type: Rest.NewAlgoOrderTypeEnum.STOP_MARKET,
    });
    expect(await stop.data()).toMatchObject({ algoStatus: 'NEW', clientAlgoId: 'stop' });
    const cancel = await restAPI.cancelAlgoOrder({ clientAlgoId: 'stop' });
    expect(await cancel.data()).toMatchObject({ clientAlgoId: 'stop', msg: 'success' });
    const canceled = await restAPI.cancelOrder({ symbol: 'ETHUSDT', origClientOrderId: 'limit' });
    expect(await canceled.data()).toMatchObject({ status: 'CANCELED' });

    const truth = await usdm.truth('odum');
    const [position] = await (await restAPI.positionInformationV3({})).data();
    expect(position).toMatchObject({
      positionAmt: '-0.500',
      entryPrice: truth.positions[0]!.entryPrice,
    });
    const [balance] = await (await restAPI.futuresAccountBalanceV3()).data();
    expect(Number(balance!.balance)).toBe(Number(truth.balances['USDT']));
    expect(truth.openOrders).toEqual([]);
    await connection.disconnect();
  });

  it('understands a refusal', async () => {
    await expect(
      client.restAPI.cancelOrder({ symbol: 'BTCUSDT', origClientOrderId: 'nobody' }),
    ).rejects.toMatchObject({ code: -2011 });
  });
});
