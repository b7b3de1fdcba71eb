import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { binanceUsdmInstruments } from './instruments.js';
import {
  BTCUSDT,
  EXCHANGE_INFO,
  KeptLog,
  RealClock,
  ScriptedBinance,
} from './scripted-binance.spec-support.js';

let binance: ScriptedBinance;

beforeEach(async () => {
  binance = await ScriptedBinance.open();
});

afterEach(() => binance.close());

const instruments = (...symbols: readonly string[]) => ask(symbols);
const ask = (symbols: readonly string[] | null) =>
  binanceUsdmInstruments({ symbols, clock: new RealClock(), logger: new KeptLog(), restUrl: binance.url });

describe('the instruments of the exchange', () => {
  it('are as it has them', async () => {
    const { exchange: _, ...expected } = BTCUSDT;
    expect(await instruments('BTCUSDT')).toMatchObject({ ok: true, value: [expected] });
    expect(binance.calls).toMatchObject([{ apiKey: undefined, isSigned: false }]);
  });

  it('are all that are traded and can be traded exactly, where none is named', async () => {
    const [symbol] = EXCHANGE_INFO.symbols;
    const others = [
      { ...symbol, symbol: 'OLDUSDT', status: 'SETTLING' },
      { ...symbol, symbol: 'ODDUSDT', filters: [] },
    ];
    binance.replies('GET /fapi/v1/exchangeInfo', {
      body: { ...EXCHANGE_INFO, symbols: [symbol, ...others] },
    });
    expect(await ask(null)).toMatchObject({ ok: true, value: [{ symbol: 'BTCUSDT' }] });
  });

  it('are not there where it does not trade one of them', async () => {
    expect(await instruments('BTCUSDT', 'XYZUSDT')).toEqual({
      ok: false,
      problem: 'XYZUSDT: not traded there',
    });
  });

  it('are not there where it does not answer', async () => {
    binance.replies('GET /fapi/v1/exchangeInfo', { status: 503, body: '' });
    expect(await instruments('BTCUSDT')).toEqual({ ok: false, problem: 'no answer: HTTP 503' });
  });
});
