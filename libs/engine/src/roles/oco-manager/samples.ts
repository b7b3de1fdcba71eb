import { samplesOf, type Sample } from '@bowline/contracts';
import { openQty, pairStatus, type ProtectionMode } from '@bowline/domain';
import type { OcoManagerSetup, OcoManagerState } from './state.js';

/** What one channel has to show: all that it has counted, and how its pairs stand now. */
export function* ocoSamples(
  state: OcoManagerState,
  { channel: { clientId, exchange, symbol } }: Pick<OcoManagerSetup, 'channel'>,
): Iterable<Sample<'oco-manager'>> {
  yield* samplesOf(state.tally);
  const labels = { symbol, exchange, client_id: clientId };
  const active = { LONG: 0, SHORT: 0 };
  const modes: Record<ProtectionMode, number> = { native: 0, paired: 0, guarded: 0, synthetic: 0 };
  let degraded = 0;
  for (const position of state.channel.positions.values()) {
    if (openQty(position) <= 0) continue;
    const status = pairStatus(position, state.channel);
    if (status === 'degraded') degraded += 1;
    const { protection, side, stopLossPrice, takeProfitPrice } = position;
    if (stopLossPrice === null && takeProfitPrice === null) continue;
    modes[protection] += 1;
    if (status === 'active') active[side] += 1;
  }
  for (const side of ['LONG', 'SHORT'] as const) {
    yield {
      series: 'tradeengine_active_oco_pairs_per_position',
      labels: { ...labels, position_side: side },
      value: active[side],
    };
  }
  for (const [mode, value] of Object.entries(modes) as [ProtectionMode, number][]) {
    yield { series: 'bowline_oco_pairs', labels: { ...labels, mode }, value };
  }
  yield { series: 'bowline_degraded_pairs', labels, value: degraded };
  yield { series: 'bowline_share_difference_lots', labels, value: state.compared?.difference ?? 0 };
}
