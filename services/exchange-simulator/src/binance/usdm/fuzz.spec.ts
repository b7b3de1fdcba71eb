import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WorkFolder } from '@bowline/testkit';
import fc from 'fast-check';
import { SignedClient, UserStream } from './signed-client.spec-support.js';
import { KEYS, Usdm } from './usdm.spec-support.js';

let usdm: Usdm;
let client: SignedClient;

beforeAll(async () => {
  const limits = { weightPerMinute: 1e9, ordersPer10Seconds: 1e9, ordersPerMinute: 1e9 };
  usdm = await Usdm.open(work.at('sim'), { limits });
  client = new SignedClient(usdm.url, KEYS.ikenna);
});

afterAll(() => usdm.close());

const work = new WorkFolder('dialect-fuzz');

const paths = [
  ...['order', 'batchOrders', 'algoOrder', 'allOpenOrders', 'algoOpenOrders', 'openOrders', 'openOrder'],
  ...['allOrders', 'userTrades', 'income', 'leverage', 'marginType', 'positionSide/dual', 'allAlgoOrders'],
  ...['countdownCancelAll', 'openAlgoOrders', 'leverageBracket', 'symbolConfig', 'forceOrders', 'listenKey'],
].map((path) => `v1/${path}`);
const texts: Record<string, fc.Arbitrary<string>> = {
  symbol: fc.constantFrom('BTCUSDT', 'ETHUSDT', 'XRPUSDT', ''),
  side: fc.constantFrom('BUY', 'SELL', 'LONG'),
  positionSide: fc.constantFrom('BOTH', 'LONG', 'SHORT'),
  type: fc.constantFrom('LIMIT', 'MARKET', 'STOP_MARKET', 'STOP', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET'),
  timeInForce: fc.constantFrom('GTC', 'IOC', 'FOK', 'GTX', 'GTD'),
  quantity: fc.constantFrom('0.001', '0.01', '1', '5', '0', '-1', '1e3', 'x', '0.0001'),
  price: fc.constantFrom('44000', '45000.1', '46000', '0', '45000.05', '1e9', ''),
  triggerPrice: fc.constantFrom('44000', '45000', '46000', '-1', 'NaN'),
  algoType: fc.constantFrom('CONDITIONAL', 'VP'),
  reduceOnly: fc.constantFrom('true', 'false', 'maybe'),
  closePosition: fc.constantFrom('true', 'false'),
  newClientOrderId: fc.constantFrom('a', 'b', 'c', ' ', '%'),
  clientAlgoId: fc.constantFrom('a', 'd', 'e'),
  origClientOrderId: fc.constantFrom('a', 'b', 'd', ''),
  orderId: fc.constantFrom('17', '18', '20', '-1', '9007199254740993', 'x'),
  algoId: fc.constantFrom('1000000000000017', '0', 'x'),
  selfTradePreventionMode: fc.constantFrom('NONE', 'EXPIRE_TAKER', 'EXPIRE_BOTH'),
  newOrderRespType: fc.constantFrom('ACK', 'RESULT', 'FULL'),
  goodTillDate: fc.constantFrom('1', '9999999999999'),
  leverage: fc.constantFrom('0', '1', '20', '125', '126', '1.5'),
  marginType: fc.constantFrom('ISOLATED', 'CROSSED', 'OTHER'),
  dualSidePosition: fc.constantFrom('true', 'false', ''),
  countdownTime: fc.constantFrom('0', '-1', '600000'),
  batchOrders: fc.constantFrom('[]', '[1]', '{', '[{"symbol":"BTCUSDT","side":"BUY"}]', '[null,null]'),
  limit: fc.constantFrom('0', '1', '1000', '5000', 'x'),
  page: fc.constantFrom('0', '1', '2'),
  startTime: fc.constantFrom('0', '-5', '9999999999999'),
  endTime: fc.constantFrom('0', '9999999999999'),
};

describe('whatever is asked', () => {
  it('is answered, and the exchange goes on', async () => {
    const request = fc.record({
      method: fc.constantFrom('get', 'post', 'put', 'delete'),
      path: fc.constantFrom(...paths),
      params: fc.record(texts, { requiredKeys: [] }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 12 }), async (requests) => {
        for (const { method, params, path } of requests) {
          const answer = await client[method as 'get'](path, params as Record<string, string>);
          expect([200, 400, 404]).toContain(answer.status);
          if (answer.status !== 200) expect(answer.body['code']).toBeLessThan(0);
        }
      }),
      { numRuns: 60 },
    );
    expect((await fetch(`${usdm.simulator.url}/healthz`)).status).toBe(200);
  });

  it('however it is written', async () => {
    const part = fc.oneof(
      fc.string({ unit: 'binary-ascii' }),
      fc.constantFrom('signature=', '%', '=', '&', '?', 'timestamp=1', '%ff'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 6 }), fc.string(), async (parts, body) => {
        const target = `/fapi/v1/order?${parts.map((text) => encodeURI(text)).join('&')}`;
        const answer = await client.raw('POST', target, { body });
        expect([400, 401, 404]).toContain(answer.status);
      }),
      { numRuns: 60 },
    );
    expect((await fetch(`${usdm.simulator.url}/healthz`)).status).toBe(200);
  });

  it('on a line', async () => {
    const stream = await client.listen();
    const said = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record({
          method: fc.constantFrom('SUBSCRIBE', 'UNSUBSCRIBE', 'LIST_SUBSCRIPTIONS'),
          params: fc.array(fc.string()),
        })
        .map((word) => JSON.stringify(word)),
    );
    await fc.assert(
      fc.asyncProperty(said, async (text) => {
        const before = stream.all.length;
        stream.socket.send(text);
        await stream.find(() => true, before);
      }),
      { numRuns: 30 },
    );
    stream.close();
    const other = await UserStream.open(`${usdm.streamUrl}/private/stream`);
    other.close();
    expect((await fetch(`${usdm.simulator.url}/healthz`)).status).toBe(200);
  });
});
