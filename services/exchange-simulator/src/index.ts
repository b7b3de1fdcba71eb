export type { ApiCredentials } from './binance/common/credentials.js';
export { USDM_LIMITS, type UsageLimits } from './binance/common/usage.js';
export type { DialectPlan, SpotPlan, UsdmPlan } from './binance/open-dialect.js';
export { ExchangeSimulator } from './exchange-simulator.js';
export type { FaultOrder } from './faults.js';
export type {
  ExchangeManners,
  ExchangeSimulatorOptions,
  MarketPlan,
  SimulatedAccount,
  SimulatedExchange,
} from './options.js';
export type { OrderCount } from './order-counts.js';
export type { AccountTruth, ExchangeTruth, Truth } from './truth.js';
