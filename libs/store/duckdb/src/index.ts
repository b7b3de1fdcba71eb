export { fillDatabase } from './fill-database.js';
export { LiveReader, type LiveCandles } from './live/live-reader.js';
export type { RefusedRow } from './live/live-rows.js';
export { LiveStoreError, type LiveStoreErrorCode } from './live/live-store-error.js';
export {
  LiveStore,
  REMEMBERED_MESSAGES,
  type CodeCount,
  type LiveHistory,
  type SeenMessage,
  type TradeOutcome,
} from './live/live-store.js';
export { LiveWriter, type LiveWriterOptions } from './live/live-writer.js';
