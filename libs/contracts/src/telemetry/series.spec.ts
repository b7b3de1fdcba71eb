import { DENIAL_CODES } from '@bowline/domain';
import { describe, expect, it } from '@jest/globals';
import { LABELS, type LabelName } from './labels.js';
import { SERIES, SERIES_NAMES, type SeriesName } from './series.js';

/** Users have queries on these: name, type, and labels besides client_id. */
const FIXED: readonly [name: string, type: string, labels: string][] = [
  ['tradeengine_strategy_oco_placed_total', 'counter', 'strategy_id symbol exchange'],
  ['tradeengine_strategy_tp_triggered_total', 'counter', 'strategy_id symbol exchange'],
  ['tradeengine_strategy_sl_triggered_total', 'counter', 'strategy_id symbol exchange'],
  ['tradeengine_strategy_pnl_realized', 'histogram', 'strategy_id close_reason exchange'],
  ['tradeengine_active_oco_pairs_per_position', 'gauge', 'symbol position_side exchange'],
  ['tradeengine_positions_opened_total', 'counter', 'strategy_id symbol position_side exchange'],
  ['tradeengine_positions_closed_total', 'counter', 'strategy_id symbol position_side close_reason exchange'],
  ['tradeengine_orders_executed_by_type_total', 'counter', 'order_type side symbol exchange'],
  ['tradeengine_order_execution_latency_seconds', 'histogram', 'symbol order_type exchange'],
  ['tradeengine_order_failures_total', 'counter', 'order_type symbol exchange failure_reason'],
  ['tradeengine_risk_rejections_total', 'counter', 'reason symbol exchange'],
  ['tradeengine_risk_checks_total', 'counter', 'check_type result exchange'],
  ['tradeengine_signals_received_total', 'counter', 'strategy symbol action'],
  ['tradeengine_signals_duplicate_total', 'counter', 'strategy symbol action'],
  ['tradeengine_naked_position_detected_total', 'counter', 'symbol exchange'],
  ['tradeengine_position_reconciliation_divergences_total', 'counter', 'category symbol'],
];

const OURS: readonly [name: string, type: string, labels: string][] = [
  ['bowline_signal_to_send_seconds', 'histogram', 'symbol exchange client_id'],
  ['bowline_signal_to_ack_seconds', 'histogram', 'symbol exchange client_id'],
  ['bowline_unknown_orders', 'gauge', 'symbol exchange client_id'],
  ['bowline_conditional_orders_used_ratio', 'gauge', 'exchange client_id'],
  ['bowline_queued_requests', 'gauge', 'priority exchange client_id'],
  ['bowline_rate_limit_used_ratio', 'gauge', 'limit exchange client_id'],
  ['bowline_throttled_seconds_total', 'counter', 'exchange client_id'],
  ['bowline_unprotected_seconds', 'histogram', 'symbol position_side exchange client_id'],
  ['bowline_oco_pairs', 'gauge', 'symbol mode exchange client_id'],
  ['bowline_degraded_pairs', 'gauge', 'symbol exchange client_id'],
  ['bowline_share_difference_lots', 'gauge', 'symbol exchange client_id'],
  ['bowline_halted', 'gauge', 'client_id exchange symbol strategy_id'],
  ['bowline_inbox_duplicates_total', 'counter', 'role shard'],
  ['bowline_quarantined_keys', 'gauge', 'role shard'],
  ['bowline_dead_letters_total', 'counter', 'role shard'],
  ['bowline_journal_append_seconds', 'histogram', 'role'],
  ['bowline_recovery_seconds', 'gauge', 'role shard'],
  ['bowline_bus_backlog_messages', 'gauge', 'topic group'],
  ['bowline_bus_oldest_message_seconds', 'gauge', 'topic group'],
  ['bowline_bus_silent_seconds', 'gauge', 'topic group'],
];

const EXPORTERS: readonly [exporter: string, names: RegExp][] = [
  ['oco-manager', /_(strategy|active_oco|oco|positions?|naked|unprotected|degraded|share)_/],
  ['execution-gateway', /_(orders?|unknown|signal_to|queued|rate_limit|throttled)_/],
  ['order-generator', /_(risk|signals)_/],
  ['program', /_bus_/],
];

const layout = (name: string) => {
  const { type, labels } = SERIES[name as SeriesName];
  return [name, type, labels.join(' ')];
};
const byName = (a: string, b: string) => (a < b ? -1 : 1);

describe('the table of series', () => {
  it('has the names, types and labels that are fixed, each with client_id', () => {
    const names = SERIES_NAMES.filter((name) => name.startsWith('tradeengine_'));
    expect([...names].sort(byName)).toEqual(FIXED.map(([name]) => name).sort(byName));
    expect(FIXED.map(([name]) => layout(name))).toEqual(
      FIXED.map(([name, type, labels]) => [name, type, `${labels} client_id`]),
    );
  });

  it('has ours under bowline_', () => {
    const names = SERIES_NAMES.filter((name) => !name.startsWith('tradeengine_'));
    expect([...names].sort(byName)).toEqual(OURS.map(([name]) => name).sort(byName));
    expect(OURS.map(([name]) => layout(name))).toEqual(OURS);
  });

  it('has the buckets that are fixed', () => {
    expect(SERIES.tradeengine_strategy_pnl_realized.buckets).toEqual([
      -100, -50, -10, -5, -1, 0, 1, 5, 10, 50, 100, 500,
    ]);
    expect(SERIES.tradeengine_order_execution_latency_seconds.buckets).toEqual([
      0.1, 0.5, 1, 2, 5, 10, 30, 60, 120,
    ]);
  });

  it.each(SERIES_NAMES.map((name) => [name] as const))(
    '%s has ascending buckets where it is a histogram',
    (name) => {
      const { buckets, type } = SERIES[name];
      expect(buckets.length > 0).toBe(type === 'histogram');
      expect([...buckets]).toEqual([...new Set(buckets)].sort((a, b) => a - b));
    },
  );

  it.each(EXPORTERS)('leaves to the %s what it is the writer of', (exporter, names) => {
    const own = SERIES_NAMES.filter((name) => SERIES[name].exporter === exporter);
    const expected = EXPORTERS.find(([, pattern]) => pattern.test(own[0]!))!;
    expect(expected[0]).toBe(exporter);
    expect(own.filter((name) => !names.test(name))).toEqual([]);
  });

  it('uses every label, and none that is the id of an order or a position', () => {
    const used = new Set(SERIES_NAMES.flatMap((name): readonly LabelName[] => SERIES[name].labels));
    expect([...used].sort()).toEqual(Object.keys(LABELS).sort());
    expect([...used].filter((label) => label.endsWith('_id')).sort()).toEqual(['client_id', 'strategy_id']);
  });

  it('knows every denial code as a reason', () => {
    expect(LABELS.reason.values).toEqual(Object.keys(DENIAL_CODES));
  });
});
