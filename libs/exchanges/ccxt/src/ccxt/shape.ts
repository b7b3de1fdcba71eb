/**
 * What is used of an exchange object of ccxt. Nothing is taken from ccxt's types on trust: what its functions answer is
 * read like any payload.
 */
export interface CcxtExchange {
  readonly id: string;
  readonly has: Readonly<Record<string, boolean | 'emulated' | undefined>>;
  readonly options: Record<string, unknown>;
  readonly urls: Record<string, unknown>;
  /** By market type, and for contracts by settlement: what ccxt knows of each function. */
  readonly features: unknown;
  readonly markets: Readonly<Record<string, unknown>> | undefined;
  /** Milliseconds between two requests of weight 1. */
  readonly rateLimit: number;
  /** Milliseconds; 0: the exchange counts in a leaky bucket. */
  readonly rollingWindowSize: number | undefined;
  /** 4: steps, the only one whose units can be compared. */
  readonly precisionMode: number;
  /** WebSocket lines, by address. */
  readonly clients: Readonly<Record<string, CcxtLine>> | undefined;
  enableRateLimit: boolean;
  /** Sends a request of the REST API. */
  fetch2: (
    path: string,
    api: unknown,
    method: string,
    params: object,
    ...rest: readonly unknown[]
  ) => Promise<unknown>;
  calculateRateLimiterCost(
    api: unknown,
    method: string,
    path: string,
    params: object,
    config: object,
  ): number;
  /** Hears what comes over a line. */
  handleMessage: (line: CcxtLine, message: unknown) => void;
  /** The line to an address, made where there is none. */
  client: (url: string) => CcxtLine;
  fetchImplementation: unknown;
  /** Calls a function of its own later, such as that which keeps a line alive. */
  delay: (ms: number, method: (...args: unknown[]) => Promise<unknown>, ...args: unknown[]) => void;
  /** For users to hook into. */
  onConnected: (client: unknown) => void;
  setSandboxMode(enabled: boolean): void;
  loadHttpProxyAgent(): Promise<unknown>;
  loadMarkets(reload?: boolean): Promise<unknown>;
  loadTimeDifference(): Promise<unknown>;
  amountToPrecision(symbol: string, amount: number): string | undefined;
  priceToPrecision(symbol: string, price: number): string | undefined;
  createOrder(
    symbol: string,
    type: 'limit' | 'market',
    side: 'buy' | 'sell',
    amount: number,
    price: number | undefined,
    params: Params,
  ): Promise<unknown>;
  editOrder(
    id: string | undefined,
    symbol: string,
    type: 'limit',
    side: 'buy' | 'sell',
    amount: number,
    price: number,
    params: Params,
  ): Promise<unknown>;
  cancelOrder(id: string | undefined, symbol: string, params: Params): Promise<unknown>;
  fetchOrder(id: string | undefined, symbol: string, params: Params): Promise<unknown>;
  fetchOrders: ListOrders;
  fetchOpenOrders: ListOrders;
  fetchClosedOrders: ListOrders;
  fetchCanceledOrders: ListOrders;
  fetchCanceledAndClosedOrders: ListOrders;
  fetchMyTrades: ListOfSymbol;
  fetchTrades(symbol: string, since?: number, limit?: number, params?: Params): Promise<unknown>;
  fetchOHLCV(
    symbol: string,
    timeframe: string,
    since?: number,
    limit?: number,
    params?: Params,
  ): Promise<unknown>;
  fetchTicker(symbol: string): Promise<unknown>;
  fetchOrderBook(symbol: string, limit?: number): Promise<unknown>;
  fetchPositions(symbols: readonly string[], params?: Params): Promise<unknown>;
  fetchPositionMode(symbol?: string): Promise<unknown>;
  fetchBalance(params?: Params): Promise<unknown>;
  fetchFundingHistory: ListOfSymbol;
  fetchFundingRateHistory: ListOfSymbol;
  watchOrders(symbol: string, since?: number, limit?: number, params?: Params): Promise<unknown>;
  watchMyTrades(symbol: string, since?: number, limit?: number, params?: Params): Promise<unknown>;
  watchBalance(params?: Params): Promise<unknown>;
  watchTrades(symbol: string): Promise<unknown>;
  watchTicker(symbol: string): Promise<unknown>;
  watchBidsAsks(symbols: readonly string[]): Promise<unknown>;
  watchOrderBook(symbol: string, limit?: number): Promise<unknown>;
  watchOHLCV(symbol: string, timeframe: string): Promise<unknown>;
  close(): Promise<unknown>;
}

/** A WebSocket line of ccxt. */
export interface CcxtLine {
  readonly isConnected: boolean;
  /** What is waited for on it, by what it is. */
  readonly futures: Readonly<Record<string, unknown>>;
  send: (message: unknown) => Promise<unknown>;
  close(): unknown;
}

export type Params = Readonly<Record<string, unknown>>;

type ListOrders = (symbol: string, since?: number, limit?: number, params?: Params) => Promise<unknown>;
type ListOfSymbol = (
  symbol: string | undefined,
  since?: number,
  limit?: number,
  params?: Params,
) => Promise<unknown>;

/** A class of ccxt, one for each exchange. */
export type CcxtClass = new (config: Readonly<Record<string, unknown>>) => CcxtExchange;

/** A client that cannot work: the message says what is wrong, and what to do. */
export class CcxtSetupError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CcxtSetupError';
  }
}
