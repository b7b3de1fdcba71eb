export * from './bars.js';
export * from './clock.js';
export * from './params.js';
export * from './random-scenario.js';
export * from './run-bars.js';
export * from './scenario.js';
export type { ExchangePositionView, OpenPositionView, OrderView, TradeView } from './views.js';
export * from './reference/index.js';
