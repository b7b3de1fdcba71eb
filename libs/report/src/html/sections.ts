import type { BacktestSummary, Performance } from '@bowline/contracts';
import { durationText, minuteText, moneyText, numberText, pctText, percentText, pnlText } from '../format.js';
import { escapeHtml } from './escape.js';
import { figure, htmlTable, type HtmlColumn } from './markup.js';
import { MAX_STRATEGIES, shownStrategies } from './shown-strategies.js';

type Named = readonly [string, Performance];

/** The figures that a desk looks at first. */
export function keyFigures({ overall, invariants }: BacktestSummary, currency: string): string {
  const unit = currency === '' ? '' : `, ${currency}`;
  return `<dl class="figures">${[
    figure(`Net P&L${unit}`, pnlText(overall.netPnl), 'pnl', `open ${pnlText(overall.openPnl)}`),
    figure('Return', signedPercent(overall.totalReturn), 'pnl', `CAGR ${percentText(overall.cagr)}`),
    figure('Max drawdown', pctText(overall.maxDrawdownPct), 'plain', numberText(overall.maxDrawdown, 2)),
    figure('Sharpe', numberText(overall.sharpe, 2), 'plain', `Sortino ${numberText(overall.sortino, 2)}`),
    figure(
      'Trades',
      numberText(overall.trades, 0),
      'plain',
      `${durationText(overall.averageDurationSeconds)} on average`,
    ),
    figure(
      'Win rate',
      percentText(overall.winRate, 1),
      'plain',
      `profit factor ${numberText(overall.profitFactor, 2)}`,
    ),
    figure(
      `Fees${unit}`,
      moneyText(overall.totalFees),
      'plain',
      `turned over ${numberText(overall.turnover, 1)}×`,
    ),
    figure(
      'Invariants',
      invariants.violated === 0 ? 'all hold' : `${numberText(invariants.violated, 0)} violated`,
      'plain',
      `${numberText(invariants.checked, 0)} checks`,
    ),
  ].join('')}</dl>`;
}

/** One row for each name, and below them `total` where there is more than one. */
export function performanceTable(
  caption: string,
  head: string,
  byName: Readonly<Record<string, Performance>>,
  total: Performance | null = null,
): string {
  const rows = Object.entries(byName);
  const columns: HtmlColumn<Named>[] = [{ head, kind: 'text', cell: ([name]) => name }, ...PERFORMANCE];
  return htmlTable(caption, columns, rows, total !== null && rows.length > 1 ? ['All', total] : null);
}

/** The strategies with the most trades, and how many are left out. */
export function strategyTable(summary: BacktestSummary): string {
  const shown = shownStrategies(summary);
  const rows = Object.entries(summary.byStrategy);
  const kept = Object.fromEntries(rows.filter(([strategyId]) => shown.has(strategyId)));
  const out = rows.length - shown.size;
  const note = `${numberText(out, 0)} ${out === 1 ? 'strategy' : 'strategies'} with fewer trades left out, here and among the curves; summary.json has all.`;
  return performanceTable('Performance of each strategy', 'Strategy', kept) + leftOut(out, note);
}

const PERFORMANCE: readonly HtmlColumn<Named>[] = [
  number(
    'Trades',
    (p) => numberText(p.trades, 0),
    (p) => p.trades,
  ),
  number(
    'Win',
    (p) => percentText(p.winRate, 1),
    (p) => p.winRate,
    'Trades with realizedPnl above 0',
  ),
  number(
    'TP',
    (p) => numberText(p.takeProfits, 0),
    (p) => p.takeProfits,
    'Closed by take profit',
  ),
  number(
    'SL',
    (p) => numberText(p.stopLosses, 0),
    (p) => p.stopLosses,
    'Closed by stop loss',
  ),
  pnl('Realized', (p) => p.realizedPnl, 'Before fees and funding'),
  number(
    'Fees',
    (p) => moneyText(p.fees),
    (p) => Number(p.fees),
  ),
  pnl('Net P&L', (p) => p.netPnl, 'realizedPnl - fees + funding'),
  pnl('Open P&L', (p) => p.openPnl, 'Positions still open, at the last close'),
  number(
    'Profit factor',
    (p) => numberText(p.profitFactor, 2),
    (p) => p.profitFactor,
  ),
  number(
    'Expectancy',
    (p) => numberText(p.expectancy, 2),
    (p) => p.expectancy,
    'Of a trade',
  ),
  number(
    'Return',
    (p) => percentText(p.totalReturn),
    (p) => p.totalReturn,
    'On the capital behind it',
  ),
  number(
    'Max DD',
    (p) => pctText(p.maxDrawdownPct),
    (p) => p.maxDrawdownPct,
    'Largest fall of equity from a peak',
  ),
  number(
    'Sharpe',
    (p) => numberText(p.sharpe, 2),
    (p) => p.sharpe,
  ),
  number(
    'Sortino',
    (p) => numberText(p.sortino, 2),
    (p) => p.sortino,
  ),
  number(
    'Exposure',
    (p) => percentText(p.exposure, 1),
    (p) => p.exposure,
    'Share of the time with an open position',
  ),
];

export function exchangePositions({ exchangePositions: positions }: BacktestSummary): string {
  if (positions.length === 0) return '<p class="none">Every exchange position is flat at the end.</p>';
  type Position = (typeof positions)[number];
  const net = (position: Position): string =>
    position.side === 'SHORT' ? `-${position.quantity}` : position.quantity;
  const columns: HtmlColumn<Position>[] = [
    { head: 'Account', kind: 'text', cell: (p) => `${p.clientId}.${p.exchange}` },
    { head: 'Position', kind: 'text', cell: (p) => p.key },
    { head: 'Exchange', kind: 'number', cell: net, sort: (p) => Number(net(p)) },
    { head: 'Sum of shares', kind: 'number', cell: (p) => p.sumOfShares, sort: (p) => Number(p.sumOfShares) },
    { head: 'Agreement', kind: 'text', cell: (p) => (net(p) === p.sumOfShares ? 'equal' : 'DIFFERENT') },
    {
      head: 'Entry price',
      kind: 'number',
      cell: (p) => moneyText(p.entryPrice),
      sort: (p) => Number(p.entryPrice),
    },
  ];
  return htmlTable('Exchange positions beside the sum of shares', columns, positions);
}

export function openPositions({ openPositions: positions }: BacktestSummary): string {
  if (positions.length === 0) return '<p class="none">No strategy position is open at the end.</p>';
  type Position = (typeof positions)[number];
  const price = (text: string | null): string => (text === null ? '–' : moneyText(text));
  const columns: HtmlColumn<Position>[] = [
    { head: 'Account', kind: 'text', cell: (p) => `${p.clientId}.${p.exchange}` },
    { head: 'Symbol', kind: 'text', cell: (p) => p.symbol },
    { head: 'Strategy', kind: 'text', cell: (p) => p.strategyId },
    { head: 'Side', kind: 'text', cell: (p) => p.side },
    { head: 'Since', kind: 'text', cell: (p) => minuteText(p.entryTime) },
    { head: 'Quantity', kind: 'number', cell: (p) => p.openQty, sort: (p) => Number(p.openQty) },
    { head: 'Entry', kind: 'number', cell: (p) => price(p.entryPrice), sort: (p) => Number(p.entryPrice) },
    { head: 'Mark', kind: 'number', cell: (p) => price(p.markPrice), sort: (p) => Number(p.markPrice) },
    {
      head: 'Take profit',
      kind: 'number',
      cell: (p) => price(p.takeProfitPrice),
      sort: (p) => Number(p.takeProfitPrice),
    },
    {
      head: 'Stop loss',
      kind: 'number',
      cell: (p) => price(p.stopLossPrice),
      sort: (p) => Number(p.stopLossPrice),
    },
    {
      head: 'Unrealized',
      kind: 'pnl',
      cell: (p) => pnlText(p.unrealizedPnl),
      sort: (p) => Number(p.unrealizedPnl),
    },
  ];
  const out = Math.max(0, positions.length - MAX_STRATEGIES);
  const note = `${numberText(out, 0)} more left out; summary.json has all.`;
  return (
    htmlTable('Positions open at the end', columns, positions.slice(0, MAX_STRATEGIES)) + leftOut(out, note)
  );
}

function leftOut(count: number, note: string): string {
  return count > 0 ? `<p class="none">${note}</p>` : '';
}

export function countsTable(caption: string, head: string, counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts);
  if (entries.length === 0) return '<p class="none">None.</p>';
  return htmlTable<readonly [string, number]>(
    caption,
    [
      { head, kind: 'text', cell: ([name]) => name },
      {
        head: 'Signals',
        kind: 'number',
        cell: ([, count]) => numberText(count, 0),
        sort: ([, count]) => count,
      },
    ],
    entries,
  );
}

export function warningsList({ warnings }: BacktestSummary): string {
  if (warnings.length === 0) return '';
  const items = warnings.map((warning) => `<li>${escapeHtml(warning)}</li>`).join('');
  return `<section aria-labelledby="warnings"><h2 id="warnings">Worth knowing</h2><ul class="warnings">${items}</ul></section>`;
}

function number(
  head: string,
  text: (performance: Performance) => string,
  sort: (performance: Performance) => number | null,
  title = '',
): HtmlColumn<Named> {
  const column = {
    head,
    kind: 'number',
    cell: ([, p]: Named) => text(p),
    sort: ([, p]: Named) => sort(p),
  } as const;
  return title === '' ? column : { ...column, title };
}

function pnl(head: string, amount: (performance: Performance) => string, title: string): HtmlColumn<Named> {
  return {
    head,
    title,
    kind: 'pnl',
    cell: ([, p]) => pnlText(amount(p)),
    sort: ([, p]) => Number(amount(p)),
  };
}

function signedPercent(fraction: number | null): string {
  const text = percentText(fraction);
  return fraction !== null && fraction > 0 ? `+${text}` : text;
}
