import { describe, expect, it } from '@jest/globals';
import { flats, historicalInput, type ParamsSpec, type Scenario } from '@bowline/testkit';
import { runHistorical } from './run-historical.js';

function textOf(params: ParamsSpec, more: Partial<Scenario> = {}): string | undefined {
  const scenario: Scenario = { bars: flats(4, 100), params, signals: [[0, 'a', 1]], ...more };
  return runHistorical(historicalInput(scenario)).denials.at(-1)?.text;
}

describe('a denial says what was asked and which limit it met', () => {
  it.each<[string, string, ParamsSpec, Partial<Scenario>]>([
    ['size', 'above maxPositionSize: 2.5, limit 2', { fixedQuantity: '2.5', maxPositionSize: 2 }, {}],
    [
      'notional',
      'above maxPositionNotional: 250 USDT, limit 200',
      { fixedQuantity: '2.5', maxPositionNotional: 200 },
      {},
    ],
    ['quantity', 'above maxOrderQuantity: 2.5, limit 2', { fixedQuantity: '2.5', maxOrderQuantity: 2 }, {}],
    ['value', 'above maxOrderValue: 250 USDT, limit 200', { fixedQuantity: '2.5', maxOrderValue: 200 }, {}],
    [
      'minimum',
      'the order is worth less than the minimum notional: 25 USDT, minimum 50',
      { fixedQuantity: '0.25' },
      { instrument: { minNotional: '50' } },
    ],
    [
      'leverage',
      'above maxLeverage: an order of 5000 USDT, limit 0.4 x balance 10000',
      { fixedQuantity: 50 },
      { limits: { maxLeverage: '0.4' } },
    ],
    [
      'gross',
      'above maxGrossExposure: an order of 5000 USDT, limit 400.5',
      { fixedQuantity: 50 },
      { limits: { maxGrossExposure: '400.5' } },
    ],
    ['stop', 'riskPerTrade needs a stop that differs from the entry', { riskPerTrade: 1 }, {}],
    [
      'slippage',
      'the expected slippage is above maxSlippageBps: 100.2 against 100, limit 10 bps',
      { fixedQuantity: 1, maxSlippageBps: 10 },
      { execution: { slippageBps: 20 } },
    ],
  ])('%s', (_, expected, params, more) => {
    expect(textOf(params, more)).toBe(expected);
  });

  it('with the losses so far', () => {
    const losing: Partial<Scenario> = {
      bars: [...flats(1, 100), ...flats(3, 90)],
      signals: [
        [0, 'a', 1],
        [1, 'a', 0],
        [2, 'a', 1],
      ],
    };
    const after = (limits: NonNullable<Scenario['limits']>) =>
      textOf({ fixedQuantity: 10 }, { ...losing, limits });
    expect(after({ maxDailyLoss: 50 })).toBe('the loss of the day has reached maxDailyLoss: 100, limit 50');
    expect(after({ maxDrawdownPct: '0.5' })).toBe(
      'equity has fallen from its peak by maxDrawdownPct: 100 below the peak, limit 0.5 %',
    );
    expect(textOf({ fixedQuantity: 10, maxConsecutiveLosses: 1 }, losing)).toBe(
      'maxConsecutiveLosses in a row today: 1, limit 1',
    );
  });
});
