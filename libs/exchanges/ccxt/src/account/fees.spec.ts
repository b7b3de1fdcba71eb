import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cash, createInstrument } from '@bowline/domain';
import { CcxtSession } from '../ccxt/session.js';
import { clock, SILENT, SWAP } from '../client.spec-support.js';
import { OkxServer } from '../okx-server.spec-support.js';
import { trade } from '../parse/account.js';
import { Fees } from './fees.js';

const SPOT = createInstrument({
  ...{ exchange: 'okx', symbol: 'BTC-USDT', kind: 'spot', base: 'BTC', quote: 'USDT', settle: 'USDT' },
  ...{ multiplier: '1', inverse: false, tickSize: '0.1', lotSize: '0.00000001', minNotional: '0' },
});
/** The beginning of a minute. */
const MINUTE = 1_700_000_040_000;

let server: OkxServer;
let session: CcxtSession;
let fees: Fees;

beforeEach(async () => {
  server = await OkxServer.start();
  const keys = { apiKey: 'k', apiSecret: 's', password: 'p' };
  session = await CcxtSession.open({ ccxtId: 'okx', keys, restUrl: server.url, clock, logger: SILENT }, null);
  await session.exchange.loadMarkets();
  fees = new Fees(session, { feeIn: null }, SILENT);
});

afterEach(async () => {
  await session.close();
  await server.close();
});

const paid = (cost: string | number, currency: string) =>
  trade.parse({
    ...{ id: '1', order: '2', symbol: 'BTC/USDT', side: 'buy', price: 40_000, amount: 0.5 },
    ...{ timestamp: MINUTE + 7, takerOrMaker: 'taker', fee: { cost, currency } },
  });

describe('a fee', () => {
  it.each([
    [
      'in the settlement currency is what it is',
      SWAP,
      0.0225,
      'USDT',
      { fee: cash('0.0225'), feeBaseLots: 0 },
    ],
    ['may be a rebate', SWAP, -0.01, 'USDT', { fee: cash('-0.01'), feeBaseLots: 0 }],
    // 20.5 lots of a hundred-millionth of a bitcoin; half of one is worth 0.0002.
    ['kept of the base currency is in lots', SPOT, 2.05e-7, 'BTC', { fee: cash('0.0002'), feeBaseLots: 20 }],
    ['in an asset that nobody can value counts as 0', SWAP, 3, 'XYZ', { fee: 0n, feeBaseLots: 0 }],
  ] as const)('%s', async (_what, instrument, cost, currency, expected) => {
    expect(await fees.of(instrument, paid(cost, currency))).toEqual(expected);
  });

  it('in another asset is worth what that cost when the minute began, asked once', async () => {
    const candle = [String(MINUTE), '41000.1', '41500', '40900', '41200', '1', '1', '1', '1'];
    server.answers.set('GET /market/history-candles', () => ({ code: '0', msg: '', data: [candle] }));
    server.answers.set('GET /market/candles', () => ({ code: '0', msg: '', data: [candle] }));
    // Of a swap: there the base currency is an asset like others.
    for (const cost of [0.001, 0.002])
      expect(await fees.of(SWAP, paid(cost, 'BTC'))).toEqual({
        fee: cash(cost === 0.001 ? '41.0001' : '82.0002'),
        feeBaseLots: 0,
      });
    expect(server.calls.filter(({ path }) => path.endsWith('candles'))).toHaveLength(1);
  });
});
