import type { Statistics } from '@bowline/contracts';
import { cashToNumber, compareCodePoints, formatCash, type Cash } from '@bowline/domain';
import type { TradeOutcome } from '@bowline/store-duckdb';

/** Figures of closed trades that need no list of them: what a trade adds is folded in, and it may be forgotten. */
export class Tally {
  private trades = 0;
  private longTrades = 0;
  private wins = 0;
  private losses = 0;
  private readonly reasons = new Map<string, number>();
  private realizedPnl: Cash = 0n;
  private fees: Cash = 0n;
  private funding: Cash = 0n;
  private grossProfit: Cash = 0n;
  private grossLoss: Cash = 0n;
  /** Of realizedPnl, exact: a difference of large floats would be noise. */
  private squares = 0n;
  private largestWin: Cash | null = null;
  private largestLoss: Cash | null = null;
  private winsInARow = 0;
  private lossesInARow = 0;
  private maxWinsInARow = 0;
  private maxLossesInARow = 0;
  private durationMs = 0;

  /** Trades come in the order in which they were closed. */
  add(trade: TradeOutcome): void {
    const pnl = trade.realizedPnl;
    this.trades += 1;
    if (trade.side === 'LONG') this.longTrades += 1;
    this.reasons.set(trade.closeReason, (this.reasons.get(trade.closeReason) ?? 0) + 1);
    this.realizedPnl += pnl;
    this.squares += pnl * pnl;
    this.fees += trade.fees;
    this.funding += trade.funding;
    this.durationMs += trade.exitTime - trade.entryTime;
    if (pnl > 0n) {
      this.wins += 1;
      this.grossProfit += pnl;
      if (this.largestWin === null || pnl > this.largestWin) this.largestWin = pnl;
    } else if (pnl < 0n) {
      this.losses += 1;
      this.grossLoss += pnl;
      if (this.largestLoss === null || pnl < this.largestLoss) this.largestLoss = pnl;
    }
    this.winsInARow = pnl > 0n ? this.winsInARow + 1 : 0;
    this.lossesInARow = pnl < 0n ? this.lossesInARow + 1 : 0;
    this.maxWinsInARow = Math.max(this.maxWinsInARow, this.winsInARow);
    this.maxLossesInARow = Math.max(this.maxLossesInARow, this.lossesInARow);
  }

  /** The figures, by the definitions of the `bowline` convention. */
  figures(open: OpenFigures): Statistics {
    const { losses, trades, wins } = this;
    const takeProfits = this.reasons.get('take_profit') ?? 0;
    const stopLosses = this.reasons.get('stop_loss') ?? 0;
    const averageWin = over(cashToNumber(this.grossProfit), wins);
    const averageLoss = over(cashToNumber(this.grossLoss), losses);
    const expectancy = over(cashToNumber(this.realizedPnl), trades);
    return {
      trades,
      longTrades: this.longTrades,
      shortTrades: trades - this.longTrades,
      wins,
      losses,
      winRate: over(wins, trades),
      lossRate: over(losses, trades),
      takeProfits,
      stopLosses,
      takeProfitHitRate: over(takeProfits, takeProfits + stopLosses),
      closeReasons: sortedCounts(this.reasons),
      realizedPnl: formatCash(this.realizedPnl),
      fees: formatCash(this.fees),
      funding: formatCash(this.funding),
      netPnl: formatCash(this.realizedPnl - this.fees + this.funding),
      grossProfit: formatCash(this.grossProfit),
      grossLoss: formatCash(this.grossLoss),
      averageWin,
      averageLoss,
      payoffRatio: averageWin === null || averageLoss === null ? null : averageWin / -averageLoss,
      profitFactor: losses === 0 ? null : cashToNumber(this.grossProfit) / -cashToNumber(this.grossLoss),
      expectancy,
      expectancyRatio: expectancy === null || averageLoss === null ? null : expectancy / -averageLoss,
      sqn: this.sqn(),
      largestWin: this.largestWin === null ? null : formatCash(this.largestWin),
      largestLoss: this.largestLoss === null ? null : formatCash(this.largestLoss),
      maxConsecutiveWins: this.maxWinsInARow,
      maxConsecutiveLosses: this.maxLossesInARow,
      averageDurationSeconds: over(this.durationMs / 1000, trades),
      ...open,
    };
  }

  /** sqrt(n) x mean / sample deviation, with the sums put in and shortened. Null where all trades are alike. */
  private sqn(): number | null {
    const spread = BigInt(this.trades) * this.squares - this.realizedPnl * this.realizedPnl;
    if (spread === 0n) return null;
    return (Number(this.realizedPnl) * Math.sqrt(this.trades - 1)) / Math.sqrt(Number(spread));
  }
}

/** Of the positions that are open. */
export type OpenFigures = Pick<Statistics, 'openPositions' | 'unrealizedPnl' | 'openPnl'>;

export function sortedCounts(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([a], [b]) => compareCodePoints(a, b)));
}

function over(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
