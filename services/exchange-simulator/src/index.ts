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
