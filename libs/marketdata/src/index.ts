export { readBars, type BarsRead, type ReadBarsOptions } from './bars/read-bars.js';
export { roundToTickBars, toTickBars } from './bars/tick-bars.js';
export { readRecording, type RecordedUnits } from './ticks/read-recording.js';
export { readTicks, type ReadTicksOptions, type TicksRead } from './ticks/read-ticks.js';
export { barsOfTicks, toTickColumns } from './ticks/tick-columns.js';
export { inferredTickSize } from './bars/price-scale.js';
export { readFunding } from './signals/read-funding.js';
export { readSignals } from './signals/read-signals.js';
export { generateCandles, type CandleOptions, type Regime } from './sample/candles.js';
export {
  generateSignals,
  type SampleStrategy,
  type SampleStyle,
  type SignalOptions,
} from './sample/signals.js';
export { writeBarsCsv, writeSignalsCsv } from './sample/write-csv.js';
export {
  fetchBinanceUsdm,
  type Fetched,
  type FetchBinanceUsdmOptions,
  type FetchProgress,
} from './fetch/binance-usdm.js';
export { DownloadError } from './fetch/download.js';
export { requestProblems } from './fetch/request.js';
