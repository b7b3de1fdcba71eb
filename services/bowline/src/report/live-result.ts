import { strategyTags } from '@bowline/contracts';
import { cash } from '@bowline/domain';
import type { HistoricalResult } from '@bowline/ports';
import type { ReportMeta } from '@bowline/report';
import { cutBars } from './live-bars.js';
import type { LiveContent, ReportSelection } from './live-content.js';
import { liveEquity } from './live-equity.js';
import { exchangePositions, openPositions } from './live-positions.js';
import { ignoredSignals, liveRecords } from './live-records.js';
import { livesOf } from './lives.js';

/** What a desk did, in the shape in which a backtest leaves it behind. */
export function liveResult(
  content: LiveContent,
  { from, to }: ReportSelection,
  every: 'daily' | 'bar',
): HistoricalResult {
  const lives = livesOf(content);
  const cut = content.channels.map(({ bars }) => cutBars(bars, from, to));
  const isWithin = (time: number): boolean => (from === null || time >= from) && (to === null || time < to);
  const open = openPositions(content, lives, cut, to);
  const sum = (count: (row: LiveContent['channels'][number]['row']) => number): number =>
    content.channels.reduce((total, { row }) => total + count(row), 0);
  return {
    channels: content.channels.map(({ clientId, exchange, instrument, symbol }, place) => ({
      clientId,
      exchange,
      symbol,
      instrument,
      bars: cut[place].bars,
    })),
    ...liveRecords(content, lives, isWithin),
    openPositions: open,
    exchangePositions: exchangePositions(content, lives, open, to),
    equity: liveEquity(content, lives, { cut, from, to, every }),
    invariants: {
      checked: sum(({ comparisons }) => comparisons),
      violated: sum(({ differences }) => differences),
    },
    ignoredSignals: ignoredSignals(content, isWithin),
  };
}

export function liveMeta({ accounts, denials, orders, positions }: LiveContent): ReportMeta {
  const ids = [...positions, ...orders, ...denials].map(({ strategyId }) => strategyId);
  // A desk gives tags by its configuration, in which there may be others: its orders show what it gave.
  const tags = strategyTags(ids);
  for (const { clientOrderId, strategyId } of orders)
    tags.set(strategyId, clientOrderId.slice(0, TAG_LENGTH));
  return {
    mode: 'live',
    elapsedMs: 0,
    strategyTags: tags,
    accounts: accounts.flatMap(({ clientId, exchange, startingBalance }) =>
      startingBalance === null ? [] : [{ clientId, exchange, accountBalance: cash(startingBalance) }],
    ),
  };
}

const TAG_LENGTH = 6;
