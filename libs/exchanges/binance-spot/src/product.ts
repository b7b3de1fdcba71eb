import type { BinanceProduct } from '@bowline/exchange-binance-common';
import { SPOT_ERRORS } from './http/errors.js';

export const BINANCE_SPOT: BinanceProduct = {
  name: 'binance-spot',
  restUrl: 'https://api.binance.com',
  streamUrl: 'wss://stream.binance.com:9443',
  root: '/api/v3',
  tradesPath: '/stream',
  bookPath: '/stream',
  errors: SPOT_ERRORS,
  costs: {
    place: { weight: 1, orders: 1 },
    // Nothing is sent: it is looked for.
    amend: { weight: 4, orders: 0 },
    cancel: { weight: 1, orders: 0 },
    // The order, and its trades.
    query_order: { weight: 9, orders: 0 },
    // Trades (twice, around the balances), and the balances.
    query_position: { weight: 60, orders: 0 },
  },
};
