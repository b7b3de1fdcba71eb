/**
 * Why we did not send an order: the closed set. *Denied* is ours, *rejected* is the exchange's. The text is for
 * people; programs read the code.
 */
export const DENIAL_CODES = {
  TRADING_HALTED: 'the client, the channel or the strategy is halted',
  REDUCING_ONLY: 'only orders that reduce risk are accepted',
  INCREASES_FROZEN: 'the shares do not add up to the exchange position; increases wait until they do',
  POSITION_CONFLICT: 'the strategy still has a position or an entry on the other side',
  PROTECTION_UNAVAILABLE:
    'the exchange holds no stops, and watching them here is not allowed: set allowSynthetic for the account',
  CANCELED_BEFORE_ORDER: 'the entry was canceled before it was seen',
  MARKET_DATA_STALE: 'no recent price of the symbol is known',
  INTENT_EXPIRED: 'the intent was older than its expiry',
  LIMIT_NOT_SET:
    'at live exchanges maxOrderValue, maxPositionSize or maxPositionNotional, maxSlippageBps and maxDailyLoss have to be set',
  RESTRICTED_SYMBOL: 'the client may not trade the symbol',
  VOLATILITY_UNAVAILABLE: 'not enough closes for the volatility window',
  NO_BALANCE: 'the sizing needs accountBalance',
  STOP_REQUIRED: 'riskPerTrade needs a stop that differs from the entry',
  QUANTITY_ZERO: 'the quantity rounds down to no lot',
  QUANTITY_TOO_LARGE:
    'the quantity is more lots than can be counted exactly: set a larger lotSize for the symbol',
  BELOW_MIN_NOTIONAL: 'the order is worth less than the minimum notional',
  TAKE_PROFIT_WRONG_SIDE: 'the take-profit is not beyond the entry',
  STOP_LOSS_WRONG_SIDE: 'the stop-loss is not behind the entry',
  MAX_SLIPPAGE: 'the expected slippage is above maxSlippageBps',
  MAX_ORDER_QUANTITY: 'above maxOrderQuantity',
  MAX_ORDER_VALUE: 'above maxOrderValue',
  MAX_POSITION_SIZE: 'above maxPositionSize',
  MAX_POSITION_NOTIONAL: 'above maxPositionNotional',
  MAX_GROSS_EXPOSURE: 'above maxGrossExposure',
  MAX_NET_EXPOSURE: 'above maxNetExposure',
  MAX_LEVERAGE: 'above maxLeverage',
  DAILY_LOSS: 'the loss of the day has reached maxDailyLoss',
  DRAWDOWN: 'equity has fallen from its peak by maxDrawdownPct',
  CONSECUTIVE_LOSSES: 'maxConsecutiveLosses in a row today',
  DUPLICATE_ORDER: 'the same entry within duplicateOrderWindowMs',
} as const;

export type DenialCode = keyof typeof DENIAL_CODES;

/** ACTIVE trades, REDUCING only closes, HALTED sends nothing that is not protection or a close by an operator. */
export type TradingState = 'ACTIVE' | 'REDUCING' | 'HALTED';
