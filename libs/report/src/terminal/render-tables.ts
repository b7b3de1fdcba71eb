import type { BacktestSummary, Performance } from '@bowline/contracts';
import {
  durationText,
  headingText,
  minuteText,
  moneyText,
  NONE,
  numberText,
  pctText,
  percentText,
  pnlText,
} from '../format.js';
import { bad, bold, dim, good, plainTable, type Column } from './plain-table.js';

export interface RenderOptions {
  /** Whether the output is a terminal that shows colors. */
  readonly color: boolean;
  /** Where the files lie; named at the end. */
  readonly outDir?: string;
}

/** Long lists end after this many rows: the files have them whole. */
const MAX_ROWS = 30;

/** A result as tables for the terminal: at most 118 columns wide, numbers aligned, colors only where asked for. */
export function renderTables(summary: BacktestSummary, options: RenderOptions): string {
  const paint = options.color ? { bad, bold, dim, good } : NO_COLORS;
  const sections = [
    headline(summary, paint),
    performanceTable('Client', 'client', summary.byClient, summary.overall, paint),
    performanceTable('Strategy', 'strategy', summary.byStrategy, null, paint),
    exchangePositions(summary, paint),
    openPositions(summary, paint),
    reasons(summary, paint),
    warnings(summary, paint),
    files(summary, options, paint),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

type Paint = typeof NO_COLORS;

const NO_COLORS = {
  bad: (text: string): string => text,
  bold: (text: string): string => text,
  dim: (text: string): string => text,
  good: (text: string): string => text,
};

function headline(
  { bars, barsPerSecond, elapsedMs, from, mode, to, ...summary }: BacktestSummary,
  paint: Paint,
): string {
  const { overall, invariants } = summary;
  const speed = ` in ${(elapsedMs / 1000).toFixed(2)} s, ${numberText(barsPerSecond, 0)} bars/s`;
  const lines = [
    paint.bold(`${headingText(mode)} ${minuteText(from)} to ${minuteText(to)} UTC`) +
      paint.dim(`  ${numberText(bars, 0)} bars${mode === 'live' ? '' : speed}`),
    [
      `net ${signed(overall.netPnl, paint)}`,
      `open ${signed(overall.openPnl, paint)}`,
      `return ${percentText(overall.totalReturn)}`,
      `max drawdown ${pctText(overall.maxDrawdownPct)}`,
      `Sharpe ${numberText(overall.sharpe, 2)}`,
    ].join(paint.dim(' · ')),
    `${numberText(summary.trades, 0)} trades of ${durationText(overall.averageDurationSeconds)} on average, ${numberText(
      summary.orders,
      0,
    )} orders, ${numberText(summary.fills, 0)} fills`,
    `Invariants: ${numberText(invariants.checked, 0)} checks, ${
      invariants.violated === 0 ? paint.good('0 violated') : paint.bad(`${invariants.violated} violated`)
    }`,
  ];
  if (summary.convention !== 'bowline') lines.push(`Figures by the definitions of ${summary.convention}`);
  return lines.join('\n');
}

function performanceTable(
  head: string,
  noun: string,
  byName: Readonly<Record<string, Performance>>,
  total: Performance | null,
  paint: Paint,
): string {
  const columns: Column[] = [
    { head, align: 'left', max: 18 },
    { head: 'Trades', align: 'right' },
    { head: 'Win', align: 'right' },
    { head: 'TP', align: 'right' },
    { head: 'SL', align: 'right' },
    { head: 'Realized', align: 'right' },
    { head: 'Fees', align: 'right' },
    { head: 'Net P&L', align: 'right' },
    { head: 'Open P&L', align: 'right' },
    { head: 'Return', align: 'right' },
    { head: 'Max DD', align: 'right' },
    { head: 'Sharpe', align: 'right' },
  ];
  const row = (name: string, figures: Performance): string[] => [
    name,
    numberText(figures.trades, 0),
    percentText(figures.winRate, 1),
    String(figures.takeProfits),
    String(figures.stopLosses),
    pnlText(figures.realizedPnl),
    moneyText(figures.fees),
    signed(figures.netPnl, paint),
    signed(figures.openPnl, paint),
    percentText(figures.totalReturn),
    pctText(figures.maxDrawdownPct),
    numberText(figures.sharpe, 2),
  ];
  const entries = Object.entries(byName);
  const rows = entries.slice(0, MAX_ROWS).map(([name, figures]) => row(name, figures));
  if (total !== null && entries.length > 1) rows.push(row('all', total).map((cell) => paint.bold(cell)));
  return titled(`Per ${noun}`, plainTable(columns, rows, paint.dim), entries.length, paint);
}

function exchangePositions({ exchangePositions: positions }: BacktestSummary, paint: Paint): string {
  if (positions.length === 0) return `${paint.bold('Exchange positions')}  all flat at the end`;
  const columns: Column[] = [
    { head: 'Account', align: 'left', max: 30 },
    { head: 'Position', align: 'left', max: 24 },
    { head: 'Exchange', align: 'right' },
    { head: 'Sum of shares', align: 'right' },
    { head: '', align: 'left' },
    { head: 'Entry price', align: 'right' },
  ];
  const rows = positions.slice(0, MAX_ROWS).map((position) => {
    const net = position.side === 'SHORT' ? `-${position.quantity}` : position.quantity;
    const agrees = net === position.sumOfShares;
    return [
      `${position.clientId}.${position.exchange}`,
      position.key,
      net,
      position.sumOfShares,
      agrees ? paint.good('equal') : paint.bad('DIFFERENT'),
      moneyText(position.entryPrice),
    ];
  });
  const table = plainTable(columns, rows, paint.dim);
  return titled(
    "The exchange's netted positions beside the sum of the strategies' shares",
    table,
    positions.length,
    paint,
  );
}

function openPositions({ openPositions: positions }: BacktestSummary, paint: Paint): string {
  if (positions.length === 0) return '';
  const columns: Column[] = [
    { head: 'Account', align: 'left', max: 24 },
    { head: 'Strategy', align: 'left', max: 16 },
    { head: 'Symbol', align: 'left', max: 12 },
    { head: 'Side', align: 'left' },
    { head: 'Quantity', align: 'right' },
    { head: 'Entry', align: 'right' },
    { head: 'Mark', align: 'right' },
    { head: 'Unrealized', align: 'right' },
  ];
  const rows = positions
    .slice(0, MAX_ROWS)
    .map((position) => [
      `${position.clientId}.${position.exchange}`,
      position.strategyId,
      position.symbol,
      position.side,
      position.openQty,
      moneyText(position.entryPrice),
      moneyText(position.markPrice),
      signed(position.unrealizedPnl, paint),
    ]);
  return titled(
    'Open at the end, at the last close',
    plainTable(columns, rows, paint.dim),
    positions.length,
    paint,
  );
}

function reasons({ denials, ignoredSignals }: BacktestSummary, paint: Paint): string {
  const table = (title: string, head: string, counts: Readonly<Record<string, number>>): string => {
    const entries = Object.entries(counts);
    if (entries.length === 0) return '';
    const columns: Column[] = [
      { head, align: 'left', max: 40 },
      { head: 'Signals', align: 'right' },
    ];
    const rows = entries.map(([name, count]) => [name, numberText(count, 0)]);
    return titled(title, plainTable(columns, rows, paint.dim), entries.length, paint);
  };
  return [table('Denied', 'Code', denials), table('Ignored', 'Reason', ignoredSignals)]
    .filter((each) => each !== '')
    .join('\n\n');
}

function warnings({ warnings: sentences }: BacktestSummary, paint: Paint): string {
  if (sentences.length === 0) return '';
  return [paint.bold('Worth knowing'), ...sentences.map((sentence) => `  ${sentence}`)].join('\n');
}

function files({ files: names }: BacktestSummary, { outDir }: RenderOptions, paint: Paint): string {
  if (names.length === 0) return '';
  const where = outDir === undefined ? '' : ` in ${outDir}`;
  return `${paint.bold(`Files${where}`)}\n  ${names.join('  ')}`;
}

function titled(title: string, table: string, rows: number, paint: Paint): string {
  const more =
    rows > MAX_ROWS ? `\n${paint.dim(`${NONE} and ${rows - MAX_ROWS} more, in summary.json`)}` : '';
  return `${paint.bold(title)}\n${table}${more}`;
}

function signed(amount: string, paint: Paint): string {
  const text = pnlText(amount);
  return text.startsWith('+') ? paint.good(text) : text.startsWith('-') ? paint.bad(text) : text;
}
