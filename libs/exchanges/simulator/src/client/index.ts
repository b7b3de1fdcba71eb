export { ExchangeLogError, type ExchangeLogErrorKind } from './exchange-log.js';
export type { AnsweringClient } from './mock-client.js';
export { MockExchange, type ExchangeBook } from './mock-exchange.js';
export type { CarriedOut, Fault, MockExchangeOptions } from './options.js';
