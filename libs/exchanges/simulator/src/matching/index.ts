export type { AccountOptions } from './account.js';
export { BookOrder, type SelfTradePrevention } from './book-order.js';
export { BookSide, PriceLevel } from './book-side.js';
export type * from './commands.js';
export { EventQueue } from './event-queue.js';
export type { ExecutionReport, TradeReport } from './execution-report.js';
export { HOUSE_ACCOUNT } from './house.js';
export { fixedLatency, spreadLatency, type Draw, type Latency } from './latency.js';
export type { AccountCharge } from './charges.js';
export {
  cumulated,
  maintenanceMargin,
  USUAL_BRACKETS,
  USUAL_LIQUIDATION,
  type CumulatedBracket,
  type LiquidationRules,
  type MarginBracket,
} from './maintenance.js';
export { MatchingEngine, type EngineOptions } from './matching-engine.js';
export { OrderBook, type MatchSink } from './order-book.js';
export type { AccountSettings } from './settings.js';
export type { Depth, OrderSnapshot, PositionReport } from './queries.js';
export type { AssetBalance } from './spot.js';
export { SimulatedExchange, type DeliveredReport } from './simulated-exchange.js';
export * from './vocabulary.js';
