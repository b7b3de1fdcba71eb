import { bowlineFigures } from './bowline.js';
import type { Convention, DaysPerYear } from './convention.js';
import type { EquitySeries } from './equity-series.js';
import { freqtradeFigures } from './freqtrade.js';
import { leanFigures } from './lean.js';
import { nautilusFigures } from './nautilus.js';
import type { TradeFacts } from './trade-facts.js';

export interface PerformanceInput {
  /** In the order of their exits. */
  readonly trades: readonly TradeFacts[];
  /** Null where nobody knows the capital. */
  readonly equity: EquitySeries | null;
  readonly daysPerYear: DaysPerYear;
  /** Drawdown as a fraction, where it was measured more densely than `equity` is sampled. */
  readonly maxDrawdownFraction?: number | null;
}

/**
 * Figures whose formula depends on the convention. All are doubles, null where undefined; rates and returns are
 * fractions (0.05 is 5 %).
 */
export interface PerformanceFigures {
  readonly winRate: number | null;
  readonly lossRate: number | null;
  /** Quote currency; a fraction of the running capital in the `lean` convention. */
  readonly averageWin: number | null;
  /** As averageWin, below 0. */
  readonly averageLoss: number | null;
  /** averageWin / |averageLoss|. */
  readonly payoffRatio: number | null;
  /** What a trade brings on average; quote currency, but without unit in the `lean` convention. */
  readonly expectancy: number | null;
  /** What a trade brings for each unit that is lost when it fails. */
  readonly expectancyRatio: number | null;
  readonly profitFactor: number | null;
  /** System quality number. */
  readonly sqn: number | null;
  readonly totalReturn: number | null;
  readonly cagr: number | null;
  /** Annualized. */
  readonly volatility: number | null;
  readonly sharpe: number | null;
  readonly sortino: number | null;
  readonly calmar: number | null;
  /** The daily return that is undercut on one day in twenty, and in a hundred: negative is a loss. */
  readonly valueAtRisk95: number | null;
  readonly valueAtRisk99: number | null;
  /** Probability that the true Sharpe ratio is above 1 a year; `lean` only. */
  readonly probabilisticSharpe: number | null;
}

const FIGURES: Readonly<Record<Convention, (input: PerformanceInput) => PerformanceFigures>> = {
  bowline: bowlineFigures,
  nautilus: nautilusFigures,
  lean: leanFigures,
  freqtrade: freqtradeFigures,
};

/** The figures of `input` by the definitions of `convention`. */
export function performanceFigures(
  input: PerformanceInput,
  convention: Convention = 'bowline',
): PerformanceFigures {
  return FIGURES[convention](input);
}
