import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkBinanceUsdm } from './check.js';
import { algoBody, orderBody } from './client.spec-support.js';
import { KEYS, KeptLog, RealClock, ScriptedBinance } from './scripted-binance.spec-support.js';

let binance: ScriptedBinance;

beforeEach(async () => {
  binance = await ScriptedBinance.open();
  binance.replies('GET /fapi/v2/account', {
    body: {
      ...{ canTrade: true, canWithdraw: true, multiAssetsMargin: false, feeTier: 0, positions: [] },
      assets: [
        { asset: 'USDT', walletBalance: '23.72469206', availableBalance: '23.72469206' },
        { asset: 'BNB', walletBalance: '0.00000000', availableBalance: '0.00000000' },
      ],
    },
  });
  binance.replies('GET /sapi/v1/account/apiRestrictions', {
    body: {
      ipRestrict: true,
      createTime: 1,
      enableReading: true,
      enableWithdrawals: false,
      enableFutures: true,
    },
  });
  binance.replies('GET /fapi/v1/openOrders', { body: [orderBody('a', { executedQty: '0.001' })] });
  binance.replies('GET /fapi/v1/openAlgoOrders', { body: [algoBody('s')] });
  binance.replies('GET /fapi/v3/positionRisk', {
    body: [
      {
        symbol: 'BTCUSDT',
        positionSide: 'BOTH',
        positionAmt: '-0.003',
        entryPrice: '45666.67',
        updateTime: 1,
      },
      { symbol: 'ETHUSDT', positionSide: 'BOTH', positionAmt: '0', entryPrice: '0.0', updateTime: 1 },
    ],
  });
});

afterEach(() => binance.close());

const check = (hedgeMode = false) =>
  checkBinanceUsdm({
    ...{ keys: KEYS, clock: new RealClock(), logger: new KeptLog(), hedgeMode },
    ...{ restUrl: binance.url, spotUrl: binance.url },
  });

describe('a check of an account', () => {
  it('tells what is there, and changes nothing', async () => {
    const found = await check();
    expect(found).toMatchObject({
      clockOffsetMs: { ok: true },
      limits: { ok: true, value: [{ name: 'weight/1m' }, { name: 'orders/1m' }, { name: 'orders/10s' }] },
      account: {
        ok: true,
        value: { canTrade: true, multiAssetsMode: false, balances: { USDT: '23.72469206' } },
      },
      permissions: { ok: true, value: { futures: true, withdrawals: false, ipRestricted: true } },
      positionMode: { ok: true, value: 'one-way' },
      openOrders: {
        ok: true,
        value: [
          {
            symbol: 'BTCUSDT',
            clientOrderId: 'a',
            conditional: false,
            orderQty: '0.003',
            cumQty: '0.001',
            price: '45000',
          },
          {
            symbol: 'BTCUSDT',
            clientOrderId: 's',
            conditional: true,
            orderQty: '0.003',
            cumQty: '0',
            price: '43000',
          },
        ],
      },
      positions: { ok: true, value: [{ symbol: 'BTCUSDT', quantity: '-0.003', entryPrice: '45666.67' }] },
      warnings: [],
    });
    expect(new Set(binance.calls.map(({ method }) => method))).toEqual(new Set(['GET']));
  });

  it('warns of what is not as it should be', async () => {
    binance.on('GET /fapi/v1/time', () => ({ body: { serverTime: Date.now() + 60_000 } }));
    binance.replies('GET /fapi/v2/account', {
      body: { canTrade: false, canWithdraw: true, multiAssetsMargin: true, assets: [] },
    });
    binance.replies('GET /sapi/v1/account/apiRestrictions', {
      body: { ipRestrict: false, enableReading: true, enableWithdrawals: true, enableFutures: false },
    });
    const { warnings } = await check(true);
    expect(warnings).toEqual([
      expect.stringMatching(/^the clocks are \d+ ms apart/),
      expect.stringContaining('the account may not trade'),
      expect.stringContaining('multi-assets mode is on'),
      expect.stringContaining('the key may withdraw'),
      expect.stringContaining('the key may not trade futures'),
      expect.stringContaining('the key may be used from anywhere'),
      expect.stringContaining('the account is in one-way mode, and configured otherwise'),
    ]);
  });

  it('tells what could not be found out, and the rest all the same', async () => {
    binance.replies('GET /fapi/v2/account', { status: 401, body: { code: -2015, msg: 'Invalid API-key' } });
    binance.replies('GET /fapi/v1/openAlgoOrders', 'drop');
    expect(await check()).toMatchObject({
      account: { ok: false, problem: '-2015: Invalid API-key' },
      openOrders: { ok: false, problem: expect.stringContaining('no answer') },
      positions: { ok: true },
    });
  });
});
