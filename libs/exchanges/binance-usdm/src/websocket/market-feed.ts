import { BinanceMarketFeed, type BinanceMarketFeedOptions } from '@bowline/exchange-binance-common';
import { marketNews } from '../parse/market-events.js';
import { BINANCE_USDM } from '../product.js';

/** The market at Binance USD-M futures. */
export class BinanceUsdmMarketFeed extends BinanceMarketFeed {
  /** Throws a RangeError on a URL that is none. */
  constructor(options: BinanceMarketFeedOptions) {
    super(BINANCE_USDM, marketNews, options);
  }
}
