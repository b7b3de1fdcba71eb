export {
  BinanceSetupError,
  type BinanceKeys,
  type BinanceMarketFeedOptions,
  type Checked,
} from '@bowline/exchange-binance-common';
export * from './http/errors.js';
export * from './parse/exchange-info.js';
export * from './parse/market-events.js';
export * from './parse/user-events.js';
export * from './capabilities.js';
export * from './client.js';
export * from './check.js';
export * from './instruments.js';
export * from './product.js';
export * from './websocket/market-feed.js';
