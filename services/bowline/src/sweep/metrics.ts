import type { BacktestSummary } from '@bowline/contracts';
import { numberText, pctText, percentText, pnlText } from '@bowline/report';

/** One figure of a run: a column of sweep.csv. */
export interface Metric {
  readonly name: string;
  readonly meaning: string;
  /** Which way is better: where a sort by it begins. */
  readonly better: 'higher' | 'lower';
  readonly of: (summary: BacktestSummary) => string | number | null;
  /** Heading and form in the table; absent: in the file only. */
  readonly shown?: { readonly head: string; readonly text: (value: string | number | null) => string };
}

type FigureName = keyof BacktestSummary['overall'];

/** The figures of a run, over all clients. Amounts are exact decimals in the quote currency. */
export const METRICS: readonly Metric[] = [
  figure('trades', 'Closed strategy positions.', 'higher', { head: 'Trades', text: whole }),
  figure('winRate', 'Share of trades with realizedPnl above 0, a fraction.', 'higher', {
    head: 'Win',
    text: share,
  }),
  figure('takeProfits', 'Trades closed by their take-profit leg.', 'higher', { head: 'TP', text: whole }),
  figure('stopLosses', 'Trades closed by their stop-loss leg.', 'lower', { head: 'SL', text: whole }),
  figure('signalExits', 'Trades closed by a signal of 0.', 'higher'),
  figure('reversals', 'Trades closed by a signal of the opposite side.', 'higher'),
  figure('timeExits', 'Trades closed because their time had passed.', 'higher'),
  figure('realizedPnl', 'Sum of (exit - own entry) x quantity.', 'higher'),
  figure('fees', 'Fees of closed trades.', 'lower'),
  figure('funding', 'Funding received (above 0) or paid (below 0).', 'higher'),
  figure('netPnl', 'realizedPnl - fees + funding.', 'higher', { head: 'Net P&L', text: money }),
  figure('openPnl', 'What open positions are worth at the last close.', 'higher'),
  figure('totalPnl', 'netPnl + openPnl.', 'higher', { head: 'Total P&L', text: money }),
  figure('totalReturn', 'Final over starting equity - 1, a fraction.', 'higher', {
    head: 'Return',
    text: share,
  }),
  figure('maxDrawdown', 'Largest fall of equity from a peak.', 'lower'),
  figure('maxDrawdownPct', 'The same in percent of that peak.', 'lower', {
    head: 'Max DD',
    text: (value) => pctText(numberOf(value)),
  }),
  figure('sharpe', 'Sharpe ratio of daily returns, annualized.', 'higher', { head: 'Sharpe', text: ratio }),
  figure('sortino', 'Sortino ratio of daily returns, annualized.', 'higher'),
  figure('calmar', 'cagr over the largest drawdown.', 'higher'),
  figure('profitFactor', 'Sum of the wins over that of the losses.', 'higher'),
  figure('payoffRatio', 'Mean win over mean loss.', 'higher'),
  figure('expectancy', 'Mean realizedPnl of a trade.', 'higher'),
  figure('sqn', 'System quality number.', 'higher'),
  figure('averageDurationSeconds', 'Mean time from the first fill to flat.', 'lower'),
  figure('exposure', 'Share of the time with an open position, a fraction.', 'lower'),
  {
    name: 'denials',
    meaning: 'Signals that would have become an order and were denied.',
    better: 'lower',
    of: ({ denials }) => Object.values(denials).reduce((sum, count) => sum + count, 0),
  },
  {
    name: 'violated',
    meaning: 'Checks of the books that failed; anything above 0 is a bug.',
    better: 'lower',
    of: ({ invariants }) => invariants.violated,
  },
];

/** The figures of one run by name. */
export type RunFigures = Readonly<Record<string, string | number | null>>;

export function figuresOf(summary: BacktestSummary): RunFigures {
  return Object.fromEntries(METRICS.map((metric) => [metric.name, metric.of(summary)]));
}

function figure(
  name: FigureName,
  meaning: string,
  better: Metric['better'],
  shown?: NonNullable<Metric['shown']>,
): Metric {
  return { name, meaning, better, of: ({ overall }) => overall[name], ...(shown ? { shown } : {}) };
}

/** For sorting and for tables. */
export function numberOf(value: string | number | null): number | null {
  return value === null ? null : Number(value);
}

function whole(value: string | number | null): string {
  return numberText(numberOf(value), 0);
}

function ratio(value: string | number | null): string {
  return numberText(numberOf(value), 2);
}

function share(value: string | number | null): string {
  return percentText(numberOf(value), 1);
}

function money(value: string | number | null): string {
  return value === null ? '' : pnlText(String(value));
}
