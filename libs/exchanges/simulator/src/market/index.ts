export { generateMarket, type GeneratedMarket, type GenerateMarketOptions } from './generate-market.js';
export { holdMarket, type HeldMarket, type HoldMarketOptions } from './held-market.js';
export type { BookSink, MarketQuote, MarketSink, MarketSource, MarketTick } from './market-source.js';
export { mockSignals, type MockSignal, type MockSignals, type MockStrategy } from './mock-signals.js';
export type { QuoteOptions } from './quotes.js';
export { replayRecording, type ReplayRecordingOptions } from './replay-recording.js';
export { replayBars, replayTicks, type ReplayBarsOptions, type ReplayTicksOptions } from './replay.js';
