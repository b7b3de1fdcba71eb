import { describe, expect, it } from '@jest/globals';
import { InputError } from '../errors.js';
import { parseConfig } from './parse.js';

function desk(orderParams: string, own = ''): string {
  return [
    'clients:',
    '  ikenna:',
    '    exchanges: { binance-usdm: {} }',
    `    orderParams: { sizing: { fixedNotional: 100 }, ${orderParams} }`,
    ...(own === '' ? [] : [`    strategies: { fast: { orderParams: { ${own} } } }`]),
    'instruments: { BTCUSDT: { tickSize: 0.1, lotSize: 0.001 } }',
  ].join('\n');
}

function plan(orderParams: string, own = '') {
  const { defaults, strategies } = parseConfig(desk(orderParams, own), 'desk.yaml').clients[0]!;
  return (strategies?.get('fast') ?? defaults).execution;
}

function problems(orderParams: string): string[] {
  try {
    parseConfig(desk(orderParams), 'desk.yaml');
  } catch (error) {
    if (error instanceof InputError)
      return error.problems.map((problem) => problem.replace(/^desk.yaml:[\d:]+ /, ''));
    throw error;
  }
  return [];
}

const AT = 'clients.ikenna.orderParams.execution';

describe('how entries are worked', () => {
  it.each<[string, string, unknown]>([
    ['as they are, where nothing is said', 'mode: longOnly', undefined],
    ['as they are, where it is switched off', 'execution: null', undefined],
    [
      'in equal slices',
      'execution: { type: twap, durationMs: 60000, slices: 6 }',
      { type: 'twap', durationMs: 60_000, slices: 6 },
    ],
    [
      'by a profile of volume',
      'execution: { type: vwap, duration_ms: 60000, profile: [5, 1, 4] }',
      { type: 'vwap', durationMs: 60_000, profile: [5, 1, 4] },
    ],
    [
      'as an iceberg',
      'defaultOrderType: limit, execution: { type: iceberg, displayPercent: 10 }',
      { type: 'iceberg', displayPercent: 10 },
    ],
    [
      'by the share of what is traded',
      'execution: { type: pov, percent: 10, durationMs: 60000 }',
      { type: 'pov', percent: 10, intervalMs: 1_000, durationMs: 60_000 },
    ],
    [
      'in quoted chunks, with defaults for all of it',
      'execution: { type: chunked, chunks: 3 }',
      {
        ...{ type: 'chunked', chunks: 3, quoting: 'mid', quoteMs: 20_000, repriceMs: 10_000 },
        ...{ repriceBps: 10, attempts: 10, retryMs: 1_000 },
      },
    ],
  ])('%s', (_, orderParams, outcome) => {
    expect(plan(orderParams)).toEqual(outcome);
  });

  it('is what the strategy says, as a whole, and nothing where it switches it off', () => {
    const twap = 'execution: { type: twap, durationMs: 60000, slices: 6 }';
    expect(plan(twap, 'mode: longOnly')).toMatchObject({ type: 'twap' });
    expect(plan(twap, 'execution: { type: pov, percent: 5, durationMs: 9000 }')).toMatchObject({
      type: 'pov',
    });
    expect(plan(twap, 'execution: null')).toBeUndefined();
  });

  it.each<[string, string, string[]]>([
    [
      'a way that there is not',
      'execution: { type: sniper }',
      [`${AT}.type: expected one of twap, vwap, iceberg, pov, chunked, got sniper`],
    ],
    [
      'no way',
      'execution: { slices: 6 }',
      [`${AT}.type: missing; expected one of twap, vwap, iceberg, pov, chunked`],
    ],
    [
      'a way without its figures',
      'execution: { type: twap, slices: 0 }',
      [
        `${AT}.durationMs: missing; expected a whole number of at least 1000 (ms)`,
        `${AT}.slices: expected a whole number from 1 to 1000, got 0`,
      ],
    ],
    [
      'the figures of another way',
      'execution: { type: twap, durationMs: 60000, slices: 6, percent: 10 }',
      [`${AT}.percent: unknown key; known here: type, durationMs, slices`],
    ],
    [
      'no weights',
      'execution: { type: vwap, durationMs: 60000, profile: [] }',
      [`${AT}.profile: expected at least one weight, got a list`],
    ],
    [
      'an order that is to be filled at once whole',
      'defaultOrderType: limit, timeInForce: FOK, execution: { type: twap, durationMs: 60000, slices: 6 }',
      [`${AT}: an order that is worked in parts cannot be FOK (at once whole); set timeInForce: GTC`],
    ],
    [
      'an iceberg at the market',
      'execution: { type: iceberg, displayPercent: 10 }',
      [`${AT}: an iceberg rests in the book, so it needs defaultOrderType: limit`],
    ],
  ])('is refused with %s', (_, orderParams, outcome) => {
    expect(problems(orderParams)).toEqual(outcome);
  });
});
