import { describe, expect, it } from '@jest/globals';
import { historicalInput, outcomesOf, randomScenarios, referenceRun, type Outcome } from '@bowline/testkit';
import type { HistoricalResult } from '@bowline/ports';
import fc from 'fast-check';
import { runHistorical } from './run-historical.js';

/** Outcomes without what has no order of its own. */
function comparable(outcomes: readonly Outcome[]) {
  return outcomes.map(({ denials, equity, open, trades }) => ({
    trades,
    denials,
    open: open.map((position) => JSON.stringify(position)).sort(),
    equity,
  }));
}

function sumOf(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const all: Record<string, number> = {};
  for (const [reason, count] of counts.flatMap((each) => Object.entries(each)))
    all[reason] = (all[reason] ?? 0) + count;
  return all;
}

/** The reference knows no others. */
const LIMITS = {
  clientLimits: [{ maxLeverage: '0.8' }, { maxGrossExposure: '6000' }],
  strategyLimits: [],
};

/** What must have happened for the comparison to say anything. */
const REACHED = [
  ...['take_profit', 'stop_loss', 'signal', 'reversal', 'time_exit'],
  ...[
    'VOLATILITY_UNAVAILABLE',
    'TAKE_PROFIT_WRONG_SIDE',
    'STOP_LOSS_WRONG_SIDE',
    'STOP_REQUIRED',
    'QUANTITY_ZERO',
  ],
  ...['BELOW_MIN_NOTIONAL', 'MAX_POSITION_SIZE', 'MAX_POSITION_NOTIONAL', 'MAX_ORDER_VALUE', 'MAX_SLIPPAGE'],
  ...['MAX_GROSS_EXPOSURE', 'MAX_LEVERAGE'],
  ...['OUTSIDE_DATA', 'NO_BAR', 'UNCHANGED', 'ALREADY_FLAT', 'SUPERSEDED'],
  ...['filled in parts', 'added to', 'reached by an order that rested', 'charged funding'],
];

function reachedBy({ denials, fills, ignoredSignals, trades }: HistoricalResult): string[] {
  const manyFills = trades.filter(({ orders }) => orders.length > 2);
  return [
    ...trades.map(({ closeReason }) => closeReason),
    ...denials.map(({ code }) => code),
    ...Object.keys(ignoredSignals),
    ...(fills.length > 2 * trades.length + 10 ? ['filled in parts'] : []),
    ...manyFills.filter(({ orders }) => orders[1].leg === 'e').map(() => 'added to'),
    ...fills
      .filter(({ key, liquidity }) => key.leg === 'e' && liquidity === 'maker')
      .map(() => 'reached by an order that rested'),
    ...trades.filter(({ funding }) => funding !== 0n).map(() => 'charged funding'),
  ];
}

describe('the historical loop and the reference', () => {
  it('leave the same trades, denials, positions and equity on random bars, signals, desks and clients', () => {
    const reached = new Set<string>();
    fc.assert(
      fc.property(randomScenarios(LIMITS), (scenario) => {
        const input = historicalInput(scenario);
        const result = runHistorical(input);
        const expected = referenceRun(input);
        const clients = input.config.clients.map(({ clientId }) => clientId);
        expect(comparable(outcomesOf(result, clients))).toEqual(comparable(expected));
        const { NO_BARS, NOT_FOLLOWED, NOT_TRADED, ...ignored } = result.ignoredSignals;
        expect(ignored).toEqual(sumOf(expected.map((outcome) => outcome.ignored)));
        expect(result.invariants.violated).toBe(0);
        for (const name of reachedBy(result)) reached.add(name);
      }),
      // A failure is shrunk for minutes; without endOnFailure the counterexample is small.
      { numRuns: 400, seed: 20261120, endOnFailure: true },
    );
    expect(REACHED.filter((name) => !reached.has(name))).toEqual([]);
  });
});
