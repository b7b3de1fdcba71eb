import type { ExchangeRequest, RateLimit } from '@bowline/ports';
import type { ErrorTable } from './http/errors.js';

export type Costs = Readonly<Record<RateLimit['counts'], number>>;

/** How one of Binance's products is spoken to, as far as it is not like the others. */
export interface BinanceProduct {
  /** `binance-usdm`. */
  readonly name: string;
  /** Where it is, without a path. */
  readonly restUrl: string;
  readonly streamUrl: string;
  /** What the paths of its public data begin with: `/fapi/v1`. */
  readonly root: string;
  /** Where on the stream's host trades and candles are, and where the book is: `/market/stream`. */
  readonly tradesPath: string;
  readonly bookPath: string;
  readonly errors: ErrorTable;
  /** What a request of ours takes of the limits, with what it asks for besides. */
  readonly costs: Readonly<Record<ExchangeRequest['type'], Costs>>;
}
