import { BinanceMarketFeed, type BinanceMarketFeedOptions } from '@bowline/exchange-binance-common';
import { marketNews } from '../parse/market-events.js';
import { BINANCE_SPOT } from '../product.js';

/** The market at Binance spot. */
export class BinanceSpotMarketFeed extends BinanceMarketFeed {
  /** Throws a RangeError on a URL that is none. */
  constructor(options: BinanceMarketFeedOptions) {
    super(BINANCE_SPOT, marketNews, options);
  }
}
