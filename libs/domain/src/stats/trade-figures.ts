import { mean, ratio, sampleStd, spread } from './moments.js';

/** Averages of a list of P&Ls. */
export interface PnlFigures {
  readonly wins: number;
  readonly losses: number;
  readonly averageWin: number | null;
  readonly averageLoss: number | null;
  readonly payoffRatio: number | null;
  readonly profitFactor: number | null;
}

/** Splits P&Ls into wins (above 0) and losses (below 0), and averages each. Zeros are left out. */
export function pnlFigures(pnls: readonly number[]): PnlFigures {
  const wins = pnls.filter((pnl) => pnl > 0);
  const losses = pnls.filter((pnl) => pnl < 0);
  const averageWin = mean(wins);
  const averageLoss = mean(losses);
  return {
    wins: wins.length,
    losses: losses.length,
    averageWin,
    averageLoss,
    payoffRatio: ratio(averageWin, averageLoss === null ? null : -averageLoss),
    profitFactor: profitFactor(pnls),
  };
}

/** Sum of what was won over sum of what was lost. Null without a loss: there is nothing to divide by. */
export function profitFactor(pnls: readonly number[]): number | null {
  let won = 0;
  let lost = 0;
  for (const pnl of pnls) {
    if (pnl > 0) won += pnl;
    else lost -= pnl;
  }
  return ratio(won, lost);
}

/**
 * System quality number: sqrt(n) x mean / sample standard deviation of the trades' P&L (Van Tharp, Definitive
 * Guide to Position Sizing, 2008, with P&L in place of R, which would need every trade's initial risk).
 */
export function systemQualityNumber(pnls: readonly number[]): number | null {
  const quotient = ratio(mean(pnls), spread(sampleStd(pnls), pnls));
  return quotient === null ? null : Math.sqrt(pnls.length) * quotient;
}
