import { DEFAULTS } from '../defaults.js';
import { decimalField, floatField, wholeField } from './fields.js';
import { idList } from './ids.js';
import { z } from 'zod';

const SD = 'multiples of volatility x entry price';
const PERCENT = 'percent: 2 means 2 %';
const QUOTE = 'quote currency';
const BASE = 'base units';

/** The leaf may be absent, or `null`: off. */
const off = <T extends z.ZodType>(leaf: T) => leaf.nullable().optional();

/** Risk parameters that a strategy can override. */
export const strategyRisk = {
  takeProfitSd: off(
    floatField({
      above: 0,
      unit: SD,
      meaning: 'Take-profit distance from the entry, by volatility. Excludes takeProfitPct.',
    }),
  ),
  takeProfitPct: off(
    decimalField({
      above: 0,
      unit: PERCENT,
      meaning: 'Take-profit distance in percent of the entry price. Below 100 unless mode is longOnly.',
    }),
  ),
  stopLossSd: off(
    floatField({
      above: 0,
      unit: SD,
      meaning: 'Stop-loss distance from the entry, by volatility. Excludes stopLossPct.',
    }),
  ),
  stopLossPct: off(
    decimalField({
      above: 0,
      below: 100,
      unit: PERCENT,
      meaning: 'Stop-loss distance in percent of the entry price.',
    }),
  ),
  trailingStopSd: off(
    floatField({
      above: 0,
      unit: 'multiples of volatility x best price',
      meaning:
        'The stop begins this far from the entry and follows the best price of the trade at it. Excludes trailingStopPct.',
    }),
  ),
  trailingStopPct: off(
    decimalField({
      above: 0,
      below: 100,
      unit: PERCENT,
      meaning: 'The same distance in percent of the best price.',
    }),
  ),
  breakEvenSd: off(
    floatField({
      above: 0,
      unit: SD,
      meaning:
        'Once the price has moved this far in favour, the stop goes to the entry price. Excludes breakEvenPct.',
    }),
  ),
  breakEvenPct: off(
    decimalField({ above: 0, unit: PERCENT, meaning: 'The same distance in percent of the entry price.' }),
  ),
  timeExitMinutes: off(
    floatField({
      atLeast: 0.001,
      atMost: 52_560_000,
      unit: 'minutes',
      meaning: 'Closes the position at the market this long after its first fill.',
    }),
  ),
  volatilityWindow: wholeField({
    atLeast: 2,
    atMost: 100_000,
    unit: 'log returns of closes',
    default: DEFAULTS.volatilityWindow,
    meaning: 'Volatility is the sample standard deviation of this many returns; it needs one close more.',
  }).optional(),
  maxPositionSize: off(
    decimalField({
      above: 0,
      unit: BASE,
      meaning: 'Largest position of one strategy in one symbol of one account.',
    }),
  ),
  maxPositionNotional: off(decimalField({ above: 0, unit: QUOTE, meaning: 'The same as an amount.' })),
  maxOrderQuantity: off(decimalField({ above: 0, unit: BASE, meaning: 'Largest single order.' })),
  maxOrderValue: off(decimalField({ above: 0, unit: QUOTE, meaning: 'The same as an amount.' })),
  maxConsecutiveLosses: off(
    wholeField({
      atLeast: 1,
      unit: 'trades',
      meaning: 'After this many losing trades in a row the strategy enters no more until the UTC day ends.',
    }),
  ),
};

/** Limits on the client as a whole: a strategy cannot override them. */
export const clientLimits = {
  maxLeverage: off(
    decimalField({
      above: 0,
      unit: 'times',
      meaning: 'Gross exposure of an account over its balance (accountBalance + netPnl).',
    }),
  ),
  maxGrossExposure: off(
    decimalField({ above: 0, unit: QUOTE, meaning: 'Sum of |exposure| over all accounts and symbols.' }),
  ),
  maxNetExposure: off(
    decimalField({ above: 0, unit: QUOTE, meaning: '|Sum of exposure| over all accounts and symbols.' }),
  ),
  maxDailyLoss: off(
    decimalField({
      above: 0,
      unit: QUOTE,
      meaning: 'Net loss of the UTC day from which entries are denied until it ends.',
    }),
  ),
  maxDrawdownPct: off(
    decimalField({
      above: 0,
      atMost: 100,
      unit: PERCENT,
      meaning: 'Fall of realized equity from its peak from which entries are denied.',
    }),
  ),
  restrictedSymbols: off(idList('a symbol', 'Symbols that this client does not enter.', 'none')),
  duplicateOrderWindowMs: wholeField({
    atLeast: 0,
    unit: 'ms',
    default: DEFAULTS.duplicateOrderWindowMs,
    meaning:
      'A second identical entry (strategy, symbol, side, quantity) within this time is denied; 0 allows it.',
  }).optional(),
};

/** `riskParams` of a strategy override. */
export const strategyRiskParams = z
  .strictObject(strategyRisk)
  .describe("Protection and limits of this strategy, in place of the client's.");

/** `riskParams` of a client. */
export const clientRiskParams = z
  .strictObject({ ...strategyRisk, ...clientLimits })
  .describe('Protection and limits: of every strategy of the client, and of the client as a whole.');

export type StrategyRisk = z.output<typeof strategyRiskParams>;
export type ClientRisk = z.output<typeof clientRiskParams>;
