import { z } from 'zod';

/** Schema of what `bowline backtest --json` prints and of `summary.json`. */

const count = (description: string) => z.int().nonnegative().meta({ description });
const amount = (description: string) =>
  z
    .string()
    .regex(/^-?\d+(\.\d+)?$/)
    .meta({ description: `${description} An exact decimal, as text.` });
const figure = (description: string) =>
  z
    .number()
    .nullable()
    .meta({ description: `${description} Null where it is undefined.` });
const name = (description: string) => z.string().min(1).meta({ description });
const time = (description: string) =>
  z.iso.datetime({ precision: 3 }).meta({ description: `${description} ISO 8601, UTC.` });
const counts = (description: string) => z.record(z.string(), z.int().positive()).meta({ description });

/**
 * The figures of a set of closed trades, and of the equity curve that belongs to it. Descriptions give the formulas of
 * the `bowline` convention; `convention` in the summary says whose were used.
 */
export const performanceSchema = z
  .strictObject({
    trades: count('Closed strategy positions.'),
    longTrades: count('Of these, LONG.'),
    shortTrades: count('Of these, SHORT.'),
    wins: count('Trades with realizedPnl above 0.'),
    losses: count('Trades with realizedPnl below 0. A trade at exactly 0 is neither a win nor a loss.'),
    takeProfits: count('Trades closed by their take-profit leg.'),
    stopLosses: count('Trades closed by their stop-loss leg, trailing and break-even stops included.'),
    signalExits: count('Trades closed by a signal of 0.'),
    reversals: count('Trades closed by a signal of the opposite side.'),
    timeExits: count('Trades closed because timeExitMinutes had passed.'),
    otherExits: count('Trades closed by hand, by a halt, or by a liquidation.'),
    realizedPnl: amount('Sum of (exit - own entry) x quantity, before fees and funding, quote currency.'),
    fees: amount('Fees paid; below 0 where rebates prevail.'),
    funding: amount('Funding received (above 0) or paid (below 0).'),
    netPnl: amount('realizedPnl - fees + funding.'),
    openPnl: amount(
      'What open positions are worth at the last close: realized + unrealized - fees + funding.',
    ),
    totalPnl: amount('netPnl + openPnl: what equity has changed by.'),
    totalFees: amount('Fees of all fills, those of positions still open included.'),
    winRate: figure('wins / trades, a fraction from 0 to 1.'),
    lossRate: figure('losses / trades, a fraction from 0 to 1.'),
    averageWin: figure('Mean realizedPnl of the wins.'),
    averageLoss: figure('Mean realizedPnl of the losses, below 0.'),
    payoffRatio: figure('averageWin / |averageLoss|.'),
    profitFactor: figure('Sum of the wins / |sum of the losses|.'),
    expectancy: figure('Mean realizedPnl of a trade, quote currency.'),
    netExpectancy: figure('Mean netPnl of a trade, quote currency.'),
    expectancyRatio: figure('expectancy / |averageLoss|.'),
    largestWin: figure('Largest realizedPnl above 0.'),
    largestLoss: figure('Lowest realizedPnl below 0.'),
    maxConsecutiveWins: count('Most wins in a row, by exit time.'),
    maxConsecutiveLosses: count('Most losses in a row, by exit time.'),
    takeProfitRate: figure('takeProfits / trades, a fraction.'),
    stopLossRate: figure('stopLosses / trades, a fraction.'),
    averageDurationSeconds: figure('Mean time from the first fill to flat.'),
    medianDurationSeconds: figure('The middle one of these times.'),
    longestDurationSeconds: figure('The longest of these times.'),
    averageWinDurationSeconds: figure('Mean of these times over the wins.'),
    averageLossDurationSeconds: figure('Mean of these times over the losses.'),
    exposure: figure('Share of the time with an open position, a fraction.'),
    tradedValue: amount('Value of all fills, bought and sold.'),
    turnover: figure('tradedValue over mean equity.'),
    orders: count('Orders sent.'),
    orderSuccessRate: figure(
      'Entry and exit orders that filled whole, of all that were sent, a fraction. One leg of a pair is always canceled, so that legs do not count.',
    ),
    sqn: figure('System quality number.'),
    startingEquity: amount('The capital that returns are measured on.'),
    equityBasis: z.enum(['bar', 'sample', 'realized']).meta({
      description:
        'What the drawdown was measured on: `bar` equity at every bar; `sample` equity at the times of equity.csv, where curves of several clients are added up; `realized` netPnl of closed trades by day, where there is no curve.',
    }),
    totalReturn: figure('Final over starting equity - 1, a fraction.'),
    cagr: figure('Compound annual growth rate of equity, a fraction.'),
    volatility: figure('Annualized standard deviation of daily returns, a fraction.'),
    sharpe: figure('Sharpe ratio of daily returns, annualized.'),
    sortino: figure('Sortino ratio of daily returns, annualized.'),
    calmar: figure('cagr over the largest drawdown as a fraction.'),
    maxDrawdown: figure('Largest fall of equity from a peak, quote currency.'),
    maxDrawdownPct: figure('Largest fall of equity from a peak, in percent of that peak.'),
    drawdownStart: time('The peak before the largest fall, at the times of equity.csv.').nullable(),
    drawdownEnd: time('The trough of that fall.').nullable(),
    drawdownRecovered: time('When equity was back at that peak; null where it never was.').nullable(),
    drawdownDurationSeconds: figure('From the peak to the recovery, or to the end.'),
    drawdownRecoverySeconds: figure('From the trough to the recovery.'),
    longestDrawdownSeconds: figure('The longest time below any peak.'),
    valueAtRisk95: figure('Daily return that is undercut on one day in twenty; below 0 is a loss.'),
    valueAtRisk99: figure('Daily return that is undercut on one day in a hundred.'),
    probabilisticSharpe: figure('Probability that the true Sharpe ratio is above 1; convention `lean` only.'),
  })
  .meta({ id: 'Performance', description: 'Figures of one strategy, one client, or another set of trades.' });

const exchangePosition = z
  .strictObject({
    clientId: name('Whose account.'),
    exchange: name('Where.'),
    symbol: name('Symbol as configured.'),
    key: name('Symbol and side, `BTCUSDT_LONG`.'),
    side: z.enum(['LONG', 'SHORT']),
    quantity: amount('Size in base units, above 0.'),
    entryPrice: amount("Average entry price by the exchange's own netting."),
    sumOfShares: amount('Signed sum of what the strategies own; equals the signed quantity.'),
  })
  .meta({
    id: 'ExchangePosition',
    description: 'What the exchange reports for one account and symbol at the end.',
  });

const openPosition = z
  .strictObject({
    clientId: name('Whose position.'),
    exchange: name('Where.'),
    symbol: name('Symbol as configured.'),
    strategyId: name('Which strategy owns it.'),
    strategyPositionId: name('Unique within the run.'),
    side: z.enum(['LONG', 'SHORT']),
    openQty: amount('What is still open, base units.'),
    entryPrice: amount('Average of the own entries.'),
    entryTime: time('First fill.'),
    takeProfitPrice: amount('Trigger of the take-profit leg.').nullable(),
    stopLossPrice: amount('Trigger of the stop-loss leg.').nullable(),
    markPrice: amount('Last close.'),
    unrealizedPnl: amount('(mark - own entry) x quantity.'),
    realizedPnl: amount('Of parts that are already closed.'),
    fees: amount('Paid so far.'),
    funding: amount('Received or paid so far.'),
  })
  .meta({
    id: 'OpenPosition',
    description: 'A strategy position that is open at the end, marked at the last close.',
  });

const byName = (description: string) => z.record(z.string(), performanceSchema).meta({ description });

export const backtestSummarySchema = z
  .strictObject({
    mode: z.enum(['historical', 'simulation', 'live']).meta({
      description:
        '`historical`: of a backtest. `simulation`: of a replay through the roles. `live`: of what a desk did, from its store.',
    }),
    bars: count('Bars, summed over channels.'),
    elapsedMs: z
      .number()
      .nonnegative()
      .meta({ description: 'Wall-clock time of the run; 0 for `live`. Differs from run to run.' }),
    barsPerSecond: z
      .number()
      .nonnegative()
      .meta({ description: 'bars over the elapsed time; 0 for `live`. Differs from run to run.' }),
    convention: z
      .enum(['bowline', 'nautilus', 'lean', 'freqtrade'])
      .meta({ description: 'Whose formulas the figures follow.' }),
    from: time('Open of the first bar.').nullable(),
    to: time('Close of the last bar.').nullable(),
    trades: count('Closed strategy positions.'),
    orders: count('Orders sent.'),
    fills: count('Fills received.'),
    overall: performanceSchema.meta({ description: 'Over everything.' }),
    bySide: byName('By side, LONG and SHORT, over everything.'),
    byStrategy: z
      .record(z.string(), performanceSchema)
      .meta({ description: 'By strategy id, over all clients, in code-point order.' }),
    byClient: z
      .record(z.string(), performanceSchema)
      .meta({ description: 'By client id, over all strategies, in code-point order.' }),
    byAccount: byName('By client and exchange, `ikenna.binance-usdm`, in code-point order.'),
    byExchange: byName('By exchange, over all clients, in code-point order.'),
    bySymbol: byName('By symbol, over all clients and exchanges, in code-point order.'),
    exchangePositions: z.array(exchangePosition),
    openPositions: z.array(openPosition),
    invariants: z
      .strictObject({
        checked: count('Checks made.'),
        violated: count('Checks that failed; anything above 0 is a bug.'),
      })
      .meta({ description: 'The books were compared with the exchange after every step.' }),
    denials: counts('Signals that would have become an order and did not, by denial code.'),
    ignoredSignals: counts('Signals that led nowhere, by reason.'),
    warnings: z
      .array(z.string())
      .meta({ description: 'What is worth knowing about the input, one sentence each.' }),
    files: z
      .array(z.string())
      .meta({ description: 'Names of the files written into the directory of --out; empty without it.' }),
  })
  .meta({
    title: 'Bowline backtest summary',
    description:
      'What `bowline backtest --json`, `bowline simulate --json` and `bowline report --json` print.',
  });

/** Figures of one strategy or one client. */
export type Performance = z.output<typeof performanceSchema>;

/** What `bowline backtest --json` prints, and what `summary.json` holds. */
export type BacktestSummary = z.output<typeof backtestSummarySchema>;

/** The same as a JSON schema (draft 2020-12), for those who read the file with other programs. */
export function summaryJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(backtestSummarySchema) as Record<string, unknown>;
}
