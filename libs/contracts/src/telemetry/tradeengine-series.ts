import { counter, gauge, histogram } from './define.js';

/** Names, types, labels and buckets that users have queries on: they stay as they are. */
export const TRADEENGINE_SERIES = {
  tradeengine_strategy_oco_placed_total: counter(
    'oco-manager',
    'OCO pairs of which every leg was acknowledged for the first time.',
    ['strategy_id', 'symbol', 'exchange', 'client_id'],
  ),
  tradeengine_strategy_tp_triggered_total: counter(
    'oco-manager',
    'Strategy positions closed by their own take-profit.',
    ['strategy_id', 'symbol', 'exchange', 'client_id'],
  ),
  tradeengine_strategy_sl_triggered_total: counter(
    'oco-manager',
    'Strategy positions closed by their own stop-loss.',
    ['strategy_id', 'symbol', 'exchange', 'client_id'],
  ),
  tradeengine_strategy_pnl_realized: histogram(
    'oco-manager',
    'Realized P&L of each closed strategy position against its own entry, before fees, in the settlement currency.',
    ['strategy_id', 'close_reason', 'exchange', 'client_id'],
    [-100, -50, -10, -5, -1, 0, 1, 5, 10, 50, 100, 500],
  ),
  tradeengine_active_oco_pairs_per_position: gauge(
    'oco-manager',
    'OCO pairs in force within one exchange position.',
    ['symbol', 'position_side', 'exchange', 'client_id'],
  ),
  tradeengine_positions_opened_total: counter(
    'oco-manager',
    'Strategy positions that got their first fill.',
    ['strategy_id', 'symbol', 'position_side', 'exchange', 'client_id'],
  ),
  tradeengine_positions_closed_total: counter('oco-manager', 'Strategy positions that were closed.', [
    'strategy_id',
    'symbol',
    'position_side',
    'close_reason',
    'exchange',
    'client_id',
  ]),
  tradeengine_naked_position_detected_total: counter(
    'oco-manager',
    'Times that open quantity with a stop in its plan was left without an acknowledged one.',
    ['symbol', 'exchange', 'client_id'],
  ),
  tradeengine_position_reconciliation_divergences_total: counter(
    'oco-manager',
    'Times that the exchange was found to differ from what we own.',
    ['category', 'symbol', 'client_id'],
  ),
  tradeengine_orders_executed_by_type_total: counter('execution-gateway', 'Orders that filled whole.', [
    'order_type',
    'side',
    'symbol',
    'exchange',
    'client_id',
  ]),
  tradeengine_order_execution_latency_seconds: histogram(
    'execution-gateway',
    'From the order being sent until the exchange had done it: a market order its last fill, any other its acknowledgement.',
    ['symbol', 'order_type', 'exchange', 'client_id'],
    [0.1, 0.5, 1, 2, 5, 10, 30, 60, 120],
  ),
  tradeengine_order_failures_total: counter(
    'execution-gateway',
    'Orders that the exchange rejected, or that never reached it.',
    ['order_type', 'symbol', 'exchange', 'failure_reason', 'client_id'],
  ),
  tradeengine_risk_rejections_total: counter('order-generator', 'Entries that we denied.', [
    'reason',
    'symbol',
    'exchange',
    'client_id',
  ]),
  tradeengine_risk_checks_total: counter('order-generator', 'Pre-trade controls that were run.', [
    'check_type',
    'result',
    'exchange',
    'client_id',
  ]),
  tradeengine_signals_received_total: counter('order-generator', 'Signals of followed strategies.', [
    'strategy',
    'symbol',
    'action',
    'client_id',
  ]),
  tradeengine_signals_duplicate_total: counter(
    'order-generator',
    'Signals that had been received before and changed nothing.',
    ['strategy', 'symbol', 'action', 'client_id'],
  ),
} as const;
