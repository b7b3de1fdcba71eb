import { describe, expect, it } from '@jest/globals';
import { InputError } from '../errors.js';
import { environmentProblem } from './environment-problem.js';
import { parseConfig } from './parse.js';

const DESK = 'clients: { ikenna: { exchanges: { binance-usdm: {}, okx: {}, main: {} } } }\n';

function connections(text: string) {
  return parseConfig(`${DESK}${text}`, 'desk.yaml').live.connections;
}

function problems(text: string): readonly string[] {
  try {
    connections(text);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

describe('ways to exchanges', () => {
  it('are the usual ones where nothing is said: an adapter of its own, else ccxt', () => {
    const usual = { rest: null, stream: null, testnet: false };
    expect([...connections('')]).toEqual([
      ['binance-usdm', { ...usual, adapter: 'binance-usdm', ccxtId: 'binance-usdm' }],
      ['main', { ...usual, adapter: 'ccxt', ccxtId: 'main' }],
      ['okx', { ...usual, adapter: 'ccxt', ccxtId: 'okx' }],
    ]);
  });

  it('can be others', () => {
    const text = `dependencies: { exchanges: { type: live, connections: {
      main: { adapter: binance-usdm, rest: 'http://127.0.0.1:8431/', stream: 'ws://127.0.0.1:8431' },
      okx: { testnet: true } } } }`;
    const found = connections(text);
    expect(found.get('main')).toMatchObject({
      adapter: 'binance-usdm',
      rest: 'http://127.0.0.1:8431',
      stream: 'ws://127.0.0.1:8431',
    });
    expect(found.get('okx')).toMatchObject({ adapter: 'ccxt', ccxtId: 'okx', testnet: true });
  });

  it.each([
    ['{ type: live, connections: { okxx: {} } }', 'okxx: no client has this exchange; did you mean okx?'],
    ['{ type: live, connections: { okx: { adapter: okx } } }', 'okx.adapter: '],
    ['{ type: live, connections: { okx: { rest: okx.com } } }', 'okx.rest: '],
    ['{ type: live, connections: { okx: { stream: "http://okx.com" } } }', 'okx.stream: '],
    [
      '{ type: live, connections: { binance-usdm: { ccxtId: binance } } }',
      'binance-usdm.ccxtId: of the adapter ccxt only, and this one is binance-usdm',
    ],
    ['{ type: mock, connections: {} }', 'connections'],
    [
      '{ type: paper_trading, useRealMarketData: false }',
      'useRealMarketData: paper trading is with the real market',
    ],
  ])('are refused where they are none: %s', (exchanges, problem) => {
    const found = problems(`dependencies: { exchanges: ${exchanges} }\n`);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(problem);
  });
});

describe('a desk at real markets', () => {
  const account = (fields: string) => `clients: { ikenna: { exchanges: { okx: { ${fields} } } } }\n`;
  const KEYS = 'symbols: [BTC-USDT], apiKey: "env:KEY", apiSecret: "env:SECRET"';
  const UNITS = 'instruments: { BTC-USDT: { tickSize: 0.1, lotSize: 0.01 } }\n';
  const at = (type: string) => `dependencies: { exchanges: { type: ${type} } }\n`;
  const under = (text: string) => environmentProblem(parseConfig(text, 'desk.yaml'));

  it.each([
    [at('paper_trading') + UNITS + account('symbols: [BTC-USDT]')],
    [at('live') + UNITS + account(KEYS)],
    [`environment: production\nmessaging: { type: redis, host: redis }\n${UNITS}${account(KEYS)}`],
    [
      `environment: cloud-dev\nmessaging: { type: pubsub, project: p-1 }\n${UNITS}${account('symbols: [BTC-USDT]')}`,
    ],
    [
      `${at('live')}instruments: { BTC-USDT: { tickSize: 0.1 }, okx: { BTC-USDT: { lotSize: 0.01 } } }\n${account(KEYS)}`,
    ],
  ])('can be run: %j', (text) => {
    expect(under(text)).toBeNull();
  });

  it.each([
    [
      at('paper_trading') + UNITS + account(''),
      'clients.ikenna.exchanges.okx: exchanges of type paper_trading need the symbols that are traded there',
    ],
    [
      at('paper_trading') + account('symbols: [BTC-USDT]'),
      'instruments.okx.BTC-USDT: tickSize and lotSize missing, and none is guessed at a real market',
    ],
    [
      `${at('live')}instruments: { BTC-USDT: { tickSize: 0.1 } }\n${account(KEYS)}`,
      'instruments.okx.BTC-USDT: lotSize missing',
    ],
    [
      at('live') + UNITS + account('symbols: [BTC-USDT]'),
      'clients.ikenna.exchanges.okx: exchanges of type live need apiKey and apiSecret, each a reference such as env:IKENNA_KEY',
    ],
    [
      at('live') + UNITS + account('symbols: [BTC-USDT], apiKey: "env:KEY"'),
      'need apiSecret, each a reference',
    ],
  ])('cannot be run without what it trades, in which units, and with whose keys: %j', (text, why) => {
    expect(under(text)).toContain(why);
  });
});
