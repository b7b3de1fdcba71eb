import {
  amount,
  AUDIT,
  CLIENT,
  count,
  EXCHANGE,
  LEG,
  liveTable,
  ORDER,
  orNull,
  POSITION,
  quantity,
  SEQUENCE,
  STRATEGY,
  SYMBOL,
  text,
  time,
} from './columns.js';

const EXCHANGE_OR_NONE = orNull(text('Where; null: everywhere, or nowhere.'));
const SYMBOL_OR_NONE = orNull(text('Symbol as configured; null: whatever it is.'));

export const ORDERS = liveTable({
  meaning: 'One row for each order that was sent, as it is now.',
  key: ['clientId', 'exchange', 'clientOrderId'],
  columns: {
    sequence: SEQUENCE,
    clientId: CLIENT,
    exchange: EXCHANGE,
    symbol: SYMBOL,
    clientOrderId: ORDER,
    strategyId: STRATEGY,
    strategyPositionId: POSITION,
    leg: LEG,
    generation: count('Raised at each replacement of the leg, from 0.'),
    side: text('`BUY` or `SELL`.'),
    positionSide: text('`LONG` or `SHORT`.'),
    orderType: text('`market`, `limit`, or `stop_market`.'),
    timeInForce: text('`GTC`, `IOC`, `FOK`, or `GTX`.'),
    orderQty: quantity('What was ordered.'),
    limitPrice: orNull(amount('Of a limit order.')),
    stopPrice: orNull(amount('Trigger of a stop.')),
    orderStatus: text(
      '`pending_new`, `new`, `partially_filled`, `pending_cancel`, `pending_replace`, `unknown`, `filled`, `canceled`, `rejected`, or `expired`.',
    ),
    cumQty: quantity('What was filled.'),
    leavesQty: quantity('What can still be filled; 0 once the order has ended.'),
    avgPx: orNull(amount('Average fill price, half-even to 8 decimals.')),
    cumValue: amount('Sum of fill price x quantity.'),
    createdTime: time('When it was decided.'),
    updatedTime: time('When something was last said of it.'),
  },
});

export const FILLS = liveTable({
  meaning: 'One row for each fill.',
  key: ['clientId', 'exchange', 'clientOrderId', 'tradeId'],
  columns: {
    sequence: SEQUENCE,
    clientId: CLIENT,
    exchange: EXCHANGE,
    symbol: SYMBOL,
    tradeId: text("The exchange's id of the fill."),
    clientOrderId: ORDER,
    strategyId: STRATEGY,
    strategyPositionId: POSITION,
    leg: LEG,
    generation: count("The order's."),
    side: text('`BUY` or `SELL`.'),
    lastQty: quantity('Quantity of this fill.'),
    lastPx: amount('Price of this fill.'),
    value: amount('lastPx x lastQty, contract multiplier included.'),
    fee: amount('Paid; below 0 for a rebate.'),
    time: time('When it happened.'),
  },
});

export const SIGNALS = liveTable({
  meaning: 'One row for each signal and channel that it concerned, with what was made of it.',
  key: ['clientId', 'auditId'],
  columns: {
    sequence: SEQUENCE,
    auditId: AUDIT,
    clientId: CLIENT,
    exchange: EXCHANGE_OR_NONE,
    symbol: SYMBOL,
    strategyId: STRATEGY,
    signalId: text('As the sender named it, or as it was derived.'),
    signal: count('1 be long, -1 be short, 0 be flat.'),
    signalTime: time("The strategy's own time."),
    outcome: text(
      '`ordered`, `closing` (a close, with the entry that may follow it), `ignored`, or `denied`.',
    ),
    code: orNull(text('Why it was ignored or denied.')),
    text: orNull(text('The same for people.')),
    time: time('When it was decided.'),
  },
});

export const DENIALS = liveTable({
  meaning: 'One row for each signal or intent that would have become an order and did not.',
  key: ['clientId', 'auditId'],
  columns: {
    sequence: SEQUENCE,
    auditId: AUDIT,
    clientId: CLIENT,
    exchange: EXCHANGE_OR_NONE,
    symbol: SYMBOL,
    strategyId: STRATEGY,
    /** The order-generator denies signals, the channel intents. */
    id: text('Of the signal or intent.'),
    code: text('Why, from a closed set.'),
    text: text('Why, in a sentence with the figures.'),
    time: time('When it was decided.'),
  },
});

export const ALERTS = liveTable({
  meaning: 'One row for each thing that a person should look at.',
  key: ['clientId', 'auditId'],
  columns: {
    sequence: SEQUENCE,
    auditId: AUDIT,
    clientId: CLIENT,
    exchange: EXCHANGE_OR_NONE,
    symbol: SYMBOL_OR_NONE,
    code: text('What it is, such as `OVERFILL`, `DRIFT`, or `DEAD_LETTER` (a message that always failed).'),
    strategyPositionId: orNull(POSITION),
    leg: orNull(LEG),
    quantity: orNull(quantity('How much of it.')),
    text: orNull(text('What more is known.')),
    time: time('When it was noticed.'),
  },
});

export const CONTROLS = liveTable({
  meaning: 'One row for each command as it was carried out.',
  key: ['clientId', 'auditId'],
  columns: {
    sequence: SEQUENCE,
    auditId: AUDIT,
    clientId: CLIENT,
    exchange: EXCHANGE_OR_NONE,
    symbol: SYMBOL_OR_NONE,
    strategyId: orNull(text('Which strategy; null: all.')),
    command: text('`trading_state`, `close`, `retry`, `reconcile`, or `adopt`.'),
    tradingState: orNull(text('`ACTIVE`, `REDUCING`, or `HALTED`; of `trading_state` only.')),
    by: text('Who said so.'),
    reason: text('Why.'),
    time: time('When it was carried out.'),
  },
});

export const BARS = liveTable({
  meaning:
    'One row for each candle that is over, and for the one that had begun when the desk stopped or gave a copy away.',
  key: ['exchange', 'symbol', 'openTime'],
  columns: {
    exchange: text('Where.'),
    symbol: SYMBOL,
    openTime: time('When it began.'),
    intervalMs: count('How long it is, in milliseconds.'),
    open: amount('First price.'),
    high: amount('Highest price.'),
    low: amount('Lowest price.'),
    close: amount('Last price.'),
  },
});
