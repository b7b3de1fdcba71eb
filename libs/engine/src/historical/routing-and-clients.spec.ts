import { describe, expect, it } from '@jest/globals';
import {
  flat,
  flats,
  historicalInput,
  runBars,
  type ClientSpec,
  type Scenario,
  type SignalTuple,
} from '@bowline/testkit';
import { mergeResults, runHistorical, unroutedSignals } from './run-historical.js';

const bars = {
  'binance-usdm:BTCUSDT': flats(3, 100),
  'okx:BTCUSDT': flats(3, 100),
  'okx:ETHUSDT': flats(3, 50),
};
const both = { 'binance-usdm': {}, okx: {} };

/** Where positions are open, as `client.exchange.symbol quantity`. */
function held(
  clients: Record<string, ClientSpec>,
  signals: SignalTuple[],
  more: Partial<Scenario> = {},
): string[] {
  const { result } = runBars({ bars, clients, signals, ...more });
  return result.openPositions.map(({ channel, openQty, strategyId }) => {
    const { clientId, exchange, symbol } = result.channels[channel];
    return `${clientId}.${exchange}.${symbol} ${strategyId} ${openQty / 1_000}`;
  });
}

describe('a signal goes to every client that follows the strategy', () => {
  it.each<[string, Record<string, ClientSpec>, string[]]>([
    [
      'to each exchange that lists the symbol',
      { odum: { accounts: both } },
      ['odum.binance-usdm.BTCUSDT a 1', 'odum.okx.BTCUSDT a 1'],
    ],
    [
      'to those who follow everything',
      { odum: {}, ikenna: {} },
      ['ikenna.binance-usdm.BTCUSDT a 1', 'odum.binance-usdm.BTCUSDT a 1'],
    ],
    [
      'not to those who follow others',
      { odum: { strategies: { b: {} } }, ikenna: { strategies: { a: {} } } },
      ['ikenna.binance-usdm.BTCUSDT a 1'],
    ],
    [
      'with the parameters of each',
      { odum: { params: { fixedQuantity: 2 } }, ikenna: { strategies: { a: { fixedQuantity: 3 } } } },
      ['ikenna.binance-usdm.BTCUSDT a 3', 'odum.binance-usdm.BTCUSDT a 2'],
    ],
    [
      'not to accounts without the symbol',
      { odum: { accounts: { 'binance-usdm': { symbols: ['ETHUSDT'] }, okx: {} } } },
      ['odum.okx.BTCUSDT a 1'],
    ],
  ])('%s', (_, clients, expected) => {
    expect(held(clients, [[0, 'a', 1]])).toEqual(expected);
  });

  it('one account of a client knows nothing of another’s balance', () => {
    const accounts = { 'binance-usdm': { balance: 1_000 }, okx: { balance: 2_000 } };
    expect(held({ odum: { accounts, params: { percentOfBalance: 50 } } }, [[0, 'a', 1]])).toEqual([
      'odum.binance-usdm.BTCUSDT a 5',
      'odum.okx.BTCUSDT a 10',
    ]);
  });
});

describe('routing weights split a signal', () => {
  it.each<[string, ClientSpec, string[]]>([
    [
      'in proportion',
      { routing: { 'binance-usdm': 3, okx: 1 } },
      ['binance-usdm.BTCUSDT a 0.75', 'okx.BTCUSDT a 0.25'],
    ],
    [
      'down to the lot',
      { routing: { 'binance-usdm': 2, okx: 1 } },
      ['binance-usdm.BTCUSDT a 0.666', 'okx.BTCUSDT a 0.333'],
    ],
    [
      'of fractions',
      { routing: { 'binance-usdm': '0.5', okx: '0.125' } },
      ['binance-usdm.BTCUSDT a 0.8', 'okx.BTCUSDT a 0.2'],
    ],
    ['an exchange without weight is left out', { routing: { okx: 5 } }, ['okx.BTCUSDT a 1']],
    [
      'nor does one of weight 0 take part',
      { routing: { 'binance-usdm': 1, okx: 0 } },
      ['binance-usdm.BTCUSDT a 1'],
    ],
    [
      'of the balance of all accounts',
      { routing: { 'binance-usdm': 1, okx: 1 }, params: { percentOfBalance: 30 } },
      ['binance-usdm.BTCUSDT a 30', 'okx.BTCUSDT a 30'],
    ],
  ])('%s', (_, client, expected) => {
    const run = { clients: { odum: { accounts: both, ...client } }, signals: [[0, 'a', 1]] as SignalTuple[] };
    expect(held(run.clients, run.signals)).toEqual(expected.map((position) => `odum.${position}`));
    expect(runBars({ bars, ...run }).denials).toEqual([]);
  });

  it('among the exchanges that have the symbol: one alone takes the whole', () => {
    const routing = { 'binance-usdm': 3, okx: 1 };
    expect(held({ odum: { accounts: both, routing } }, [[0, 'a', 1, { symbol: 'ETHUSDT' }]])).toEqual([
      'odum.okx.ETHUSDT a 1',
    ]);
  });

  it('a quantity of the signal is split as well', () => {
    const client = { odum: { accounts: both, routing: { 'binance-usdm': 3, okx: 1 } } };
    expect(held(client, [[0, 'a', 1, { quantity: 8 }]])).toEqual([
      'odum.binance-usdm.BTCUSDT a 6',
      'odum.okx.BTCUSDT a 2',
    ]);
  });
});

describe('signals that reach nobody are counted once', () => {
  it.each<[string, Record<string, ClientSpec>, SignalTuple, Record<string, number>]>([
    ['no bars of the symbol', { odum: {}, ikenna: {} }, [0, 'a', 1, { symbol: 'XRPUSDT' }], { NO_BARS: 1 }],
    [
      'nobody follows the strategy',
      { odum: { strategies: { b: {} } }, ikenna: { strategies: {} } },
      [0, 'a', 1],
      { NOT_FOLLOWED: 1 },
    ],
    [
      'no follower trades the symbol',
      { odum: { accounts: { okx: { symbols: ['ETHUSDT'] } } } },
      [0, 'a', 1],
      { NOT_TRADED: 1 },
    ],
    [
      'its followers are at other exchanges',
      { odum: { accounts: { kraken: {} } } },
      [0, 'a', 1],
      { NOT_TRADED: 1 },
    ],
    [
      'its weights leave it out',
      { odum: { accounts: both, routing: { 'binance-usdm': 1 } } },
      [0, 'a', 1, { symbol: 'ETHUSDT' }],
      { NOT_TRADED: 1 },
    ],
    ['somebody takes it', { odum: { strategies: { b: {} } }, ikenna: {} }, [0, 'a', 1], {}],
  ])('%s', (_, clients, signal, ignored) => {
    expect(runBars({ bars, clients, signals: [signal] }).ignored).toEqual(ignored);
  });
});

describe('clients that run by themselves', () => {
  const scenario: Scenario = {
    bars: { ...bars, 'binance-usdm:BTCUSDT': [flat(100), [100, 106, 95, 101], flat(99)] },
    clients: {
      christian: {
        accounts: both,
        strategies: { a: { takeProfitPct: 5 }, b: { orderType: 'limit', limitOffsetBps: 100 } },
      },
      ikenna: {
        strategies: { a: { percentOfBalance: 30, stopLossPct: 2 } },
        account: { takerBps: 5 },
      } as ClientSpec,
      odum: {
        accounts: { 'binance-usdm': { takerBps: 5, hedgeMode: true } },
        limits: { maxLeverage: '0.01' },
      },
    },
    signals: [
      [0, 'a', 1],
      [0, 'b', -1],
      [1, 'a', -1],
      [2, 'b', 1],
      [2, 'x', 1, { symbol: 'XRPUSDT' }],
      [9, 'a', 0],
      [1, 'c', 1, { symbol: 'ETHUSDT' }],
    ],
    execution: { slippageBps: 2, partialFillRatio: 0.5, fillProbability: 0.7, seed: 3 },
    funding: { BTCUSDT: [[1, '0.0001']] },
  };

  it('merge to the run of all of them, whoever ran which', () => {
    const input = historicalInput(scenario);
    const all = runHistorical(input);
    const parts = input.config.clients.map(({ clientId }) =>
      runHistorical({ ...input, clients: [clientId] }),
    );
    const unrouted = Object.entries(unroutedSignals(input.config, input)).filter(([, count]) => count > 0);
    const merged = mergeResults(parts);
    expect({
      ...merged,
      ignoredSignals: { ...merged.ignoredSignals, ...Object.fromEntries(unrouted) },
    }).toEqual(all);
    expect([all.trades.length > 2, all.channels.length, all.invariants.violated]).toEqual([true, 5, 0]);
    expect(mergeResults([mergeResults(parts.slice(0, 2)), parts[2]])).toEqual(merged);
  });

  it('say how far they are', () => {
    const seen: number[] = [];
    runHistorical({ ...historicalInput(scenario), onProgress: (done, total) => seen.push(done / total) });
    expect(seen).toEqual([1 / 3, 2 / 3, 1]);
  });
});
