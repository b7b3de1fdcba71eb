import {
  CASH_ONE,
  cash,
  cashValue,
  compareCodePoints,
  tickLots,
  type Cash,
  type TimeMs,
} from '@bowline/domain';
import { closeLine, CurveMaker, EquitySteps, type Holding } from '@bowline/engine';
import type { EquityCurve, TickBars } from '@bowline/ports';
import { rowAt } from './live-bars.js';
import type { LiveContent } from './live-content.js';
import type { Life, LifeEvent } from './lives.js';

/** The channel's bars of the time that the report is about, and what a lot was worth just before. */
export interface CutChannel {
  readonly bars: TickBars;
  readonly closeBefore: number | null;
}

export interface EquityTerms {
  readonly cut: readonly CutChannel[];
  readonly from: TimeMs | null;
  readonly to: TimeMs | null;
  readonly every: 'daily' | 'bar';
}

/**
 * Equity of each client and of each of its strategies, as a backtest makes it: exact at the sampled times, the drawdown
 * over every bar. A client begins with its balances and what it had made before, a strategy at 0.
 */
export function liveEquity(content: LiveContent, lives: readonly Life[], terms: EquityTerms): EquityCurve[] {
  const clients = [...new Set(content.channels.map(({ clientId }) => clientId))].sort(compareCodePoints);
  return clients.flatMap((clientId) => {
    const places = [...content.channels.keys()].filter(
      (place) => content.channels[place].clientId === clientId,
    );
    const maker = new CurveMaker(closeLine(places.map((place) => terms.cut[place].bars)), terms.every);
    const own = lives.filter(({ channel }) => places.includes(channel));
    const parts = places.map((place) =>
      holdingOf(
        content,
        lives.filter(({ channel }) => channel === place),
        place,
        terms,
      ),
    );
    const before = parts.reduce((sum, part) => sum + part.before, 0n);
    const strategies = [...new Set(own.map(({ row }) => row.strategyId))].sort(compareCodePoints);
    return [
      maker.curve(
        { clientId, strategyId: null },
        parts.map(({ holding }) => holding),
        startingBalance(content, clientId) + before,
      ),
      ...strategies.map((strategyId) => {
        const held = places.map(
          (place) =>
            holdingOf(
              content,
              own.filter(({ channel, row }) => channel === place && row.strategyId === strategyId),
              place,
              terms,
            ).holding,
        );
        return maker.curve({ clientId, strategyId }, held, 0n);
      }),
    ];
  });
}

function startingBalance({ accounts }: LiveContent, clientId: string): Cash {
  return accounts
    .filter((account) => account.clientId === clientId)
    .reduce((sum, { startingBalance: balance }) => sum + cash(balance ?? '0'), 0n);
}

/** What some positions of a channel amount to over its bars, and what they had brought before these. */
function holdingOf(
  { channels }: LiveContent,
  lives: readonly Life[],
  place: number,
  { cut, every, from, to }: EquityTerms,
): { readonly holding: Holding; readonly before: Cash } {
  const { instrument } = channels[place];
  const { bars, closeBefore } = cut[place];
  const steps = new EquitySteps(instrument, bars, every);
  const events = lives.flatMap((life) => life.events).sort((a, b) => a.time - b.time);
  const isEarlier = ({ time }: LifeEvent): boolean => from !== null && time < from;
  const earlier = events.filter(isEarlier);
  const held = earlier.reduce((sum, { lots }) => sum + lots, 0);
  const value = cashValue(instrument, tickLots(closeBefore ?? bars.open[0] ?? 0, held));
  const before = earlier.reduce((sum, event) => sum + event.cash, value);
  if (bars.length > 0) {
    // What was held before comes in at its value then.
    if (held !== 0) step(steps, 0, { lots: held, cash: -value });
    for (const event of events) {
      if (isEarlier(event) || (to !== null && event.time >= to)) continue;
      step(steps, rowAt(bars, event.time), event);
    }
    steps.finish();
  }
  const unit = Number(instrument.tickLotCash) / Number(CASH_ONE);
  return { holding: { bars, steps, unit, exactUnit: instrument.tickLotCash }, before };
}

/** The price of a fill is in its cash already, and what it leaves is a fee of the opposite sign. */
function step(
  steps: EquitySteps,
  row: number,
  { cash: change, lots }: Pick<LifeEvent, 'lots' | 'cash'>,
): void {
  steps.add(row, lots, 0, -change);
}
