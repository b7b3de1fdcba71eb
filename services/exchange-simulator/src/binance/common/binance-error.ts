/**
 * What Binance says where it refuses, by code, with the HTTP status where that is not 400. `%s` stands for what it is
 * about. (developers.binance.com, USD-M futures and spot: error codes.)
 */
const MESSAGES = {
  '-1000': ['An unknown error occurred while processing the request.', 500],
  '-1003': [
    'Too many requests; current limit is %s requests per minute. Please use the websocket for live updates to avoid polling the API.',
    429,
  ],
  '-1006': ['An unexpected response was received from the message bus. Execution status unknown.', 503],
  '-1007': [
    'Timeout waiting for response from backend server. Send status unknown; execution status unknown.',
    408,
  ],
  '-1008': ['Server is currently overloaded with other requests. Please try again in a few minutes.', 503],
  '-1015': ['Too many new orders; current limit is %s orders per %s.', 429],
  '-1021': ['%s'],
  '-1022': ['Signature for this request is not valid.'],
  '-1100': ["Illegal characters found in parameter '%s'."],
  '-1102': ["Mandatory parameter '%s' was not sent, was empty/null, or malformed."],
  '-1105': ["Parameter '%s' was empty."],
  '-1106': ["Parameter '%s' sent when not required."],
  '-1111': ['Precision is over the maximum defined for this asset.'],
  '-1115': ['Invalid timeInForce.'],
  '-1116': ['Invalid orderType.'],
  '-1117': ['Invalid side.'],
  '-1120': ['Invalid interval.'],
  '-1121': ['Invalid symbol.'],
  '-1125': ['This listenKey does not exist.'],
  '-1128': ['Combination of optional parameters invalid.'],
  '-1130': ["Data sent for parameter '%s' is not valid."],
  '-1131': ['recvWindow must be less than 60000.'],
  '-2011': ['Unknown order sent.'],
  '-2013': ['Order does not exist.'],
  '-2014': ['API-key format invalid.', 401],
  '-2015': ['Invalid API-key, IP, or permissions for action.', 401],
  '-2019': ['Margin is insufficient.'],
  '-2021': ['Order would immediately trigger.'],
  '-2022': ['ReduceOnly Order is rejected.'],
  '-2025': ['Reach max open order limit.'],
  '-4001': ['Price less than 0.'],
  '-4002': ['Price greater than max price.'],
  '-4003': ['Quantity less than or equal to zero.'],
  '-4004': ['Quantity less than min quantity.'],
  '-4005': ['Quantity greater than max quantity.'],
  '-4006': ['Stop price less than or equal to zero.'],
  '-4013': ['Price less than min price.'],
  '-4014': ['Price not increased by tick size.'],
  '-4015': ['Client order id is not valid.'],
  '-4016': ["Limit price can't be higher than %s."],
  '-4023': ['Quantity not increased by step size.'],
  '-4024': ["Limit price can't be lower than %s."],
  '-4028': ['Leverage %s is not valid'],
  '-4045': ['Reach max stop order limit.'],
  '-4046': ['No need to change margin type.'],
  '-4047': ['Margin type cannot be changed if there exists open orders.'],
  '-4048': ['Margin type cannot be changed if there exists position.'],
  '-4059': ['No need to change position side.'],
  '-4061': ["Order's position side does not match user's setting."],
  '-4067': ['Position side cannot be changed if there exists open orders.'],
  '-4068': ['Position side cannot be changed if there exists position.'],
  '-4082': ['Invalid number of batch place orders.'],
  '-4116': ['ClientOrderId is duplicated.'],
  '-4118': ['ReduceOnly Order Failed. Please check your existing position and open orders.'],
  '-4120': ['Order type not supported for this endpoint. Please use the Algo Order API endpoints instead.'],
  '-4130': ['An open stop or take profit order with GTE and closePosition in the direction is existing.'],
  '-4136': ['Target strategy invalid for orderType %s, closePosition %s.'],
  '-4137': ["Quantity must be zero with closePosition equals 'true'."],
  '-4138': ["ReduceOnly must be true with closePosition equals 'true'."],
  '-4139': ["Order type can not be market if it's unable to cancel."],
  '-4164': ["Order's notional must be no smaller than %s (unless you choose reduce only)."],
  '-4509': [
    'Time in Force (TIF) GTE can only be used with open positions. Please ensure that positions are available.',
  ],
  '-5021': [
    'Due to the order could not be filled immediately, the FOK order has been rejected. The order will not be recorded in the order history.',
  ],
  '-5022': [
    'Due to the order could not be executed as maker, the Post Only order will be rejected. The order will not be recorded in the order history.',
  ],
  '-5027': ['No need to modify the order.'],
} as const satisfies Readonly<Record<`-${number}`, readonly [text: string, status?: number]>>;

type KnownCode = keyof typeof MESSAGES extends `${infer N extends number}` ? N : never;
export type BinanceCode = KnownCode;

/** An answer that is a refusal: `{"code":-1121,"msg":"Invalid symbol."}`. */
export class BinanceError extends Error {
  constructor(
    readonly code: number,
    readonly msg: string,
    readonly status = 400,
    readonly headers: Readonly<Record<string, string>> = {},
    /** What else is said: of a request of which one half was done. */
    readonly data?: unknown,
  ) {
    super(`${code} ${msg}`);
    this.name = 'BinanceError';
  }

  /** With the words that Binance has for the code; `about` fills in the blanks. */
  static of(code: BinanceCode, ...about: readonly (string | number)[]): BinanceError {
    const [text, status = 400] = MESSAGES[`${code}`] as readonly [string, number?];
    let at = 0;
    return new BinanceError(
      code,
      text.replace(/%s/g, () => String(about[at++])),
      status,
    );
  }
}

export function errorBody({ code, data, msg }: BinanceError): {
  readonly code: number;
  readonly msg: string;
  readonly data?: unknown;
} {
  return { code, msg, ...(data !== undefined && { data }) };
}

/** Whether the words of the code are known here. */
export function isBinanceCode(code: number): code is BinanceCode {
  return Object.hasOwn(MESSAGES, String(code));
}
