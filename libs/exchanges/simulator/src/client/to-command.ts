import type { ExchangeRequest } from '@bowline/ports';
import type { AmendRequest, CancelRequest, NewOrderRequest, SelfTradePrevention } from '../matching/index.js';

type PlaceRequest = Extract<ExchangeRequest, { type: 'place' }>;

/** Requests that change something; the others ask. */
export type Command = NewOrderRequest | AmendRequest | CancelRequest;

/** The order as the exchange takes it. What does not fit together is passed on: refusing it is the exchange's business. */
export function placeCommand(
  account: string,
  hedgeMode: boolean,
  { clientOrderId, symbol, terms }: PlaceRequest,
): NewOrderRequest {
  const { orderQty, orderType, limitPrice, positionSide, reduceOnly, side, stopPrice, timeInForce } = terms;
  return {
    kind: 'new',
    account,
    symbol,
    clientOrderId,
    side,
    orderQty,
    orderType: ORDER_TYPES[orderType],
    ...(limitPrice !== null && { price: limitPrice }),
    ...(stopPrice !== null && { stopPrice }),
    ...(orderType === 'stop_market' && { workingType: 'LAST_PRICE' }),
    // Orders without a limit price rest nowhere, whatever their terms say.
    ...(orderType === 'limit' && { timeInForce }),
    // In hedge mode the position side says what closes, and reduceOnly is not accepted.
    ...(hedgeMode ? { positionSide } : { reduceOnly }),
    selfTradePrevention: selfTradePrevention(terms.key.leg),
  };
}

export function amendCommand(
  account: string,
  { clientOrderId, orderQty, price, symbol }: Extract<ExchangeRequest, { type: 'amend' }>,
): AmendRequest {
  return { kind: 'amend', account, symbol, clientOrderId, orderQty, ...(price !== null && { price }) };
}

export function cancelCommand(
  account: string,
  { clientOrderId, symbol }: Extract<ExchangeRequest, { type: 'cancel' }>,
): CancelRequest {
  return { kind: 'cancel', account, symbol, clientOrderId };
}

const ORDER_TYPES = { market: 'MARKET', limit: 'LIMIT', stop_market: 'STOP_MARKET' } as const;

/** An entry gives way to what stands in its way, and what closes does not: risk goes down first. */
function selfTradePrevention(leg: PlaceRequest['terms']['key']['leg']): SelfTradePrevention {
  return leg === 'e' ? 'EXPIRE_TAKER' : 'EXPIRE_MAKER';
}
