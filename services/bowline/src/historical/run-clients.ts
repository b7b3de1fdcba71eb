import { clientOrderId, type DeskConfig } from '@bowline/contracts';
import { runHistorical, type HistoricalInput, type Market } from '@bowline/engine';
import { createBarFills } from '@bowline/exchange-simulator';
import type { FundingRow, HistoricalResult, SignalRow } from '@bowline/ports';

/** A historical run as data: what a worker thread can be handed. */
export interface DeskRun {
  readonly config: DeskConfig;
  readonly markets: readonly Market[];
  readonly signals: readonly SignalRow[];
  readonly funding: ReadonlyMap<string, readonly FundingRow[]>;
  readonly record: HistoricalInput['record'];
  readonly equity: HistoricalInput['equity'];
  /** Of every strategy that is configured or sends a signal. */
  readonly strategyTags: ReadonlyMap<string, string>;
}

/** Runs the clients named, or all, on this thread, with the bar exchange. */
export function runClients(
  run: DeskRun,
  clients: readonly string[] | null,
  onProgress: (fraction: number) => void,
): HistoricalResult {
  return runHistorical({
    config: run.config,
    markets: run.markets,
    signals: run.signals,
    funding: run.funding,
    record: run.record,
    equity: run.equity,
    ...(clients === null ? {} : { clients }),
    createFills: createBarFills,
    clientOrderId: (order) =>
      clientOrderId({
        strategyTag: tagOf(run.strategyTags, order.strategyId),
        leg: order.leg,
        generation: order.generation,
        child: 0,
        client: order.clientId,
        account: order.exchange,
        symbol: order.symbol,
        strategyPositionId: order.strategyPositionId,
      }),
    onProgress: (done, total) => onProgress(total > 0 ? done / total : 1),
  });
}

function tagOf(tags: ReadonlyMap<string, string>, strategyId: string): string {
  const tag = tags.get(strategyId);
  if (tag === undefined) throw new RangeError(`no tag for strategy ${JSON.stringify(strategyId)}`);
  return tag;
}
