import type { NewOrderRequest, RejectCode } from '@bowline/exchange-simulator';
import { BinanceError } from '../common/binance-error.js';
import { minNotionalError } from '../common/filters.js';
import type { Books } from './books.js';

/** What Binance says where the engine refuses an order. */
export function rejectionOf(books: Books, request: NewOrderRequest, code: RejectCode | null): BinanceError {
  switch (code) {
    case 'MIN_NOTIONAL':
      return minNotionalError(books.listed(request.symbol).filters);
    case 'REDUCE_ONLY_REJECTED':
      return BinanceError.of(isFlat(books, request) || isHedged(books, request) ? -2022 : -4118);
    default:
      return refusalOf(code);
  }
}

/** What Binance says where the engine refuses a request, whatever it is about. */
export function refusalOf(code: RejectCode | null): BinanceError {
  switch (code) {
    case 'UNKNOWN_SYMBOL':
      return BinanceError.of(-1121);
    case 'INVALID_CLIENT_ORDER_ID':
      return BinanceError.of(-4015);
    case 'DUPLICATE_CLIENT_ORDER_ID':
      return BinanceError.of(-4116);
    case 'INVALID_QUANTITY':
      return BinanceError.of(-4003);
    case 'INVALID_PRICE':
    case 'INVALID_STOP_PRICE':
      return BinanceError.of(-4014);
    case 'INVALID_TIME_IN_FORCE':
      return BinanceError.of(-1115);
    case 'POSITION_SIDE_MISMATCH':
      return BinanceError.of(-4061);
    case 'REDUCE_ONLY_IN_HEDGE_MODE':
      return BinanceError.of(-1106, 'reduceonly');
    case 'REDUCE_ONLY_REJECTED':
      return BinanceError.of(-2022);
    case 'INSUFFICIENT_MARGIN':
      return BinanceError.of(-2019);
    case 'WOULD_TRIGGER':
      return BinanceError.of(-2021);
    case 'POST_ONLY_WOULD_TAKE':
      return BinanceError.of(-5022);
    case 'TOO_MANY_OPEN_ORDERS':
      return BinanceError.of(-2025);
    case 'TOO_MANY_CONDITIONAL_ORDERS':
      return BinanceError.of(-4045);
    case 'UNKNOWN_ORDER':
    case 'NOT_AMENDABLE':
      return BinanceError.of(-2013);
    case 'NOTHING_TO_AMEND':
      return BinanceError.of(-5027);
    case 'POSITION_MODE_OPEN_ORDERS':
      return BinanceError.of(-4067);
    case 'POSITION_MODE_OPEN_POSITION':
      return BinanceError.of(-4068);
    case 'MARGIN_TYPE_OPEN_ORDERS':
      return BinanceError.of(-4047);
    case 'MARGIN_TYPE_OPEN_POSITION':
      return BinanceError.of(-4048);
    default:
      return BinanceError.of(-1000);
  }
}

function isFlat(books: Books, { account, positionSide = 'BOTH', side, symbol }: NewOrderRequest): boolean {
  const held = books.position(account, symbol, positionSide)?.quantity ?? 0;
  return side === 'SELL' ? held <= 0 : held >= 0;
}

function isHedged(books: Books, { account }: NewOrderRequest): boolean {
  return books.exchange.settingsOf(account).hedgeMode;
}
