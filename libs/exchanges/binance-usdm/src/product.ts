import type { BinanceProduct } from '@bowline/exchange-binance-common';
import { USDM_ERRORS } from './http/errors.js';

export const BINANCE_USDM: BinanceProduct = {
  name: 'binance-usdm',
  restUrl: 'https://fapi.binance.com',
  streamUrl: 'wss://fstream.binance.com',
  root: '/fapi/v1',
  tradesPath: '/market/stream',
  bookPath: '/public/stream',
  errors: USDM_ERRORS,
  costs: {
    place: { weight: 0, orders: 1 },
    amend: { weight: 1, orders: 1 },
    // In the second list too where the first does not have it.
    cancel: { weight: 2, orders: 0 },
    // Both lists, and the order's trades.
    query_order: { weight: 7, orders: 0 },
    // Trades (twice, around the position), the position, the balance.
    query_position: { weight: 20, orders: 0 },
  },
};
