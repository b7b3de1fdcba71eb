import { writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { HistoricalResult } from '@bowline/ports';
import {
  historicalInput,
  oneSignalAtATime,
  outcomeOfLoop,
  playBars,
  randomScenarios,
} from '@bowline/testkit';
import fc from 'fast-check';
import { runHistorical } from '../historical/run-historical.js';

/** Low enough to be met within an hour or two around a price of 100. */
const LIMITS = {
  clientLimits: [
    { maxLeverage: '0.8', duplicateOrderWindowMs: 1_800_000 },
    { maxGrossExposure: '4000', maxNetExposure: '1500' },
    { maxDailyLoss: '4' },
    { maxDrawdownPct: '0.05' },
  ],
  strategyLimits: [{ maxConsecutiveLosses: 1 }, { maxOrderQuantity: '2' }],
};

/** What must have happened for the comparison to say anything. */
const REACHED = [
  ...['take_profit', 'stop_loss', 'signal', 'reversal', 'time_exit'],
  ...['VOLATILITY_UNAVAILABLE', 'TAKE_PROFIT_WRONG_SIDE', 'STOP_LOSS_WRONG_SIDE', 'STOP_REQUIRED'],
  ...['QUANTITY_ZERO', 'BELOW_MIN_NOTIONAL', 'MAX_POSITION_SIZE', 'MAX_POSITION_NOTIONAL', 'MAX_ORDER_VALUE'],
  ...['MAX_ORDER_QUANTITY', 'MAX_SLIPPAGE', 'MAX_GROSS_EXPOSURE', 'MAX_NET_EXPOSURE', 'MAX_LEVERAGE'],
  ...['DAILY_LOSS', 'DRAWDOWN', 'CONSECUTIVE_LOSSES', 'DUPLICATE_ORDER'],
  ...['UNCHANGED', 'ALREADY_FLAT'],
  ...['filled in parts', 'added to', 'reached by an order that rested', 'charged funding'],
];

function reachedBy({ denials, fills, ignoredSignals, trades }: HistoricalResult): string[] {
  const entries = fills.filter(({ key }) => key.leg === 'e');
  const positions = new Set(entries.map(({ channel, key }) => `${channel} ${JSON.stringify(key)}`));
  return [
    ...trades.map(({ closeReason }) => closeReason),
    ...denials.map(({ code }) => code),
    ...Object.keys(ignoredSignals),
    ...(positions.size < entries.length ? ['filled in parts'] : []),
    ...(trades.some(({ orders }) => orders[1]?.leg === 'e') ? ['added to'] : []),
    ...(entries.some(({ liquidity }) => liquidity === 'maker') ? ['reached by an order that rested'] : []),
    ...(trades.some(({ funding }) => funding !== 0n) ? ['charged funding'] : []),
  ];
}

describe('the historical loop, and the roles against the bar exchange', () => {
  it('leave the same trades, fills, denials, positions and equity on random desks', async () => {
    const reached = new Set<string>();
    await fc.assert(
      fc.asyncProperty(randomScenarios(LIMITS), async (scenario) => {
        const input = oneSignalAtATime(historicalInput(scenario));
        const result = runHistorical(input);
        try { expect(await playBars(input)).toEqual(outcomeOfLoop(input, result)); } catch (error) { writeFileSync('/tmp/parity-case.json', JSON.stringify(scenario)); throw error; }
        for (const name of reachedBy(result)) reached.add(name);
      }),
      // A failure is shrunk for minutes; without endOnFailure the counterexample is small.
      { numRuns: Number(process.env.RUNS), seed: Number(process.env.SEED), endOnFailure: true },
    );

  }, 3_000_000);
});
