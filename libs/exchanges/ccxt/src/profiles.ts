import { createHash } from 'node:crypto';
import type { OrderTerms, RejectReason, Side } from '@bowline/domain';
import type { ErrorMeaning, KnownError } from './ccxt/errors.js';
import type { Params } from './ccxt/shape.js';

type Info = Readonly<Record<string, unknown>>;

export interface Fee {
  /** Above 0: it was paid. */
  readonly cost: string | number | null;
  readonly currency: string | null;
}

/** What ccxt does not say of an exchange, or says in a way of its own for each. */
export interface ExchangeProfile {
  readonly clientOrderId: {
    readonly pattern: string;
    readonly maxLength: number;
    readonly reuse: 'never' | 'closed';
    /** What the exchange gets in place of our id: it takes no more than UUIDs. Null: our id. */
    readonly sent: ((clientOrderId: string) => string) | null;
  };
  /** Our id in what the exchange says of an order or a trade; that of the stop, where it was one. */
  readonly idIn: (info: Info) => unknown;
  /** The fee of a trade in what the exchange says of it, where ccxt does not say the same by its stream and in answers; null: what ccxt says. */
  readonly feeIn: ((info: Info) => Fee) | null;
  /** What the account has of an asset in cash, in what the exchange says of its balance, where ccxt's total is another figure; null: ccxt's total. */
  readonly cashIn: ((info: Info, asset: string) => unknown) | null;
  /** How the exchange says that the line of an account is over, and what ccxt has to forget to dial another. Null: it hangs up. */
  readonly lineOver: {
    readonly isSaid: (message: Info) => boolean;
    readonly forget: (options: Record<string, unknown>) => void;
  } | null;
  /** How an order is found by our id: by itself, or in the lists of open and closed orders. */
  readonly find: 'fetchOrder' | 'lists';
  /** Parameters that narrow a list, or name the order to cancel, by our id. */
  readonly byClientOrderId: (id: string) => Params;
  /** Stops are a list of their own; null: they are orders like others. */
  readonly conditional: {
    readonly params: Params;
    /** The order of the book that a stop has become, in what the exchange says of the stop. */
    readonly bookId: (info: Info) => unknown;
    /** It speaks of the stop, and not of an order of the book. */
    readonly isStop: (info: Info) => boolean;
    /** The order of the book does not say which stop it was: the list of stops has to be asked. */
    readonly isSilent: boolean;
    /** Its stream has to be asked for besides that of the book. */
    readonly ownStream: boolean;
  } | null;
  readonly stop: (price: number, side: Side, id: string) => Params;
  readonly amend: boolean;
  /** Parameters of an order in hedge mode, where the position side says what closes. Null: there is no such mode. */
  readonly hedge: ((terms: OrderTerms) => Params) | null;
  /** An entry gives way to an order of ours that it meets, and what closes does not. */
  readonly selfTrade: (isEntry: boolean) => Params;
  readonly maxConditionalOrders: number | null;
  /** How an exchange is told how long a request may be carried out. Null: it cannot be told. */
  readonly age:
    | { readonly by: 'window'; readonly option: string }
    | { readonly by: 'header'; readonly name: string }
    | { readonly by: 'param'; readonly name: string }
    | null;
  /** How the account's trades are read whole. */
  readonly trades:
    | {
        readonly by: 'id';
        readonly pageSize: number;
        readonly from: (tradeId: number) => Params;
        readonly ofOrder: (orderId: string) => Params;
      }
    | {
        readonly by: 'time';
        readonly pageSize: number;
        /** False: the exchange gives all symbols at once, and ccxt would hide how many there were. */
        readonly perSymbol: boolean;
        /** Parameters of the lists that only together have all of them. */
        readonly lists: readonly Params[];
        /** When it was traded, in what the exchange says, ms; null: what ccxt says. */
        readonly time: ((info: Info) => unknown) | null;
      };
  /** The exchange's own code of an error, in the body of its answer. */
  readonly codeOf: (body: Info) => unknown;
  readonly codes: ReadonlyMap<string, KnownError>;
  /** The order is the exchange's own: it liquidates or reduces. By our side's id, or what it says of the trade. */
  readonly isForced: (clientOrderId: string, info: Info) => boolean;
}

/** By ccxt's id. Sources: the exchanges' API documentation and ccxt 4.5's sources of them. */
export function profileOf(ccxtId: string): ExchangeProfile | undefined {
  return PROFILES.get(ccxtId);
}

export function profiledIds(): readonly string[] {
  return [...PROFILES.keys()];
}

const codes = (
  table: Readonly<Record<string, RejectReason | Exclude<ErrorMeaning, 'rejected'>>>,
): ReadonlyMap<string, KnownError> =>
  new Map(
    Object.entries(table).map(([code, word]): [string, KnownError] => [
      code,
      isReason(word)
        ? { meaning: 'rejected', reason: word }
        : { meaning: word, reason: NOT_SENT.has(word) ? 'NOT_SENT' : 'OTHER' },
    ]),
  );

/** The exchange has not looked at the order itself: it may be sent again. */
const NOT_SENT: ReadonlySet<ErrorMeaning> = new Set(['rate', 'clock'] as const);

function isReason(word: RejectReason | ErrorMeaning): word is RejectReason {
  return word === word.toUpperCase();
}

const listOf = (list: unknown): readonly Info[] =>
  (Array.isArray(list) ? (list as unknown[]) : []).filter(
    (each) => typeof each === 'object' && each !== null,
  ) as Info[];

const first = (list: unknown): Info => listOf(list)[0] ?? {};

const BINANCE_USDM: ExchangeProfile = {
  clientOrderId: { pattern: '^[.A-Z:/a-z0-9_-]{1,36}$', maxLength: 36, reuse: 'closed', sent: null },
  // Its total is the equity in answers, and the cash in the stream.
  cashIn: (info, asset) => listOf(info['assets']).find((each) => each['asset'] === asset)?.['walletBalance'],
  lineOver: {
    isSaid: ({ e }) => e === 'listenKeyExpired',
    forget: (options) => {
      options['future'] = {};
    },
  },
  idIn: (info) => info['caid'] ?? info['clientAlgoId'] ?? info['c'] ?? info['clientOrderId'],
  feeIn: null,
  find: 'fetchOrder',
  byClientOrderId: (id) => ({ clientOrderId: id }),
  conditional: {
    params: { trigger: true },
    bookId: (info) => info['actualOrderId'] ?? info['ai'],
    isStop: (info) => 'caid' in info || 'algoId' in info,
    ...{ isSilent: true, ownStream: false },
  },
  stop: (price) => ({ triggerPrice: price, workingType: 'CONTRACT_PRICE' }),
  amend: true,
  hedge: ({ positionSide }) => ({ positionSide }),
  selfTrade: (isEntry) => ({ selfTradePreventionMode: isEntry ? 'EXPIRE_TAKER' : 'EXPIRE_MAKER' }),
  maxConditionalOrders: 200,
  age: { by: 'window', option: 'recvWindow' },
  trades: { by: 'id', pageSize: 1_000, from: (fromId) => ({ fromId }), ofOrder: (orderId) => ({ orderId }) },
  codeOf: (body) => body['code'],
  codes: codes({
    ...{ '-1006': 'unknown', '-1007': 'unknown', '-1003': 'rate', '-1008': 'rate', '-1015': 'rate' },
    ...{ '-1021': 'clock', '-5028': 'clock', '-1022': 'access', '-2014': 'access', '-2015': 'access' },
    ...{ '-2011': 'not_found', '-2013': 'not_found', '-4116': 'duplicate', '-5027': 'unchanged' },
    ...{ '-2018': 'INSUFFICIENT_MARGIN', '-2019': 'INSUFFICIENT_MARGIN', '-2027': 'INSUFFICIENT_MARGIN' },
    ...{ '-2028': 'INSUFFICIENT_MARGIN', '-4164': 'BELOW_MINIMUM', '-2021': 'WOULD_TRIGGER' },
    ...{ '-4131': 'WOULD_TRIGGER', '-2022': 'POSITION_TOO_SMALL', '-4118': 'POSITION_TOO_SMALL' },
    ...{ '-4509': 'POSITION_TOO_SMALL', '-2025': 'CAPACITY', '-4045': 'CAPACITY' },
    ...{ '-4061': 'position_mode', '-4067': 'position_mode', '-4068': 'position_mode' },
  }),
  isForced: (id) => /^(autoclose-|adl_autoclose|settlement_autoclose-|delivery_autoclose-)/.test(id),
};

const OKX: ExchangeProfile = {
  clientOrderId: { pattern: '^[A-Za-z0-9]{1,32}$', maxLength: 32, reuse: 'closed', sent: null },
  // Its total is the equity, with what open positions would bring.
  cashIn: (info, asset) =>
    listOf(first(info['data'])['details']).find(({ ccy }) => ccy === asset)?.['cashBal'],
  lineOver: null,
  idIn: (info) => info['algoClOrdId'] || info['clOrdId'],
  feeIn: okxFee,
  find: 'fetchOrder',
  byClientOrderId: (id) => ({ clientOrderId: id }),
  conditional: {
    params: { trigger: true },
    bookId: (info) => info['ordId'],
    isStop: (info) => info['ordType'] === 'trigger',
    ...{ isSilent: false, ownStream: true },
  },
  stop: (price, _side, id) => ({ triggerPrice: price, triggerPxType: 'last', algoClOrdId: id }),
  amend: true,
  hedge: ({ positionSide }) => ({ positionSide: positionSide.toLowerCase() }),
  selfTrade: (isEntry) => ({ stpMode: isEntry ? 'cancel_taker' : 'cancel_maker' }),
  maxConditionalOrders: null,
  age: { by: 'header', name: 'expTime' },
  trades: { by: 'time', pageSize: 100, perSymbol: true, lists: [{}], time: (info) => info['fillTime'] },
  codeOf: (body) => first(body['data'])['sCode'] ?? body['code'],
  codes: codes({
    ...{ '50004': 'unknown', '50011': 'rate', '50061': 'rate', '51016': 'duplicate' },
    ...{ '51400': 'not_found', '51401': 'not_found', '51402': 'not_found', '51603': 'not_found' },
    ...{ '51008': 'INSUFFICIENT_MARGIN', '51020': 'BELOW_MINIMUM', '51120': 'BELOW_MINIMUM' },
    ...{ '51023': 'POSITION_TOO_SMALL', '51112': 'POSITION_TOO_SMALL', '51169': 'POSITION_TOO_SMALL' },
    ...{ '51277': 'WOULD_TRIGGER', '51278': 'WOULD_TRIGGER', '51279': 'WOULD_TRIGGER' },
    ...{ '51280': 'WOULD_TRIGGER', '51006': 'PRICE_OUT_OF_RANGE', '51137': 'PRICE_OUT_OF_RANGE' },
    '51138': 'PRICE_OUT_OF_RANGE',
  }),
  isForced: (_id, info) => FORCED_CATEGORIES.has(info['category']) || isForcedFill(info['subType']),
};

/** The exchange counts what we pay below zero, and in its stream `fee` is the whole order's. ccxt's stream leaves the sign. */
function okxFee(info: Info): Fee {
  const [cost, currency] =
    'fillFee' in info ? [info['fillFee'], info['fillFeeCcy']] : [info['fee'], info['feeCcy']];
  if (typeof cost !== 'string' || cost === '') return { cost: null, currency: null };
  return {
    cost: cost.startsWith('-') ? cost.slice(1) : `-${cost}`,
    currency: typeof currency === 'string' ? currency : null,
  };
}

/** OKX's categories of orders of its own. */
const FORCED_CATEGORIES: ReadonlySet<unknown> = new Set([
  'full_liquidation',
  'partial_liquidation',
  'adl',
  'delivery',
]);

/** OKX's kinds of fills: 100 to 107 are forced, 112 and 113 delivery, 125 and 126 auto-deleveraging. */
function isForcedFill(subType: unknown): boolean {
  const kind = Number(subType ?? 0);
  return (kind >= 100 && kind <= 107) || kind === 112 || kind === 113 || kind === 125 || kind === 126;
}

const BYBIT: ExchangeProfile = {
  clientOrderId: { pattern: '^[A-Za-z0-9_-]{1,36}$', maxLength: 36, reuse: 'closed', sent: null },
  ...{ cashIn: null, lineOver: null },
  idIn: (info) => info['orderLinkId'],
  feeIn: null,
  // Its fetchOrder wants the exchange's own id.
  find: 'lists',
  byClientOrderId: (id) => ({ orderLinkId: id }),
  conditional: null,
  stop: (price, side) => ({
    ...{ triggerPrice: price, triggerBy: 'LastPrice' },
    triggerDirection: side === 'BUY' ? 'ascending' : 'descending',
  }),
  amend: true,
  hedge: ({ positionSide }) => ({ positionIdx: positionSide === 'LONG' ? 1 : 2 }),
  selfTrade: (isEntry) => ({ smpType: isEntry ? 'CancelTaker' : 'CancelMaker' }),
  maxConditionalOrders: null,
  age: { by: 'window', option: 'recvWindow' },
  trades: {
    ...{ by: 'time', pageSize: 100, perSymbol: true, time: (info) => info['execTime'] },
    // ccxt asks for none but the first by itself.
    lists: [{ execType: 'Trade' }, { execType: 'AdlTrade' }, { execType: 'BustTrade' }],
  },
  codeOf: (body) => body['retCode'],
  codes: codes({
    ...{ '10000': 'unknown', '10016': 'unknown', '10002': 'clock', '10006': 'rate', '10018': 'rate' },
    ...{ '10003': 'access', '10004': 'access', '10005': 'access', '10010': 'access' },
    ...{ '110001': 'not_found', '110008': 'not_found', '110010': 'not_found', '110072': 'duplicate' },
    ...{ '110004': 'INSUFFICIENT_MARGIN', '110007': 'INSUFFICIENT_MARGIN' },
    ...{ '110012': 'INSUFFICIENT_MARGIN', '110017': 'POSITION_TOO_SMALL', '110094': 'BELOW_MINIMUM' },
    ...{ '110009': 'CAPACITY', '110020': 'CAPACITY', '110092': 'WOULD_TRIGGER' },
    ...{ '110093': 'WOULD_TRIGGER', '110003': 'PRICE_OUT_OF_RANGE' },
  }),
  isForced: (_id, info) => ['BustTrade', 'AdlTrade', 'Delivery', 'Settle'].includes(String(info['execType'])),
};

const KRAKEN: ExchangeProfile = {
  // It takes 18 characters, or a UUID.
  clientOrderId: { pattern: '^.{1,64}$', maxLength: 64, reuse: 'closed', sent: uuidOf },
  ...{ cashIn: null, lineOver: null },
  idIn: (info) => info['cl_ord_id'],
  feeIn: null,
  find: 'lists',
  byClientOrderId: (id) => ({ clientOrderId: id }),
  conditional: null,
  stop: (price) => ({ stopLossPrice: price, trigger: 'last' }),
  // It cancels the order and places another, of another id.
  amend: false,
  hedge: null,
  selfTrade: (isEntry) => ({ stptype: isEntry ? 'cancel-newest' : 'cancel-oldest' }),
  maxConditionalOrders: null,
  age: { by: 'param', name: 'deadline' },
  trades: { by: 'time', pageSize: 50, perSymbol: false, lists: [{}], time: null },
  codeOf: (body) => (Array.isArray(body['error']) ? (body['error'] as unknown[])[0] : null),
  codes: codes({
    ...{
      'EService:Unavailable': 'unknown',
      'EService:Busy': 'unknown',
      'EGeneral:Internal error': 'unknown',
    },
    ...{ 'EService:Deadline elapsed': 'NOT_SENT', 'EAPI:Rate limit exceeded': 'rate' },
    ...{ 'EOrder:Rate limit exceeded': 'rate', 'EAPI:Invalid nonce': 'clock' },
    ...{ 'EOrder:Unknown order': 'not_found', 'EOrder:Insufficient funds': 'INSUFFICIENT_MARGIN' },
    ...{ 'EOrder:Order minimum not met': 'BELOW_MINIMUM', 'EOrder:Cost minimum not met': 'BELOW_MINIMUM' },
    ...{ 'EOrder:Orders limit exceeded': 'CAPACITY', 'EOrder:No open position': 'POSITION_TOO_SMALL' },
    ...{ 'EService:Market in cancel_only mode': 'NOT_TRADING' },
  }),
  isForced: () => false,
};

/** The same UUID for the same id, so that it can be asked for again by whoever knows only ours. */
function uuidOf(clientOrderId: string): string {
  const hex = createHash('sha256').update(clientOrderId).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

const PROFILES: ReadonlyMap<string, ExchangeProfile> = new Map([
  ['binanceusdm', BINANCE_USDM],
  ['okx', OKX],
  ['okxus', OKX],
  ['myokx', OKX],
  ['bybit', BYBIT],
  ['bybiteu', BYBIT],
  ['kraken', KRAKEN],
]);
