import { type Cash, type PositionSide, type TimeMs } from '../primitives/index.js';
import type { CloseReason } from '../signal/index.js';
import { mean, median, ratio } from './moments.js';

/** A closed strategy position, as statistics see it. Lists of them are in the order of their exits. */
export interface TradeFacts {
  readonly side: PositionSide;
  readonly entryTime: TimeMs;
  readonly exitTime: TimeMs;
  /** Entry price x quantity. */
  readonly entryValue: Cash;
  readonly exitValue: Cash;
  readonly closeReason: CloseReason;
  /** Before fees and funding. */
  readonly realizedPnl: Cash;
  readonly fees: Cash;
  readonly funding: Cash;
  /** realizedPnl - fees + funding. */
  readonly netPnl: Cash;
}

/** What can be counted and summed exactly, the same in every convention. A trade of zero P&L is neither win nor loss. */
export interface TradeTotals {
  readonly trades: number;
  readonly wins: number;
  readonly losses: number;
  readonly realizedPnl: Cash;
  readonly fees: Cash;
  readonly funding: Cash;
  readonly netPnl: Cash;
  /** Sum of the winning trades' realizedPnl. */
  readonly grossProfit: Cash;
  /** Sum of the losing trades' realizedPnl: 0 or below. */
  readonly grossLoss: Cash;
  /** Largest realizedPnl above 0; null without a win. */
  readonly largestWin: Cash | null;
  /** Lowest realizedPnl below 0; null without a loss. */
  readonly largestLoss: Cash | null;
  readonly maxConsecutiveWins: number;
  readonly maxConsecutiveLosses: number;
  readonly closeReasons: Readonly<Partial<Record<CloseReason, number>>>;
  /** Share of the trades that their take profit closed, and their stop loss; null without trades. */
  readonly takeProfitRate: number | null;
  readonly stopLossRate: number | null;
  readonly averageDurationMs: number | null;
  readonly medianDurationMs: number | null;
  readonly longestDurationMs: number | null;
  readonly averageWinDurationMs: number | null;
  readonly averageLossDurationMs: number | null;
}

/** Counts and sums `trades`. Everything but the streaks is the same in any order of trades. */
export function tradeTotals(trades: readonly TradeFacts[]): TradeTotals {
  const sums = { realizedPnl: 0n, fees: 0n, funding: 0n, netPnl: 0n, grossProfit: 0n, grossLoss: 0n };
  const reasons = new Map<CloseReason, number>();
  const durations = new Float64Array(trades.length);
  const won = { trades: 0, ms: 0 };
  const lost = { trades: 0, ms: 0 };
  let largestWin: Cash | null = null;
  let largestLoss: Cash | null = null;
  for (let i = 0; i < trades.length; i += 1) {
    const trade = trades[i];
    const pnl = trade.realizedPnl;
    durations[i] = trade.exitTime - trade.entryTime;
    sums.fees += trade.fees;
    sums.funding += trade.funding;
    sums.netPnl += trade.netPnl;
    reasons.set(trade.closeReason, (reasons.get(trade.closeReason) ?? 0) + 1);
    if (pnl > 0n) {
      sums.grossProfit += pnl;
      won.trades += 1;
      won.ms += durations[i];
      if (largestWin === null || pnl > largestWin) largestWin = pnl;
    } else if (pnl < 0n) {
      sums.grossLoss += pnl;
      lost.trades += 1;
      lost.ms += durations[i];
      if (largestLoss === null || pnl < largestLoss) largestLoss = pnl;
    }
  }
  sums.realizedPnl = sums.grossProfit + sums.grossLoss;
  return {
    trades: trades.length,
    wins: won.trades,
    losses: lost.trades,
    ...sums,
    largestWin,
    largestLoss,
    ...longestStreaks(trades),
    closeReasons: Object.fromEntries(reasons) as Partial<Record<CloseReason, number>>,
    takeProfitRate: share(reasons.get('take_profit'), trades.length),
    stopLossRate: share(reasons.get('stop_loss'), trades.length),
    averageDurationMs: mean(durations),
    medianDurationMs: median(durations),
    longestDurationMs: durations.reduce<number | null>((most, each) => Math.max(most ?? each, each), null),
    averageWinDurationMs: ratio(won.ms, won.trades),
    averageLossDurationMs: ratio(lost.ms, lost.trades),
  };
}

/** Most wins, and most losses, in a row. A trade of zero P&L ends both. */
export function longestStreaks(trades: readonly Pick<TradeFacts, 'realizedPnl'>[]): {
  maxConsecutiveWins: number;
  maxConsecutiveLosses: number;
} {
  let wins = 0;
  let losses = 0;
  let maxConsecutiveWins = 0;
  let maxConsecutiveLosses = 0;
  for (const { realizedPnl } of trades) {
    wins = realizedPnl > 0n ? wins + 1 : 0;
    losses = realizedPnl < 0n ? losses + 1 : 0;
    if (wins > maxConsecutiveWins) maxConsecutiveWins = wins;
    if (losses > maxConsecutiveLosses) maxConsecutiveLosses = losses;
  }
  return { maxConsecutiveWins, maxConsecutiveLosses };
}

function share(count: number | undefined, of: number): number | null {
  return of === 0 ? null : (count ?? 0) / of;
}
