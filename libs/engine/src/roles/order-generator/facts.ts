import {
  lacksLimits,
  needsVolatility,
  type DenialCode,
  type MarketFacts,
  type StrategyParams,
  type TimeMs,
} from '@bowline/domain';
import type { MarketView } from '../market-view.js';
import type { GeneratorChannel, OrderGeneratorSetup, OrderGeneratorState } from './state.js';

/** What is known of the market when a signal acts in a channel; values what the client holds at the last prices. */
export function factsOf(
  { client, channels }: OrderGeneratorState,
  { client: { limits }, limitsRequired, maxQuoteAgeMs }: OrderGeneratorSetup,
  market: MarketView,
  channel: GeneratorChannel,
  params: StrategyParams,
  at: TimeMs,
): MarketFacts {
  let stale: DenialCode | null = limitsRequired && lacksLimits(params, limits) ? 'LIMIT_NOT_SET' : null;
  for (const { exchange, index, symbol } of channels) {
    const book = client.channels[index]!;
    if (index !== channel.index && book.longLots + book.shortLots === 0) continue;
    const known = market.quote(exchange, symbol);
    // Without a price there is no telling what the exposure is, nor what an order would be worth.
    if (known === null || (maxQuoteAgeMs !== null && at - known.at > maxQuoteAgeMs))
      stale = 'MARKET_DATA_STALE';
    if (known !== null) book.mark = known.last;
  }
  const quote = market.quote(channel.exchange, channel.symbol);
  const { breakEven, maxSlippageBps, stopLoss, takeProfit, trailingStop } = params;
  const needs = needsVolatility(takeProfit, stopLoss, trailingStop, breakEven);
  return {
    at,
    price: quote?.last ?? 0,
    expectedPrice:
      maxSlippageBps === null || quote === null || quote.ask === null || quote.bid === null
        ? null
        : { BUY: quote.ask, SELL: quote.bid },
    volatility: needs ? market.volatility(channel.exchange, channel.symbol, params.volatilityWindow) : null,
    stale,
  };
}
