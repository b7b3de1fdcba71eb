import fc from 'fast-check';
import type { PositionSide, Side, TimeInForce } from '@bowline/domain';
import type { SelfTradePrevention } from './book-order.js';
import type { BookLevel, Command } from './commands.js';
import { hasLimitPrice, isConditional, type OrderType, type WorkingType } from './vocabulary.js';

/** Two one-way accounts and a hedged one, so that they often meet each other and themselves. */
export const ACCOUNTS = ['ikenna', 'odum', 'hedged'] as const;

const price = fc.integer({ min: 95, max: 105 });
const quantity = fc.integer({ min: 1, max: 12 });
const who = fc.constantFrom(...ACCOUNTS);
/** Few ids: duplicates, reuse, and cancels that hit are common. */
const clientOrderId = fc.integer({ min: 1, max: 25 }).map((id) => `o-${id}`);

const newOrder = fc
  .record({
    account: who,
    clientOrderId,
    side: fc.constantFrom<Side>('BUY', 'SELL'),
    orderType: fc.oneof(
      { weight: 6, arbitrary: fc.constant<OrderType>('LIMIT') },
      { weight: 2, arbitrary: fc.constant<OrderType>('MARKET') },
      {
        weight: 4,
        arbitrary: fc.constantFrom<OrderType>(
          'STOP_MARKET',
          'STOP_LIMIT',
          'TAKE_PROFIT_MARKET',
          'TAKE_PROFIT_LIMIT',
        ),
      },
    ),
    orderQty: quantity,
    price,
    stopPrice: price,
    workingType: fc.constantFrom<WorkingType>('LAST_PRICE', 'MARK_PRICE'),
    timeInForce: fc.constantFrom<TimeInForce>('GTC', 'GTC', 'IOC', 'FOK', 'GTX'),
    reduceOnly: fc.boolean(),
    positionSide: fc.constantFrom<PositionSide>('LONG', 'SHORT'),
    selfTradePrevention: fc.constantFrom<SelfTradePrevention>(
      'NONE',
      'EXPIRE_TAKER',
      'EXPIRE_MAKER',
      'EXPIRE_BOTH',
    ),
  })
  .map(
    ({ price: limit, stopPrice, workingType, timeInForce, reduceOnly, positionSide, ...rest }): Command => {
      const { orderType, account } = rest;
      return {
        kind: 'new',
        symbol: 'BTCUSDT',
        ...rest,
        ...(hasLimitPrice(orderType) && { price: limit, timeInForce }),
        ...(isConditional(orderType) && { stopPrice, workingType }),
        ...(account === 'hedged' ? { positionSide } : { reduceOnly }),
      };
    },
  );

const levels = fc.array(quantity, { maxLength: 4 });

const market = fc.oneof(
  fc.record({ middle: price, bids: levels, asks: levels }).map(({ middle, bids, asks }): Command => ({
    kind: 'quote',
    symbol: 'BTCUSDT',
    bids: bids.map((shown, at): BookLevel => [middle - 1 - at, shown]),
    asks: asks.map((shown, at): BookLevel => [middle + 1 + at, shown]),
  })),
  fc.record({ price, quantity }).map((print): Command => ({ kind: 'trade', symbol: 'BTCUSDT', ...print })),
  price.map((mark): Command => ({ kind: 'markPrice', symbol: 'BTCUSDT', price: mark })),
);

const amend = fc
  .record({ account: who, clientOrderId, orderQty: quantity, price })
  .map((request): Command => ({ kind: 'amend', symbol: 'BTCUSDT', ...request }));

const cancel = fc
  .record({ account: who, clientOrderId })
  .map((request): Command => ({ kind: 'cancel', symbol: 'BTCUSDT', ...request }));

const cancelAll = who.map((account): Command => ({ kind: 'cancelAll', account, symbol: 'BTCUSDT' }));

/** A life of the exchange: every order type and time in force, quotes, prints, amendments, cancels, and nonsense. */
export const commands = fc.array(
  fc.oneof(
    { weight: 30, arbitrary: newOrder },
    { weight: 8, arbitrary: market },
    { weight: 5, arbitrary: amend },
    { weight: 5, arbitrary: cancel },
    { weight: 1, arbitrary: cancelAll },
  ),
  { minLength: 1, maxLength: 150, size: 'max' },
);
