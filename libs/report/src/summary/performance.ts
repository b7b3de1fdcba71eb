import {
  cashToNumber,
  formatCash,
  meanEquity,
  performanceFigures,
  timeInMarket,
  tradeTotals,
  turnover,
  type Cash,
  type CloseReason,
  type Convention,
  type DaysPerYear,
  type Drawdown,
  type Interval,
  type TimeMs,
} from '@bowline/domain';
import type { Performance } from '@bowline/contracts';
import { timeText } from '../csv/time-text.js';
import type { GroupCurve } from './curves.js';
import type { Cell, Group } from './group.js';

export interface PerformanceContext {
  readonly convention: Convention;
  readonly daysPerYear: DaysPerYear;
  readonly span: Interval;
}

/** The figures of one group of trades, on its own curve. */
export function performanceOf(
  group: Group,
  curve: GroupCurve | null,
  context: PerformanceContext,
): Performance {
  const { cells, trades } = group;
  const totals = tradeTotals(trades);
  const figures = performanceFigures(
    {
      trades,
      equity: curve?.series ?? null,
      daysPerYear: context.daysPerYear,
      ...(curve === null ? {} : { maxDrawdownFraction: curve.drawdown.fraction }),
    },
    context.convention,
  );
  const closedBy = (...reasons: readonly CloseReason[]): number =>
    reasons.reduce((sum, reason) => sum + (totals.closeReasons[reason] ?? 0), 0);
  const openPnl = sumOf(cells, (cell) => cell.openPnl);
  const tradedValue = sumOf(cells, (cell) => cell.tradedValue);
  const sent = cells.reduce((sum, cell) => sum + cell.directOrders, 0);
  const filled = cells.reduce((sum, cell) => sum + cell.directOrdersFilled, 0);
  return {
    trades: totals.trades,
    longTrades: trades.filter((trade) => trade.side === 'LONG').length,
    shortTrades: trades.filter((trade) => trade.side === 'SHORT').length,
    wins: totals.wins,
    losses: totals.losses,
    takeProfits: closedBy('take_profit'),
    stopLosses: closedBy('stop_loss'),
    signalExits: closedBy('signal'),
    reversals: closedBy('reversal'),
    timeExits: closedBy('time_exit'),
    otherExits: closedBy('manual', 'halt', 'liquidation'),
    realizedPnl: formatCash(totals.realizedPnl),
    fees: formatCash(totals.fees),
    funding: formatCash(totals.funding),
    netPnl: formatCash(totals.netPnl),
    openPnl: formatCash(openPnl),
    totalPnl: formatCash(totals.netPnl + openPnl),
    totalFees: formatCash(sumOf(cells, (cell) => cell.totalFees)),
    winRate: figures.winRate,
    lossRate: figures.lossRate,
    profitFactor: figures.profitFactor,
    expectancy: figures.expectancy,
    netExpectancy: totals.trades === 0 ? null : cashToNumber(totals.netPnl) / totals.trades,
    expectancyRatio: figures.expectancyRatio,
    payoffRatio: figures.payoffRatio,
    sqn: figures.sqn,
    averageWin: figures.averageWin,
    averageLoss: figures.averageLoss,
    largestWin: totals.largestWin === null ? null : cashToNumber(totals.largestWin),
    largestLoss: totals.largestLoss === null ? null : cashToNumber(totals.largestLoss),
    maxConsecutiveWins: totals.maxConsecutiveWins,
    maxConsecutiveLosses: totals.maxConsecutiveLosses,
    averageDurationSeconds: seconds(totals.averageDurationMs),
    medianDurationSeconds: seconds(totals.medianDurationMs),
    longestDurationSeconds: seconds(totals.longestDurationMs),
    averageWinDurationSeconds: seconds(totals.averageWinDurationMs),
    averageLossDurationSeconds: seconds(totals.averageLossDurationMs),
    takeProfitRate: totals.takeProfitRate,
    stopLossRate: totals.stopLossRate,
    exposure: timeInMarket(
      cells.flatMap((cell) => cell.open),
      context.span,
    ),
    tradedValue: formatCash(tradedValue),
    turnover: curve === null ? null : turnover(cashToNumber(tradedValue), meanEquity(curve.series)),
    orders: cells.reduce((sum, cell) => sum + cell.orders, 0),
    orderSuccessRate: sent === 0 ? null : filled / sent,
    startingEquity: formatCash(curve?.startingEquity ?? 0n),
    equityBasis: curve?.basis ?? 'realized',
    totalReturn: figures.totalReturn,
    maxDrawdown: curve?.drawdown.amount ?? null,
    maxDrawdownPct: percent(curve?.drawdown.fraction ?? null),
    ...drawdownTimes(curve?.drawdown ?? null),
    cagr: figures.cagr,
    volatility: figures.volatility,
    sharpe: figures.sharpe,
    sortino: figures.sortino,
    calmar: figures.calmar,
    valueAtRisk95: figures.valueAtRisk95,
    valueAtRisk99: figures.valueAtRisk99,
    probabilisticSharpe: figures.probabilisticSharpe,
  };
}

type DrawdownTimes = Pick<
  Performance,
  | 'drawdownStart'
  | 'drawdownEnd'
  | 'drawdownRecovered'
  | 'drawdownDurationSeconds'
  | 'drawdownRecoverySeconds'
  | 'longestDrawdownSeconds'
>;

function drawdownTimes(drawdown: Drawdown | null): DrawdownTimes {
  return {
    drawdownStart: instant(drawdown?.peakTime ?? null),
    drawdownEnd: instant(drawdown?.troughTime ?? null),
    drawdownRecovered: instant(drawdown?.recoveryTime ?? null),
    drawdownDurationSeconds: seconds(drawdown?.durationMs ?? null),
    drawdownRecoverySeconds: seconds(drawdown?.recoveryMs ?? null),
    longestDrawdownSeconds: seconds(drawdown?.longestMs ?? null),
  };
}

function sumOf(cells: readonly Cell[], amount: (cell: Cell) => Cash): Cash {
  return cells.reduce((sum, cell) => sum + amount(cell), 0n);
}

function instant(time: TimeMs | null): string | null {
  return time === null ? null : timeText(time);
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}

function percent(fraction: number | null): number | null {
  return fraction === null ? null : fraction * 100;
}
