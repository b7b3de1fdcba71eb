export { exchangeIds } from './ccxt/load.js';
export { CcxtSession, type CcxtKeys, type SessionOptions } from './ccxt/session.js';
export { CcxtSetupError } from './ccxt/shape.js';
export { profiledIds } from './profiles.js';
export { CcxtClient, type CcxtClientOptions } from './client.js';
export { ccxtCapabilities } from './what-it-does.js';
export * from './market/market-feed.js';
