import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { OrderTerms } from '@bowline/domain';
import type { ExchangeReport, ExchangeRequest } from '@bowline/ports';
import type { CcxtClient } from './client.js';
import { openOkx, SWAP } from './client.spec-support.js';
import { OkxServer } from './okx-server.spec-support.js';

let server: OkxServer;
let client: CcxtClient;
let told: ExchangeReport[];
let waiting: (() => void)[];

beforeEach(async () => {
  server = await OkxServer.start();
  client = await openOkx(server.url);
  told = [];
  waiting = [];
  await client.connect((report) => {
    told.push(report);
    for (const resolve of waiting.splice(0)) resolve();
  });
});

afterEach(async () => {
  await client.close();
  await server.close();
});

async function until(isSo: (report: ExchangeReport) => boolean): Promise<ExchangeReport> {
  for (;;) {
    const found = told.find(isSo);
    if (found !== undefined) return found;
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
    });
  }
}

async function ask(...requests: readonly ExchangeRequest[]): Promise<readonly ExchangeReport[]> {
  const before = told.length;
  for (const request of requests) client.send(request);
  await client.answered();
  return told.slice(before);
}

function place(clientOrderId: string, change: Partial<OrderTerms> = {}): ExchangeRequest {
  const terms: OrderTerms = {
    key: { strategyPositionId: 'A-1', leg: 'e', generation: 0 },
    ...{ side: 'BUY', positionSide: 'LONG', orderType: 'limit', orderQty: 250, limitPrice: 450_001 },
    ...{ stopPrice: null, timeInForce: 'GTC', reduceOnly: false, ...change },
  };
  const { symbol } = SWAP;
  return { type: 'place', clientOrderId, symbol, terms, ocoGroup: null, expiresAt: null, at: Date.now() };
}

const about = (type: 'cancel' | 'query_order', clientOrderId: string): ExchangeRequest => ({
  ...{ type, clientOrderId, symbol: SWAP.symbol, at: Date.now() },
});

const accepted = { code: '0', msg: '', data: [{ clOrdId: 'a', ordId: '11', tag: '', sCode: '0', sMsg: '' }] };

/** An order as OKX has it in answers and in its channel, 2.5 contracts at 45,000.1. */
const order = (change: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
  ...{ instType: 'SWAP', instId: 'BTC-USDT-SWAP', ordId: '11', clOrdId: 'a', algoId: '', algoClOrdId: '' },
  ...{ side: 'buy', posSide: 'net', tdMode: 'cross', ordType: 'limit', px: '45000.1', sz: '2.5' },
  ...{
    accFillSz: '0',
    avgPx: '',
    state: 'live',
    category: 'normal',
    reduceOnly: 'false',
    fee: '0',
    feeCcy: 'USDT',
  },
  ...{ fillSz: '0', fillPx: '', fillTime: '', fillFee: '0', fillFeeCcy: '', tradeId: '', execType: '' },
  ...{ cTime: '1700000000000', uTime: '1700000000000', ...change },
});

/** What its list of fills has of the same trades. */
const fill = (
  tradeId: number,
  at: number,
  change: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> => ({
  ...{ instType: 'SWAP', instId: 'BTC-USDT-SWAP', tradeId: String(tradeId), ordId: '11', clOrdId: 'a' },
  ...{ billId: String(1_000 + tradeId), side: 'buy', posSide: 'net', fillSz: '0.5', fillPx: '45000.1' },
  ...{
    execType: 'T',
    fee: '-0.11250025',
    feeCcy: 'USDT',
    fillTime: String(at),
    ts: String(at + 3),
    ...change,
  },
});

describe('an account at OKX', () => {
  it('sends an order as the exchange wants it, and tells that it is in place', async () => {
    server.answers.set('POST /trade/batch-orders', () => accepted);
    const request = place('a');
    expect(await ask(request)).toMatchObject([
      { type: 'order', clientOrderId: 'a', execType: 'accept', orderQty: 250, cumQty: 0 },
    ]);
    const [call] = server.callsTo('POST /trade/batch-orders');
    expect(call?.body).toMatchObject({
      ...{ instId: 'BTC-USDT-SWAP', clOrdId: 'a', side: 'buy', ordType: 'limit', px: '45000.1', sz: '2.5' },
      ...{ tdMode: 'cross', stpMode: 'cancel_taker' },
    });
    // After that nobody executes it any more.
    const expires = Number(call?.headers['exptime']) - request.at;
    expect(Math.abs(expires - client.capabilities.recvWindowMs)).toBeLessThan(5_000);
  });

  it('sends a stop to the list of stops, under our id', async () => {
    server.answers.set('POST /trade/order-algo', () => ({
      code: '0',
      msg: '',
      data: [{ algoId: '77', algoClOrdId: 's', clOrdId: '', sCode: '0', sMsg: '' }],
    }));
    const key = { strategyPositionId: 'A-1', leg: 's', generation: 0 } as const;
    const stop = {
      key,
      orderType: 'stop_market',
      side: 'SELL',
      limitPrice: null,
      stopPrice: 440_000,
    } as const;
    expect(await ask(place('s', { ...stop, reduceOnly: true }))).toMatchObject([
      { execType: 'accept', clientOrderId: 's' },
    ]);
    expect(server.callsTo('POST /trade/order-algo')[0]?.body).toMatchObject({
      ...{ instId: 'BTC-USDT-SWAP', algoClOrdId: 's', side: 'sell', ordType: 'trigger', triggerPx: '44000' },
      ...{ orderPx: '-1', sz: '2.5', reduceOnly: true, stpMode: 'cancel_maker' },
    });
  });

  it.each([
    ['51008', 'INSUFFICIENT_MARGIN'],
    ['51020', 'BELOW_MINIMUM'],
    ['51137', 'PRICE_OUT_OF_RANGE'],
    ['51169', 'POSITION_TOO_SMALL'],
    ['59999', 'OTHER'],
  ])('tells why it was rejected, by the code of the order: %s is %s', async (sCode, reason) => {
    const data = [{ clOrdId: 'a', ordId: '', tag: '', sCode, sMsg: 'in its own words' }];
    server.answers.set('POST /trade/batch-orders', () => ({ code: '1', msg: '', data }));
    expect(await ask(place('a'))).toMatchObject([
      { type: 'order', execType: 'reject', clientOrderId: 'a', reason },
    ]);
  });

  it.each<[string, Parameters<OkxServer['answers']['set']>[1]]>([
    ['the line breaks', () => 'hang_up'],
    ['it answers 503', () => ({ status: 503, code: '50001', msg: 'Service temporarily unavailable' })],
    ['it says that it timed out', () => ({ code: '50004', msg: 'Endpoint request timeout', data: [] })],
    ['it answers without an order', () => ({ code: '0', msg: '', data: [] })],
  ])('does not know what became of it where %s', async (_what, answer) => {
    server.answers.set('POST /trade/batch-orders', answer);
    expect(await ask(place('a'))).toMatchObject([
      { type: 'request_unknown', request: 'place', clientOrderId: 'a' },
    ]);
    expect(server.callsTo('POST /trade/batch-orders')).toHaveLength(1);
  });

  it('backs off where there was too much, and says so', async () => {
    const until: number[] = [];
    client.pace.onBackOff((time) => until.push(time));
    server.answers.set('POST /trade/batch-orders', () => ({
      status: 429,
      code: '50011',
      msg: 'Too Many Requests',
      data: [],
    }));
    expect(await ask(place('a'))).toMatchObject([{ execType: 'reject', reason: 'NOT_SENT' }]);
    expect(until).toHaveLength(1);
  });

  it('tells a cancel once the order is gone, which is later than the answer', async () => {
    server.answers.set('POST /trade/batch-orders', () => accepted);
    server.answers.set('POST /trade/cancel-order', () => accepted);
    let looks = 0;
    server.answers.set('GET /trade/order', () => {
      looks += 1;
      return { code: '0', msg: '', data: [order(looks < 3 ? {} : { state: 'canceled', accFillSz: '0' })] };
    });
    await ask(place('a'));
    expect(await ask(about('cancel', 'a'))).toMatchObject([
      { type: 'order', execType: 'cancel', clientOrderId: 'a', orderQty: 250, cumQty: 0 },
    ]);
    expect(looks).toBe(3);
  });

  it('looks in both lists before it says that there is no such order', async () => {
    const absent = { code: '1', msg: '', data: [{ ordId: '', clOrdId: 'x', sCode: '51400', sMsg: '' }] };
    server.answers.set('POST /trade/cancel-order', () => absent);
    server.answers.set('POST /trade/cancel-algos', () => absent);
    expect(await ask(about('cancel', 'x'))).toMatchObject([{ type: 'request_refused', unknownOrder: true }]);
    expect(server.callsTo('POST /trade/cancel-algos')[0]?.body).toMatchObject({ algoClOrdId: 'x' });
    expect(await ask(about('query_order', 'x'))).toMatchObject([{ type: 'order_absent' }]);
  });

  it('tells the same trade by its stream and in answer to a query', async () => {
    const at = Date.now() - 1_000;
    server.answers.set('POST /trade/batch-orders', () => accepted);
    await ask(place('a'));
    const traded = {
      accFillSz: '0.5',
      state: 'partially_filled',
      fillSz: '0.5',
      fillPx: '45000.1',
      tradeId: '5',
    };
    const feed = {
      fillTime: String(at),
      fillFee: '-0.11250025',
      fillFeeCcy: 'USDT',
      execType: 'T',
      fee: '-0.11250025',
    };
    server.push('orders', [order({ ...traded, ...feed, uTime: String(at) })]);
    const byStream = await until(({ type }) => type === 'trade');
    expect(byStream).toMatchObject({
      clientOrderId: 'a',
      side: 'BUY',
      lastQty: 50,
      lastPx: 450_001,
      liquidity: 'taker',
    });
    server.answers.set('GET /trade/order', () => ({
      code: '0',
      msg: '',
      data: [order({ ...traded, cTime: String(at - 9) })],
    }));
    server.answers.set('GET /trade/fills-history', () => ({ code: '0', msg: '', data: [fill(5, at)] }));
    expect(await ask(about('query_order', 'a'))).toEqual([
      byStream,
      expect.objectContaining({
        type: 'order_status',
        orderStatus: 'partially_filled',
        orderQty: 250,
        cumQty: 50,
      }),
    ]);
    // Paid: OKX has it below zero.
    expect(byStream).toMatchObject({ fee: 112_500_250_000_000_000n });
  });

  it('knows what a stop has become, and tells its trades under the id of the stop', async () => {
    const at = Date.now() - 1_000;
    server.push('orders-algo', [
      {
        ...order({
          ordId: '',
          clOrdId: '',
          algoId: '77',
          algoClOrdId: 's',
          ordType: 'trigger',
          state: 'live',
        }),
        triggerPx: '44000',
      },
    ]);
    await until((report) => report.type === 'order' && report.execType === 'accept');
    server.push('orders', [
      order({
        ...{
          ordId: '12',
          clOrdId: '',
          algoId: '77',
          algoClOrdId: 's',
          ordType: 'market',
          side: 'sell',
          state: 'filled',
        },
        ...{ accFillSz: '2.5', fillSz: '2.5', fillPx: '43999.9', tradeId: '6', fillTime: String(at) },
        ...{ fillFee: '-0.55', fillFeeCcy: 'USDT', execType: 'T' },
      }),
    ]);
    expect(await until(({ type }) => type === 'trade')).toMatchObject({
      clientOrderId: 's',
      side: 'SELL',
      lastQty: 250,
    });
  });

  it('tells what the exchange closes by itself as that', async () => {
    server.push('orders', [
      order({
        ...{
          ordId: '13',
          clOrdId: '',
          side: 'sell',
          ordType: 'market',
          state: 'filled',
          category: 'full_liquidation',
        },
        ...{ accFillSz: '2.5', fillSz: '2.5', fillPx: '43999.9', tradeId: '7', fillTime: '1700000000000' },
        ...{ fillFee: '-0.55', fillFeeCcy: 'USDT', execType: 'T' },
      }),
    ]);
    expect(await until(({ type }) => type === 'forced_close')).toMatchObject({
      side: 'LONG',
      quantity: 250,
      price: 439_999,
    });
  });

  it('reads all trades, however many are in a time, and the position after them', async () => {
    const now = Date.now();
    const all = Array.from({ length: 730 }, (_, at) =>
      fill(at + 1, now - 86_400_000 + Math.floor(at / 3) * 40_000),
    );
    // The newest of the range, at most a hundred.
    server.answers.set('GET /trade/fills-history', ({ query }) => {
      const inRange = all.filter(
        ({ fillTime }) =>
          Number(fillTime) >= Number(query['begin']) && Number(fillTime) <= Number(query['end']),
      );
      return { code: '0', msg: '', data: inRange.reverse().slice(0, 100) };
    });
    server.answers.set('GET /account/positions', () => ({
      code: '0',
      msg: '',
      data: [
        {
          ...{
            instType: 'SWAP',
            instId: 'BTC-USDT-SWAP',
            posSide: 'net',
            pos: '-365',
            mgnMode: 'cross',
            posId: '1',
          },
          ...{ avgPx: '45000.1', uTime: String(now), cTime: String(now), lever: '10', ccy: 'USDT' },
        },
      ],
    }));
    const query = { type: 'query_position', symbol: SWAP.symbol, afterTradeId: 0, at: now } as const;
    const answer = await ask(query);
    const trades = answer.filter((report) => report.type === 'trade');
    const ids = trades.map(({ tradeId }) => Number(tradeId));
    expect(ids).toHaveLength(730);
    expect(new Set(ids).size).toBe(730);
    expect([...ids].sort((a, b) => a - b)).toEqual(ids);
    expect(answer).toContainEqual(
      expect.objectContaining({ type: 'balance', asset: 'USDT', balance: 1_000_250_000_000_000_000_000n }),
    );
    const position = { type: 'position', signedQty: -36_500, entryPrice: '45000.1', lastTradeId: ids.at(-1) };
    expect(answer.at(-1)).toMatchObject(position);
    const after = await ask({ ...query, afterTradeId: ids[699]! });
    const again = after.filter((report) => report.type === 'trade').map(({ tradeId }) => Number(tradeId));
    expect(again).toEqual(expect.arrayContaining(ids.slice(700)));
    expect(again.length).toBeLessThanOrEqual(32);
  });

  it('says that something may be missing once its lines stand again', async () => {
    server.hangUp();
    expect(await until(({ type }) => type === 'reconnected')).toMatchObject({ type: 'reconnected' });
  });
});
