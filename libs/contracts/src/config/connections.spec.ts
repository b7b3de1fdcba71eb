import { describe, expect, it } from '@jest/globals';
import { InputError } from '../errors.js';
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
