export { BUILT_IN_STRATEGIES, type BuiltInStrategy } from './built-in.js';
export { parseStrategy, type ParsedStrategy, type StrategySpec } from './parse-strategy.js';
export type { PriceSeries } from './price-series.js';
export { strategySignals } from './strategy-signals.js';
