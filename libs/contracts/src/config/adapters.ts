/** What can speak to a real exchange. An exchange that is called so needs no further word. */
export const ADAPTERS = ['binance-usdm', 'binance-spot', 'ccxt'] as const;

export type AdapterName = (typeof ADAPTERS)[number];

/** How one exchange is reached. Null: the adapter's own. */
export interface ConnectionConfig {
  readonly adapter: AdapterName;
  /** How ccxt calls it; of the adapter ccxt only. */
  readonly ccxtId: string;
  readonly rest: string | null;
  readonly stream: string | null;
  readonly testnet: boolean;
}

/** How an exchange is reached of which the configuration says nothing. */
export function usualConnection(exchange: string): ConnectionConfig {
  const adapter = ADAPTERS.find((name) => name === exchange) ?? 'ccxt';
  return { adapter, ccxtId: exchange.toLowerCase(), rest: null, stream: null, testnet: false };
}
