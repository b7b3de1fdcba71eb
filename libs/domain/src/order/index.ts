export * from './status.js';
export * from './transitions.js';
export { applyOrderCommand, copyOrder, createOrder, type OrderState, type TradeId } from './order.js';
export * from './execution.js';
export * from './queries.js';
