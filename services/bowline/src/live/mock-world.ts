import { encodeJson, type DeskConfig } from '@bowline/contracts';
import { compareCodePoints, type TimeMs } from '@bowline/domain';
import type { DeskLayout, TimedSource } from '@bowline/engine';
import {
  generateMarket,
  mockSignals,
  type MarketSource,
  type MockExchange,
  type MockStrategy,
} from '@bowline/exchange-simulator';
import type { SignalIngest } from '@bowline/signal-ingest';
import type { Logger } from '@bowline/ports';
import type { MockMarket } from './mock-markets.js';

/** Strategies of a desk that follows whichever sends a signal. */
const STRATEGIES = ['trend-fast', 'trend-slow', 'reversal-fast', 'reversal-slow', 'scout'];
/** How often they decide in a symbol, from the first to the last. */
const FASTEST_MS = 120_000;
const SLOWER_BY_MS = 60_000;
const MINUTE_MS = 60_000;
/** How often the mock exchanges' prices change. */
export const TICK_MS = 1_000;

/** The markets of the mock exchanges, one source an exchange, from `from` on. */
export function mockSources(
  seed: number,
  markets: readonly MockMarket[],
  sinkOf: (exchange: string) => Pick<MockExchange, 'exchange' | 'onTick'>,
  from: TimeMs,
): MarketSource[] {
  const exchanges = [...new Set(markets.map(({ exchange }) => exchange))];
  return exchanges.map((exchange) =>
    generateMarket({
      seed,
      markets: markets.filter((market) => market.exchange === exchange),
      sink: sinkOf(exchange),
      from,
      tickMs: TICK_MS,
    }),
  );
}

/** As many minutes as the longest volatility of the desk looks back on. */
export function warmUpMs({ clients }: Pick<DeskLayout, 'clients'>): number {
  const windows = clients.flatMap(({ defaults, strategies }) => [
    defaults.volatilityWindow,
    ...[...(strategies?.values() ?? [])].map(({ volatilityWindow }) => volatilityWindow),
  ]);
  return (Math.max(...windows) + 2) * MINUTE_MS;
}

/** Plays a source up to a time, where nobody trades yet. */
export function playUntil(source: MarketSource, time: TimeMs): void {
  for (let next = source.nextTime(); next !== null && next < time; next = source.nextTime()) source.step();
}

/** Strategies that make their signals up, and hand them in as anybody would. */
export function mockStrategies(
  seed: number,
  config: DeskConfig,
  { markets }: Pick<DeskLayout, 'markets'>,
  from: TimeMs,
  ingest: SignalIngest,
  logger: Logger,
): TimedSource {
  const symbols = [...new Set(markets.map(({ symbol }) => symbol))].sort(compareCodePoints);
  const named = config.clients.flatMap(({ strategies }) => [...(strategies?.keys() ?? [])]);
  const followsAll = config.clients.some(({ strategies }) => strategies === null);
  const ids = [...new Set([...named, ...(followsAll ? STRATEGIES : [])])].sort(compareCodePoints);
  const strategies = ids.map((strategyId, i): MockStrategy => ({
    strategyId,
    symbols,
    everyMs: FASTEST_MS + i * SLOWER_BY_MS,
  }));
  const source = mockSignals(seed, strategies, from);
  return {
    nextTime: () => source.nextTime(),
    step() {
      const { signal, strategyId, symbol, time } = source.take();
      ingest.receive('mock', { strategyId, symbol, signal, time }).then(
        (receipt) => {
          if (!receipt.taken)
            logger.warn({ strategyId, symbol, problem: encodeJson(receipt.problem) }, 'refused');
        },
        (error: unknown) => logger.error({ strategyId, symbol, error }, 'a made-up signal failed'),
      );
    },
  };
}
