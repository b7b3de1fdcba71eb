import { samplesOf, type Sample } from '@bowline/contracts';
import type { ExchangeCapabilities } from '@bowline/ports';
import { conditionalOrders } from './admission.js';
import type { GatewaySetup, GatewayState } from './state.js';

/** What one account has to show: all that it has counted, and the orders that nobody knows of at the moment. */
export function* gatewaySamples(
  state: GatewayState,
  {
    capabilities: { maxConditionalOrders },
    channels,
    clientId,
    exchange,
  }: Pick<GatewaySetup, 'channels' | 'clientId' | 'exchange'> & {
    readonly capabilities: Pick<ExchangeCapabilities, 'maxConditionalOrders'>;
  },
): Iterable<Sample<'execution-gateway'>> {
  yield* samplesOf(state.tally);
  const unknown = new Map(channels.map(({ symbol }) => [symbol, 0]));
  for (const { channel } of state.unknown)
    unknown.set(channel.symbol, (unknown.get(channel.symbol) ?? 0) + 1);
  for (const [symbol, value] of unknown) {
    yield { series: 'bowline_unknown_orders', labels: { symbol, exchange, client_id: clientId }, value };
  }
  if (maxConditionalOrders === null) return;
  const value = conditionalOrders(state, null) / maxConditionalOrders;
  yield {
    series: 'bowline_conditional_orders_used_ratio',
    labels: { exchange, client_id: clientId },
    value,
  };
}
