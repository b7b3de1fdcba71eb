import { strategyTags, type DeskConfig } from '@bowline/contracts';
import type { SignalRow } from '@bowline/ports';

/** Tags for every strategy of the configuration, and for every one that sends a signal. */
export function tagsFor(config: DeskConfig, signals: readonly SignalRow[]): Map<string, string> {
  const ids = new Set(signals.map(({ strategyId }) => strategyId));
  for (const { strategies } of config.clients) for (const id of strategies?.keys() ?? []) ids.add(id);
  return strategyTags(ids);
}
