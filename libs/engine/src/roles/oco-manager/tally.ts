import { count, declare, observe } from '@bowline/contracts';
import {
  cashValue,
  pairStatus,
  protectedQty,
  type Cash,
  type ChannelEvent,
  type StrategyPosition,
  type TimeMs,
} from '@bowline/domain';
import type { OcoManagerSetup, OcoManagerState } from './state.js';

/** What has to be known of the position before an event, to see what the event has changed. */
export interface Seen {
  readonly position: StrategyPosition | undefined;
  readonly filled: boolean;
  readonly unprotectedSince: TimeMs | null;
}

const NOTHING: Seen = { position: undefined, filled: false, unprotectedSince: null };

export function seen({ channel }: OcoManagerState, event: ChannelEvent): Seen {
  const id = positionIdOf(event);
  const position = id === null ? undefined : channel.positions.get(id);
  if (position === undefined) return NOTHING;
  return { position, filled: position.firstFillAt !== null, unprotectedSince: position.unprotectedSince };
}

/** Counts what an event has brought. */
export function countChannelEvent(
  state: OcoManagerState,
  { channel: { clientId, exchange, symbol } }: OcoManagerSetup,
  event: ChannelEvent,
  before: Seen,
): void {
  const { tally } = state;
  const labels = { symbol, exchange, client_id: clientId };
  const position = before.position ?? state.channel.positions.get(positionIdOf(event) ?? '');
  if (event.type === 'increases_frozen') {
    count(tally, 'tradeengine_position_reconciliation_divergences_total', {
      category: 'drift',
      symbol,
      client_id: clientId,
    });
  }
  if (event.type === 'alert' && event.code === 'EXTERNAL_TRADE') {
    count(tally, 'tradeengine_position_reconciliation_divergences_total', {
      category: 'external_trade',
      symbol,
      client_id: clientId,
    });
  }
  if (position === undefined) return;
  const own = { ...labels, strategy_id: position.strategyId };
  if (event.type === 'position_opened' && state.channel.sequence.get(position.strategyId) === 1) {
    declare(tally, 'tradeengine_strategy_oco_placed_total', own);
    declare(tally, 'tradeengine_strategy_tp_triggered_total', own);
    declare(tally, 'tradeengine_strategy_sl_triggered_total', own);
    declare(tally, 'tradeengine_positions_closed_total', own);
    declare(tally, 'tradeengine_strategy_pnl_realized', {
      strategy_id: position.strategyId,
      exchange,
      client_id: clientId,
    });
  }
  if (!before.filled && position.firstFillAt !== null) {
    count(tally, 'tradeengine_positions_opened_total', { ...own, position_side: position.side });
  }
  countProtection(state, labels, own, position, before, atOf(event));
  if (event.type === 'position_closed' && position.enteredQty > 0) {
    const reason = position.closedBy ?? 'manual';
    count(tally, 'tradeengine_positions_closed_total', {
      ...own,
      position_side: position.side,
      close_reason: reason,
    });
    if (reason === 'take_profit') count(tally, 'tradeengine_strategy_tp_triggered_total', own);
    if (reason === 'stop_loss') count(tally, 'tradeengine_strategy_sl_triggered_total', own);
    const realized = cashValue(state.channel.instrument, position.realized);
    observe(
      tally,
      'tradeengine_strategy_pnl_realized',
      { strategy_id: position.strategyId, close_reason: reason, exchange, client_id: clientId },
      cashNumber(realized),
    );
  }
  if (event.type === 'position_closed') state.placed.delete(position.id);
}

function countProtection(
  state: OcoManagerState,
  labels: { readonly symbol: string; readonly exchange: string; readonly client_id: string },
  own: typeof labels & { readonly strategy_id: string },
  position: StrategyPosition,
  before: Seen,
  at: TimeMs,
): void {
  const { channel, placed, tally } = state;
  const { closing, side, stopLossPrice, takeProfitPrice, unprotectedSince } = position;
  if (before.unprotectedSince !== null && unprotectedSince === null) {
    const seconds = Math.max(0, at - before.unprotectedSince) / 1000;
    observe(tally, 'bowline_unprotected_seconds', { ...labels, position_side: side }, seconds);
  } else if (before.unprotectedSince === null && unprotectedSince !== null && placed.has(position.id)) {
    // A close takes the stop away itself, and a stop that has still to grow is one.
    const isNaked = closing === null && protectedQty(channel, position) === 0;
    if (isNaked) count(tally, 'tradeengine_naked_position_detected_total', labels);
  }
  const wanted = stopLossPrice !== null || takeProfitPrice !== null;
  if (!wanted || placed.has(position.id) || pairStatus(position, channel) !== 'active') return;
  placed.add(position.id);
  count(tally, 'tradeengine_strategy_oco_placed_total', own);
}

function atOf(event: ChannelEvent): TimeMs {
  return event.type === 'execution_applied' ? event.execution.at : event.at;
}

/** For a histogram: what a double keeps of it is enough. */
function cashNumber(amount: Cash): number {
  return Number(amount) / 1e18;
}

/** The position that an event is about; null where it is about none. */
export function positionIdOf(event: ChannelEvent): string | null {
  switch (event.type) {
    case 'order_requested':
      return event.terms.key.strategyPositionId;
    case 'cancel_requested':
    case 'replace_requested':
      return event.key.strategyPositionId;
    case 'execution_applied':
      return event.execution.key.strategyPositionId;
    default:
      return 'strategyPositionId' in event ? event.strategyPositionId : null;
  }
}
