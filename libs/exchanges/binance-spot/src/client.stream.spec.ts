import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BinanceSetupError } from '@bowline/exchange-binance-common';
import { cash, createInstrument } from '@bowline/domain';
import {
  EXCHANGE_INFO,
  fillEvent,
  orderEvent,
  place,
  SpotClientBench,
  type ScriptedSpot,
} from './scripted-spot.spec-support.js';

let bench: SpotClientBench;
let spot: ScriptedSpot;

async function open(change: Parameters<typeof SpotClientBench.unconnected>[0] = {}): Promise<void> {
  bench = await SpotClientBench.unconnected(change);
  spot = bench.spot;
}

afterEach(() => bench.close());

describe('a client that connects', () => {
  beforeEach(() => open());

  it('tells the demands on orders, and asks to listen with key, window, time and signature', async () => {
    const asked: unknown[] = [];
    spot.hears((text, socket) => {
      const request = JSON.parse(text) as { readonly id: number };
      asked.push(request);
      socket.send(JSON.stringify({ id: request.id, status: 200, result: { subscriptionId: 0 } }));
    });
    await bench.connect();
    expect(bench.reports.all).toMatchObject([
      { type: 'filters', symbol: 'BTCUSDT', maxConditionalOrders: 5 },
    ]);
    expect(bench.client.pace.limits().map(({ name }) => name)).toEqual([
      'weight/1m',
      'orders/10s',
      'orders/1d',
    ]);
    expect(spot.sockets[0]?.url).toBe('/ws-api/v3');
    expect(asked).toMatchObject([
      {
        method: 'userDataStream.subscribe.signature',
        params: {
          apiKey: 'key-of-ikenna',
          recvWindow: 5_000,
          signature: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
      },
    ]);
  });

  it('is refused where the exchange does not let it listen', async () => {
    spot.hears((text, socket) => {
      const { id } = JSON.parse(text) as { readonly id: number };
      const error = { code: -2015, msg: 'Invalid API-key, IP, or permissions for action.' };
      socket.send(JSON.stringify({ id, status: 401, error }));
    });
    const refused = bench.connect();
    await expect(refused).rejects.toThrow(BinanceSetupError);
    await expect(refused).rejects.toThrow(/does not let us listen: -2015: Invalid API-key/);
  });

  it('asks again on the next line where it is not let in for now', async () => {
    let times = 0;
    spot.hears((text, socket) => {
      const { id } = JSON.parse(text) as { readonly id: number };
      times += 1;
      const busy = { id, status: 503, error: { code: -1008, msg: 'Server is currently overloaded' } };
      socket.send(JSON.stringify(times === 1 ? busy : { id, status: 200, result: { subscriptionId: 0 } }));
    });
    await bench.connect();
    expect(spot.sockets).toHaveLength(2);
  });
});

describe('a client whose configuration is not the exchange', () => {
  it('says what differs', async () => {
    const coarse = createInstrument({
      ...{
        exchange: 'binance-spot',
        symbol: 'BTCUSDT',
        kind: 'spot',
        base: 'BTC',
        quote: 'USDT',
        settle: 'USDT',
      },
      ...{ multiplier: '1', inverse: false, tickSize: '0.01', lotSize: '0.001', minNotional: '5' },
    });
    await open({ instruments: [coarse] });
    await expect(bench.connect()).rejects.toThrow(/lotSize of BTCUSDT is 0.00001000 at the exchange/);
  });

  it('names a symbol that is not traded there, though the exchange does not', async () => {
    await open();
    spot.on('GET /api/v3/exchangeInfo', ({ params }) =>
      'symbols' in params
        ? { status: 400, body: { code: -1121, msg: 'Invalid symbol.' } }
        : { body: { ...EXCHANGE_INFO, symbols: [] } },
    );
    await expect(bench.connect()).rejects.toThrow(/BTCUSDT is not traded there/);
  });
});

describe('what the stream says', () => {
  beforeEach(async () => {
    await open();
    await bench.connect();
    spot.replies('POST /api/v3/order', {
      body: { symbol: 'BTCUSDT', orderId: 28, clientOrderId: 'a', transactTime: 1 },
    });
  });

  it('tells an order from its acceptance, told once, to its end', async () => {
    await bench.ask(place('a'));
    spot.tell(orderEvent());
    spot.tell(fillEvent(11, '0.00100'));
    spot.tell(fillEvent(12, '0.00200', { n: '0.00000200', N: 'BTC' }));
    spot.tell(orderEvent({ x: 'CANCELED', X: 'CANCELED', c: 'of-the-cancel', C: 'a', z: '0.00200' }));
    spot.tell(orderEvent({ x: 'CANCELED', X: 'CANCELED', c: 'of-the-cancel', C: 'a', z: '0.00200' }));
    spot.tell(fillEvent(13, '0.00100', { i: 30, c: 'by-hand' }));
    expect(await bench.told(5)).toMatchObject([
      { type: 'order', execType: 'accept' },
      { type: 'trade', tradeId: 11, cumQty: 100, fee: cash('0.045'), feeBaseLots: 0, liquidity: 'maker' },
      { type: 'trade', tradeId: 12, cumQty: 200, fee: 0n, feeBaseLots: 1 },
      { type: 'order', execType: 'cancel', clientOrderId: 'a', orderQty: 300, cumQty: 200 },
      { type: 'trade', tradeId: 13, clientOrderId: 'by-hand' },
    ]);
  });

  it.each([
    [
      { x: 'EXPIRED', X: 'EXPIRED' },
      { execType: 'expire', reason: null },
    ],
    [
      { x: 'EXPIRED', X: 'EXPIRED_IN_MATCH' },
      { execType: 'expire', reason: 'SELF_TRADE' },
    ],
    [
      { x: 'TRADE_PREVENTION', X: 'EXPIRED_IN_MATCH' },
      { execType: 'expire', reason: 'SELF_TRADE' },
    ],
    [
      { x: 'REJECTED', X: 'REJECTED' },
      { execType: 'reject', reason: 'OTHER' },
    ],
    [
      { x: 'REPLACED', X: 'NEW', q: '0.00200' },
      { execType: 'restate', orderQty: 200 },
    ],
  ])('ends or changes an order: %p', async (change, expected) => {
    await bench.ask(place('a'));
    spot.tell(orderEvent(change));
    expect((await bench.told(2))[1]).toMatchObject({ type: 'order', clientOrderId: 'a', ...expected });
  });

  it('is no news where a stranger has placed an order', async () => {
    spot.tell(orderEvent({ c: 'by-hand' }));
    spot.tell(orderEvent({ c: 'by-hand', s: 'ETHUSDT', x: 'CANCELED' }));
    spot.tell({ e: 'balanceUpdate', E: 1, a: 'DOGE', d: '1', T: 1 });
    spot.tell(fillEvent(1, '0.00100', { c: 'by-hand' }));
    expect(await bench.told(1)).toMatchObject([{ type: 'trade', clientOrderId: 'by-hand' }]);
  });

  it('tells the balance, reserved or not, where it has changed', async () => {
    const position = (f: string, l: string) => ({
      ...{
        e: 'outboundAccountPosition',
        E: 2,
        u: 1,
        B: [
          { a: 'BTC', f: '1', l: '0' },
          { a: 'USDT', f, l },
        ],
      },
    });
    spot.tell(position('100', '0'));
    spot.tell(position('60', '40'));
    spot.tell(position('60', '30'));
    expect(await bench.told(2)).toMatchObject([
      { type: 'balance', asset: 'USDT', balance: cash(100), at: 1 },
      { type: 'balance', balance: cash(90) },
    ]);
  });

  it.each([
    ['a word that is not known', orderEvent({ c: 'by-hand', x: 'TELEPORTED' })],
    ['a trade without an id', fillEvent(-1, '0.00100')],
    ['a transfer of what is held', { e: 'balanceUpdate', E: 1, a: 'BTC', d: '0.5', T: 1 }],
    ['an event of another shape', { e: 'executionReport', s: 'BTCUSDT' }],
    ['a quantity off the lot', fillEvent(1, '0.000001', { l: '0.000001' })],
  ])('has everything asked for again: %s', async (_what, event) => {
    spot.tell(event);
    expect(await bench.told(1)).toMatchObject([{ type: 'reconnected' }]);
  });

  it('has everything asked for again after a break, and after its end', async () => {
    spot.sockets[0]!.socket.terminate();
    expect(await bench.told(1)).toMatchObject([{ type: 'reconnected' }]);
    spot.tell({ e: 'eventStreamTerminated', E: 1 });
    expect(await bench.told(2)).toMatchObject([{ type: 'reconnected' }, { type: 'reconnected' }]);
    expect(spot.sockets).toHaveLength(3);
  });
});
