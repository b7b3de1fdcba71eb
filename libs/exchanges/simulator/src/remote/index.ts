export { JsonLines, type JsonLinesEvents } from './json-lines.js';
export { MarketHub } from './market-hub.js';
export { MarketReader, type TellMarket } from './market-reader.js';
export * from './protocol.js';
export { RemoteExchangeClient, type RemoteExchangeClientOptions } from './remote-exchange-client.js';
export { RemoteExchangeError, type RemoteExchangeErrorKind, type RemoteLineOptions } from './remote-line.js';
export { askedMarket, serveMarket, type AskedMarket, type ServedMarket } from './serve-market.js';
export { RemoteMarketFeed, type RemoteMarketFeedOptions } from './remote-market-feed.js';
