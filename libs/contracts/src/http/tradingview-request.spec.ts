import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseAlertText, readTradingView, tradingViewSecret } from './tradingview-request.js';

const TIME = '2025-01-06T12:00:00Z';
const ALERT = { secret: 's', strategy: 'trend', symbol: 'BINANCE:BTCUSDT.P', action: 'buy', time: TIME };
const TRADED = ['BTCUSDT', 'ETHUSDT', 'BTC-USDT-SWAP'];

function read(alert: unknown, symbols: readonly string[] = TRADED) {
  const found = readTradingView(alert, symbols);
  return found.ok ? found.value[0].request : found.errors.map(({ message, path }) => `${path}: ${message}`);
}

describe('an alert', () => {
  it('becomes a signal, without its secret', () => {
    expect(read({ ...ALERT, stop_loss: '61000', takeProfit: 64_000, quantity: '0.25', id: 'n-1' })).toEqual({
      strategyId: 'trend',
      symbol: 'BTCUSDT',
      signal: 1,
      time: Date.parse(TIME),
      stopLoss: '61000',
      takeProfit: '64000',
      quantity: '0.25',
      id: 'n-1',
    });
  });

  it.each<[string, string]>([
    ['BTCUSDT', 'BTCUSDT'],
    ['BTCUSDT.P', 'BTCUSDT'],
    ['BINANCE:BTCUSDT', 'BTCUSDT'],
    ['BYBIT:ETHUSDT.P', 'ETHUSDT'],
    ['BTC-USDT-SWAP', 'BTC-USDT-SWAP'],
    ['OKX:BTC-USDT-SWAP', 'BTC-USDT-SWAP'],
    ['BINANCE:SOLUSDT.P', 'SOLUSDT'],
  ])('about %s is about %s', (symbol, traded) => {
    expect(read({ ...ALERT, symbol })).toMatchObject({ symbol: traded });
    const { symbol: _symbol, ...rest } = ALERT;
    expect(read({ ...rest, ticker: symbol })).toMatchObject({ symbol: traded });
  });

  it('about a symbol that is traded under just that name is about that', () => {
    expect(read(ALERT, ['BTCUSDT', 'BTCUSDT.P'])).toMatchObject({ symbol: 'BTCUSDT.P' });
    expect(read({ ...ALERT, symbol: 'X:Y' }, ['X:Y'])).toMatchObject({ symbol: 'X:Y' });
  });

  it.each<[string, Record<string, unknown>, 1 | 0 | -1]>([
    ['buys', { action: 'buy' }, 1],
    ['sells', { action: 'sell' }, -1],
    ['closes', { action: 'close' }, 0],
    ['sells what it has', { action: 'sell', market_position: 'flat' }, 0],
    ['sells half of it', { action: 'sell', market_position: 'long' }, 1],
    ['turns', { action: 'buy', marketPosition: 'Long' }, 1],
    ['says only what to be', { action: null, market_position: 'short' }, -1],
  ])('that %s means what the strategy is to be', (_does, fields, signal) => {
    expect(read({ ...ALERT, ...fields })).toMatchObject({ signal });
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['no action', { action: null }, /^action: missing; write "action"/],
    ['no time and no id', { time: null }, /^time: missing; write "time": "\{\{timenow\}\}"/],
    ['a placeholder that was not filled in', { time: '{{timenow}}' }, /^time: expected a time/],
    ['a position that is none', { market_position: 'up' }, /^market_position: expected long, short or flat/],
    ['a symbol with a blank', { symbol: 'BTC USDT' }, /^symbol: expected a symbol such as/],
    ['a field that is none', { leverage: 3 }, /^leverage: unknown field; known here/],
    ['two secrets', { passphrase: 's' }, /^passphrase: the same as secret/],
    ['no secret but a number', { secret: 5 }, /^secret: expected the source's secret/],
  ])('with %s is refused', (_what, fields, message) => {
    expect(read({ ...ALERT, ...fields })).toEqual([expect.stringMatching(message)]);
  });

  it('is named for its secret before anything else is looked at', () => {
    expect(tradingViewSecret(ALERT)).toBe('s');
    expect(tradingViewSecret({ passphrase: 'p', x: 1 })).toBe('p');
    for (const other of [null, 5, 'secret', [], {}, { secret: 5 }, { secret: null }])
      expect(tradingViewSecret(other)).toBeNull();
  });

  it('never fails in another way, whatever it is', () => {
    const key = fc.oneof(fc.constantFrom(...Object.keys(ALERT), '__proto__', 'market_position'), fc.string());
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.dictionary(key, fc.jsonValue())), (alert) => {
        const found = readTradingView(alert, TRADED);
        if (!found.ok) expect(found.errors.length).toBeGreaterThan(0);
        const secret = tradingViewSecret(alert);
        expect(secret === null || typeof secret === 'string').toBe(true);
      }),
    );
  });
});

describe('an alert in text', () => {
  it.each<[string, Record<string, string>]>([
    ['secret=s strategy=trend action=buy', { secret: 's', strategy: 'trend', action: 'buy' }],
    [' a=1,\nb=2;\tc=3 ', { a: '1', b: '2', c: '3' }],
    ['secret="with blank, and comma" x=y', { secret: 'with blank, and comma', x: 'y' }],
    ['symbol=BINANCE:BTCUSDT.P time=2025-01-06T12:00:00Z', { symbol: 'BINANCE:BTCUSDT.P', time: TIME }],
    ['a=b=c', { a: 'b=c' }],
    ['a=""', { a: '' }],
  ])('%j is read', (text, value) => {
    expect(parseAlertText(text)).toEqual({ ok: true, value });
  });

  it.each<[string, string]>([
    ['', 'the body is empty; send name=value pairs, or JSON'],
    [' ,\n', 'the body is empty; send name=value pairs, or JSON'],
    ['buy BTCUSDT', 'expected name=value at character 1'],
    ['a=1 secret', 'expected name=value at character 5'],
    ['a=1 b=', 'expected name=value at character 5'],
    ['a="1', 'expected name=value at character 1'],
    ['a="1"2', 'expected name=value at character 1'],
    ['a=1 a=2', 'a is given twice'],
    ['5=1', 'expected name=value at character 1'],
  ])('%j is refused with the place', (text, message) => {
    expect(parseAlertText(text)).toEqual({ ok: false, message });
  });

  it('has its own keys only, and takes no time to be refused', () => {
    expect(parseAlertText('__proto__=1')).toEqual({ ok: true, value: JSON.parse('{"__proto__":"1"}') });
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const read = parseAlertText(text);
        if (read.ok) expect(Object.keys(read.value).length).toBeGreaterThan(0);
      }),
    );
  });
});
