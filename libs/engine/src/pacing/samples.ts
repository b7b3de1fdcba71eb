import type { Sample } from '@bowline/contracts';
import type { PacedClient } from './paced-client.js';
import { PRIORITIES } from './request-queue.js';

/** What the pace of one account's requests has to show. */
export function* pacingSamples(
  client: PacedClient,
  { clientId, exchange }: { readonly clientId: string; readonly exchange: string },
): Iterable<Sample<'execution-gateway'>> {
  const labels = { exchange, client_id: clientId };
  const queued = client.queued();
  for (const priority of PRIORITIES) {
    yield { series: 'bowline_queued_requests', labels: { ...labels, priority }, value: queued[priority] };
  }
  for (const { limit, used } of client.uses()) {
    yield { series: 'bowline_rate_limit_used_ratio', labels: { ...labels, limit }, value: used };
  }
  yield { series: 'bowline_throttled_seconds_total', labels, value: client.throttledSeconds() };
}
