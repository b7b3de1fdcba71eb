export { LiveMarketView, type MarketQuote, type MarketView } from './market-view.js';
export * from './scopes.js';
export * from './order-generator/events.js';
export { orderGenerator } from './order-generator/role.js';
export type { OrderGeneratorSetup, OrderGeneratorState } from './order-generator/state.js';
export { ocoManager } from './oco-manager/role.js';
export type {
  OcoManagerEvent,
  OcoManagerInput,
  OcoManagerSetup,
  OcoManagerState,
} from './oco-manager/state.js';
export { executionGateway } from './execution-gateway/role.js';
export type { GatewayEvent, GatewayInput, GatewaySetup, GatewayState } from './execution-gateway/state.js';
export { ocoSamples } from './oco-manager/samples.js';
export { gatewaySamples } from './execution-gateway/samples.js';
