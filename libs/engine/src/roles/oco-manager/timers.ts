import { openQty, type StrategyPosition } from '@bowline/domain';
import type { Timer } from '../../runner/role.js';
import type { OcoManagerInput, OcoManagerState, WatchedInput } from './state.js';

/**
 * How long a position may be without a stop before its channel is halted: longer than it takes to find out what became of
 * a request whose answer was lost, and than another gateway needs to take over from one that is cut off (its lease, and
 * as long again). Somebody is alerted long before.
 */
const PROTECT_WITHIN_MS = 60_000;

/** What is due soonest in the channel: the end of a position's time, or of the time that it may be without a stop. */
export function nextTimer({ channel }: OcoManagerState, key: string): Timer<OcoManagerInput> | null {
  let next: Timer<OcoManagerInput> | null = null;
  const offer = (at: number | null, id: string, due: (at: number) => WatchedInput): void => {
    if (at !== null && (next === null || at < next.at))
      next = { at, id: `${key}/${id}`, input: { type: 'watched', input: due(at) } };
  };
  for (const position of channel.positions.values()) {
    const { id: strategyPositionId, unprotectedSince } = position;
    offer(timeExitAt(position), `time-exit/${strategyPositionId}`, (at) => {
      return { type: 'time_exit_due', strategyPositionId, at };
    });
    if (unprotectedSince === null || position.overdue || channel.tradingState === 'HALTED') continue;
    // A close that is under way takes the stop away itself, and is followed up until it is given up.
    if (position.closing !== null && !position.stuck) continue;
    const id = `unprotected/${strategyPositionId}/${unprotectedSince}`;
    offer(unprotectedSince + PROTECT_WITHIN_MS, id, (at) => {
      return { type: 'unprotected_due', strategyPositionId, at };
    });
  }
  return next;
}

function timeExitAt(position: StrategyPosition): number | null {
  const { closing, firstFillAt, plan } = position;
  if (plan.timeExitMs === null || firstFillAt === null || closing !== null) return null;
  return openQty(position) > 0 ? firstFillAt + plan.timeExitMs : null;
}
