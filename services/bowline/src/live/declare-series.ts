import type { ClientConfig } from '@bowline/contracts';
import type { ChannelLayout, DeskLayout } from '@bowline/engine';
import type { Metrics } from '@bowline/telemetry';
import type { Desk } from './desk.js';
import { partsOf } from './observe.js';

/**
 * Lets every series begin at 0 that the roles of a desk may count, so that the first event shows as an increase.
 * Strategies that no configuration names are met with their first signal.
 *
 * @param own what of the desk the shards of this process are
 */
export function declareSeries(desk: Desk, layout: DeskLayout, own: DeskLayout): void {
  const { clients } = layout;
  const { gateways, generators, managers, metrics } = desk;
  for (const { shard } of desk.runners()) {
    const { role } = partsOf(shard);
    metrics.declare('bowline_inbox_duplicates_total', partsOf(shard));
    metrics.declare('bowline_dead_letters_total', partsOf(shard));
    metrics.declare('bowline_journal_append_seconds', { role });
  }
  if (generators !== null) {
    for (const { account, client } of layout.accounts) {
      if (!own.clients.includes(client)) continue;
      const labels = { exchange: account.exchange, client_id: client.clientId };
      metrics.declare('tradeengine_risk_checks_total', labels);
    }
  }
  for (const channel of layout.channels) {
    const client = clients.find(({ clientId }) => clientId === channel.name.clientId)!;
    if (generators !== null && own.clients.includes(client)) declareSignals(metrics, channel, client);
    if (managers !== null && own.channels.includes(channel)) declarePositions(metrics, channel, client);
    const { accounts } = own;
    if (gateways !== null && accounts.some((account) => account.channels.includes(channel)))
      declareOrders(metrics, channel);
  }
}

function declareSignals(
  metrics: Metrics,
  { name: { clientId, symbol } }: ChannelLayout,
  client: ClientConfig,
): void {
  for (const strategy of configured(client)) {
    const labels = { strategy, symbol, client_id: clientId };
    metrics.declare('tradeengine_signals_received_total', labels);
    metrics.declare('tradeengine_signals_duplicate_total', labels);
  }
}

function declarePositions(
  metrics: Metrics,
  { name: { clientId, exchange, symbol } }: ChannelLayout,
  client: ClientConfig,
): void {
  const labels = { symbol, exchange, client_id: clientId };
  metrics.declare('bowline_unprotected_seconds', labels);
  for (const strategyId of configured(client)) {
    const own = { ...labels, strategy_id: strategyId };
    metrics.declare('tradeengine_strategy_oco_placed_total', own);
    metrics.declare('tradeengine_strategy_tp_triggered_total', own);
    metrics.declare('tradeengine_strategy_sl_triggered_total', own);
    metrics.declare('tradeengine_positions_opened_total', own);
    metrics.declare('tradeengine_positions_closed_total', own);
    const ofSymbols = { exchange, client_id: clientId, strategy_id: strategyId };
    metrics.declare('tradeengine_strategy_pnl_realized', ofSymbols);
  }
}

function declareOrders(metrics: Metrics, { name: { clientId, exchange, symbol } }: ChannelLayout): void {
  const labels = { symbol, exchange, client_id: clientId };
  metrics.declare('tradeengine_orders_executed_by_type_total', labels);
  metrics.declare('tradeengine_order_execution_latency_seconds', labels);
  metrics.declare('tradeengine_order_failures_total', labels);
  metrics.declare('bowline_signal_to_send_seconds', labels);
  metrics.declare('bowline_signal_to_ack_seconds', labels);
}

function configured({ strategies }: ClientConfig): readonly string[] {
  return [...(strategies?.keys() ?? [])];
}
