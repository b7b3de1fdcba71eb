import {
  bestRoute,
  entryRoom,
  openingSide,
  wholeEntry,
  type PendingSignal,
  type RoutePlace,
  type RoutingPart,
  type TimeMs,
} from '@bowline/domain';
import type { MarketView } from '../market-view.js';
import { factsOf } from './facts.js';
import {
  targetOf,
  type GeneratorChannel,
  type OrderGeneratorSetup,
  type OrderGeneratorState,
} from './state.js';

/** Nothing of a signal. */
const NOTHING: RoutingPart = { part: 0n, whole: 1n };

/**
 * What each channel of a symbol gets of a signal that goes where it costs least: by the order books, as far as they are
 * known, the takers' fees, and what limits leave. Without a recent price of an exchange nothing goes there.
 */
export function bestParts(
  state: OrderGeneratorState,
  setup: OrderGeneratorSetup,
  market: MarketView,
  signals: readonly { readonly channel: GeneratorChannel; readonly signal: PendingSignal }[],
  at: TimeMs,
): ReadonlyMap<GeneratorChannel, RoutingPart> {
  const places: { readonly channel: GeneratorChannel; readonly place: RoutePlace }[] = [];
  const side = signals[0]?.signal.signal === -1 ? 'SHORT' : 'LONG';
  for (const { channel, signal } of signals) {
    const target = targetOf(state, setup, channel, signal.strategyId);
    const facts = factsOf(state, setup, market, channel, target.params, at);
    const whole = wholeEntry(state.client, channel.index, signal, facts);
    const levels = levelsOf(market, channel, side);
    if (whole === null || levels.length === 0) continue;
    const { instrument } = state.client.channels[channel.index]!;
    const { feeTakerBps } = setup.client.accounts.find(({ exchange }) => exchange === channel.exchange)!;
    const room = entryRoom(state.client, channel.index, target, facts.price);
    places.push({ channel, place: { instrument, whole, levels, feeTakerBps, room } });
  }
  const lots = bestRoute(
    openingSide(side),
    places.map(({ place }) => place),
  );
  const parts = new Map(signals.map(({ channel }) => [channel, NOTHING]));
  places.forEach(({ channel, place }, index) =>
    parts.set(channel, { part: BigInt(lots[index]!), whole: BigInt(place.whole) }),
  );
  return parts;
}

/** The order book, else its top as deep as anybody wants. */
function levelsOf(
  market: MarketView,
  { exchange, symbol }: GeneratorChannel,
  side: 'LONG' | 'SHORT',
): RoutePlace['levels'] {
  const depth = market.depth?.(exchange, symbol) ?? null;
  if (depth !== null) return side === 'LONG' ? depth.asks : depth.bids;
  const quote = market.quote(exchange, symbol);
  if (quote === null) return [];
  return [[(side === 'LONG' ? quote.ask : quote.bid) ?? quote.last, Number.MAX_SAFE_INTEGER]];
}
