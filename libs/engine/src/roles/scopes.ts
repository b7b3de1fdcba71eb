import type { ControlScope } from '@bowline/contracts';
import type { TimeMs, TradingState } from '@bowline/domain';

/** A state that was set for everything of a client that matches. */
export interface ScopedState {
  readonly scope: ControlScope;
  readonly tradingState: TradingState;
  /** Who has set it, why, and when: it is lifted by name. */
  readonly by: string;
  readonly reason: string;
  readonly at: TimeMs;
}

/** Something that a scope may be about; a channel has no strategy of its own. */
export interface ScopeTarget {
  readonly exchange: string;
  readonly symbol: string;
  readonly strategyId: string | null;
}

const STRICTNESS: Readonly<Record<TradingState, number>> = { ACTIVE: 0, REDUCING: 1, HALTED: 2 };

/**
 * Sets the state of a scope. What was said before of the same scope, or of a part of it, is over; what was said of
 * more than it stays, so that a narrow resume does not lift a broad halt.
 */
export function setScope(states: readonly ScopedState[], set: ScopedState): readonly ScopedState[] {
  const others = states.filter(({ scope }) => !covers(set.scope, scope));
  const { at, by, reason, scope, tradingState } = set;
  return tradingState === 'ACTIVE' ? others : [...others, { scope, tradingState, by, reason, at }];
}

/** The strictest state that has been set for anything that the target belongs to. */
export function stateOf(states: readonly ScopedState[], target: ScopeTarget): TradingState {
  let strictest: TradingState = 'ACTIVE';
  for (const { scope, tradingState } of states) {
    if (matches(scope, target) && STRICTNESS[tradingState] > STRICTNESS[strictest]) strictest = tradingState;
  }
  return strictest;
}

/** Whether the scope is about the target. A scope that names a strategy is about no whole channel. */
export function matches(scope: ControlScope, target: ScopeTarget): boolean {
  return (
    (scope.exchange === null || scope.exchange === target.exchange) &&
    (scope.symbol === null || scope.symbol === target.symbol) &&
    (scope.strategyId === null || scope.strategyId === target.strategyId)
  );
}

/** Whether everything that `part` is about, `whole` is about too. */
function covers(whole: ControlScope, part: ControlScope): boolean {
  return (['exchange', 'symbol', 'strategyId'] as const).every(
    (field) => whole[field] === null || whole[field] === part[field],
  );
}
