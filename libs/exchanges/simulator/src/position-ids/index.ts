export { POSITION_ID_CAPABILITIES } from './capabilities.js';
export type { PositionIdOptions } from './options.js';
export { PositionIdExchange } from './position-id-exchange.js';
export type { Merge, OpenPosition } from './position-book.js';
