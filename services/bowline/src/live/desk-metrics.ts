import type { Analytics } from '@bowline/analytics';
import { samplesOf, type Sample } from '@bowline/contracts';
import { gatewaySamples, ocoSamples, pacingSamples } from '@bowline/engine';
import type { Desk } from './desk.js';

/** Lets the desk's metrics show what its roles have counted, each series from its one writer. */
export function registerMetrics(desk: Desk, analytics: Pick<Analytics, 'deadLetters'> | null): void {
  const { bus, gateways, generators, managers, metrics, trace, watch } = desk;
  metrics.register('every-role', () => [...watch.samples(), ...haltSamples(desk)]);
  if (analytics !== null) metrics.register('every-role', () => analytics.deadLetters.samples());
  metrics.register('program', function* () {
    for (const { group, messages, oldestMs, topic } of bus.backlog()) {
      const labels = { topic, group };
      yield { series: 'bowline_bus_backlog_messages', labels, value: messages };
      yield { series: 'bowline_bus_oldest_message_seconds', labels, value: oldestMs / 1000 };
    }
    for (const { forMs, group, topic } of desk.silences())
      yield { series: 'bowline_bus_silent_seconds', labels: { topic, group }, value: forMs / 1000 };
  });
  for (const runner of generators?.runners ?? []) {
    metrics.register('order-generator', () => withDuplicates(samplesOf(runner.state.tally)));
  }
  for (const { layout, runner } of managers?.shards ?? []) {
    metrics.register('oco-manager', () => withOpened(ocoSamples(runner.state, { channel: layout.name })));
  }
  for (const { client, layout, paced, runner } of gateways?.shards ?? []) {
    const channels = layout.channels.map(({ name }) => name);
    const { clientId } = layout.client;
    const { exchange } = layout.account;
    metrics.register('execution-gateway', () =>
      gatewaySamples(runner.state, { channels, clientId, exchange, capabilities: client.capabilities }),
    );
    if (paced !== null) {
      metrics.register('execution-gateway', () => pacingSamples(paced, { clientId, exchange }));
    }
  }
  if (gateways !== null) metrics.register('execution-gateway', () => trace.samples());
}

/** Whoever is followed may send a signal twice: the count begins with the first signal. */
function* withDuplicates(samples: Iterable<Sample<'order-generator'>>): Iterable<Sample<'order-generator'>> {
  for (const sample of samples) {
    yield sample;
    if (sample.series !== 'tradeengine_signals_received_total') continue;
    yield { series: 'tradeengine_signals_duplicate_total', labels: sample.labels, value: 0 };
  }
}

/** Whoever opens a position may open one of either side. */
function* withOpened(samples: Iterable<Sample<'oco-manager'>>): Iterable<Sample<'oco-manager'>> {
  for (const sample of samples) {
    yield sample;
    if (sample.series !== 'tradeengine_strategy_oco_placed_total') continue;
    for (const side of ['LONG', 'SHORT'] as const) {
      const labels = { ...sample.labels, position_side: side };
      yield { series: 'tradeengine_positions_opened_total', labels, value: 0 };
    }
  }
}

/** What is halted, by the order-generator, which every command reaches. */
function* haltSamples({ generators }: Desk): Iterable<Sample<'every-role'>> {
  for (const { shard, state } of generators?.runners ?? []) {
    const client = shard.slice(shard.indexOf('/') + 1);
    const whole = { client_id: client, exchange: '', symbol: '', strategy_id: '' };
    yield { series: 'bowline_halted', labels: whole, value: state.client.tradingState === 'HALTED' ? 1 : 0 };
    for (const { scope, tradingState } of state.scopes) {
      const { exchange, strategyId, symbol } = scope;
      if (exchange === null && symbol === null && strategyId === null) continue;
      const labels = {
        client_id: client,
        exchange: exchange ?? '',
        symbol: symbol ?? '',
        strategy_id: strategyId ?? '',
      };
      yield { series: 'bowline_halted', labels, value: tradingState === 'HALTED' ? 1 : 0 };
    }
  }
}
