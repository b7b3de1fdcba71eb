import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { KeptLog, SystemClock } from '@bowline/testkit';
import { checkBinanceSpot } from './check.js';
import { binanceSpotInstruments } from './instruments.js';
import {
  BTCUSDT,
  EXCHANGE_INFO,
  KEYS,
  orderBody,
  refusal,
  ScriptedSpot,
} from './scripted-spot.spec-support.js';

let spot: ScriptedSpot;

beforeEach(async () => {
  spot = await ScriptedSpot.open();
  spot.replies('GET /api/v3/account', {
    body: {
      canTrade: true,
      balances: [
        { asset: 'BTC', free: '0.5', locked: '0.25' },
        { asset: 'BNB', free: '0.0', locked: '0.0' },
      ],
    },
  });
  spot.replies('GET /sapi/v1/account/apiRestrictions', {
    body: { ipRestrict: true, enableReading: true, enableWithdrawals: false, enableFutures: false },
  });
  spot.replies('GET /api/v3/openOrders', {
    body: [orderBody('s', { type: 'STOP_LOSS', side: 'SELL', price: '0.00', stopPrice: '43000.00' })],
  });
});

afterEach(() => spot.close());

const options = () => ({ clock: new SystemClock(), logger: new KeptLog(), restUrl: spot.url });
const check = () => checkBinanceSpot({ ...options(), keys: KEYS, instruments: [BTCUSDT] });

it('finds out how an account stands, and changes nothing', async () => {
  expect(await check()).toMatchObject({
    clockOffsetMs: { ok: true },
    limits: { ok: true, value: [{ name: 'weight/1m' }, { name: 'orders/10s' }, { name: 'orders/1d' }] },
    balances: { ok: true, value: { BTC: '0.75' } },
    positions: { ok: true, value: [{ symbol: 'BTCUSDT', quantity: '0.75' }] },
    openOrders: {
      ok: true,
      value: [
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
    warnings: [],
  });
  expect(spot.calls.every(({ method }) => method === 'GET')).toBe(true);
});

it('warns of what a key may do that it should not', async () => {
  spot.replies('GET /sapi/v1/account/apiRestrictions', {
    body: {
      ...{ ipRestrict: false, enableReading: true, enableWithdrawals: true, enableFutures: true },
      enableSpotAndMarginTrading: false,
    },
  });
  expect((await check()).warnings).toEqual([
    'the key may withdraw: take that permission away',
    'the key may not trade spot: give it that permission',
    'the key may be used from anywhere: bind it to your addresses',
  ]);
});

it('says what it could not find out', async () => {
  spot.replies('GET /api/v3/account', refusal(-2015, 'Invalid API-key, IP, or permissions for action.', 401));
  const problem = { ok: false, problem: '-2015: Invalid API-key, IP, or permissions for action.' };
  expect(await check()).toMatchObject({ clockOffsetMs: { ok: true }, balances: problem, positions: problem });
});

it('lists what is traded, and names what is not', async () => {
  expect(await binanceSpotInstruments({ ...options(), symbols: ['BTCUSDT'] })).toEqual({
    ok: true,
    value: [BTCUSDT],
  });
  expect(await binanceSpotInstruments({ ...options(), symbols: ['NOPE'] })).toEqual({
    ...{ ok: false, problem: 'NOPE: not traded there' },
  });
  const halted = { ...EXCHANGE_INFO.symbols[0], symbol: 'HALTED', status: 'HALT' };
  spot.replies('GET /api/v3/exchangeInfo', {
    body: { ...EXCHANGE_INFO, symbols: [...EXCHANGE_INFO.symbols, halted] },
  });
  expect(await binanceSpotInstruments({ ...options(), symbols: null })).toEqual({
    ok: true,
    value: [BTCUSDT],
  });
});
