import type { ClientLimits, Decimal, InstrumentSpec, StrategyParams } from '@bowline/domain';
import type { ConnectionConfig } from './adapters.js';
import type { IngestConfig } from './ingest.js';

/** The configuration after validation: defaults applied, texts parsed, lists sorted by code point. */
export interface DeskConfig {
  readonly environment: 'local-dev' | 'local-integration' | 'cloud-dev' | 'production';
  readonly clients: readonly ClientConfig[];
  /** Instruments as configured; a symbol that is absent here gets its units from the data. */
  readonly instruments: readonly ConfiguredInstrument[];
  readonly execution: ExecutionConfig;
  /** What surrounds a running desk; historical mode uses none of it. */
  readonly live: LiveConfig;
  /** What is legal but worth saying, one sentence each. */
  readonly warnings: readonly string[];
}

export interface ClientConfig {
  readonly clientId: string;
  readonly accounts: readonly AccountConfig[];
  readonly limits: ClientLimits;
  /** Applies to a strategy that `strategies` does not name. */
  readonly defaults: StrategyParams;
  /** Followed strategies by id. Null: every strategy that sends a signal, with `defaults`. */
  readonly strategies: ReadonlyMap<string, StrategyParams> | null;
  /** Weight per exchange: its share of a signal is the weight over their sum. Null: each takes the whole signal. */
  readonly routing: ReadonlyMap<string, Decimal> | null;
  /** Signals are split over the exchanges by order books, fees and limits, at the moment. Never with `routing`. */
  readonly smartRouting: boolean;
  /** Where the key of its order intents is found. Absent: they are not signed. */
  readonly commandKey?: string;
}

/** One client's account at one exchange. */
export interface AccountConfig {
  readonly exchange: string;
  /** Quote currency. Null: unknown, only fixed sizing is possible. */
  readonly accountBalance: Decimal | null;
  readonly feeMakerBps: Decimal;
  readonly feeTakerBps: Decimal;
  readonly hedgeMode: boolean;
  /** Stops may be watched by us where none can rest at the exchange. */
  readonly allowSynthetic: boolean;
  /** Null: every symbol that has bars. */
  readonly symbols: readonly string[] | null;
  /** Where the keys are found (`env:NAME`, `file:PATH`), never the keys themselves. Absent: not configured. */
  readonly credentials?: {
    readonly apiKey: string | null;
    readonly apiSecret: string | null;
    /** Absent: the exchange wants none. */
    readonly apiPassphrase?: string;
  };
  /** Where the key of its orders is found. Absent: they are not signed. */
  readonly commandKey?: string;
}

export interface ConfiguredInstrument {
  /** Null: this symbol on every exchange. */
  readonly exchange: string | null;
  readonly symbol: string;
  readonly spec: Partial<Omit<InstrumentSpec, 'exchange' | 'symbol'>>;
}

/** How the bar exchange fills. */
export interface ExecutionConfig {
  readonly slippageBps: Decimal;
  readonly latencyMs: number;
  /** Probability in [0, 1] that a touched resting limit order fills in that bar. */
  readonly fillProbability: number;
  /** Share of leavesQty, in (0, 1], that such a fill takes. */
  readonly partialFillRatio: number;
  /** Which leg a bar takes that reaches both. */
  readonly intrabar: 'pessimistic' | 'optimistic' | 'path';
  readonly seed: number;
}

/** What a running desk stands on. */
export interface LiveConfig {
  readonly exchanges: 'mock' | 'simulator' | 'paper_trading' | 'live';
  /** How a mock exchange answers. */
  readonly mock: {
    /** How long a request travels, and a report as well. */
    readonly latencyMs: number;
    /** Share of what an order wants that the market has for it at a time, above 0, up to 1. */
    readonly fillRatio: number;
  };
  /** Where the exchange simulator is, for exchanges of type `simulator`. */
  readonly exchangeUrl: string;
  /** How each exchange of the desk is reached, for exchanges of type `paper_trading` and `live`. */
  readonly connections: ReadonlyMap<string, ConnectionConfig>;
  /** Where processes of the role market-data are, `{exchange}` standing for its name; null: exchanges are read directly. */
  readonly marketDataUrl: string | null;
  readonly bus: 'local_pubsub' | 'redis' | 'pubsub';
  /** Null: nothing of it is configured. */
  readonly redis: { readonly host: string; readonly port: number } | null;
  /** Null unless it is the bus. */
  readonly pubsub: { readonly project: string; readonly prefix: string } | null;
  readonly journal: 'embedded' | 'redis';
  readonly storage: 'duckdb' | 'bigquery';
  /** The file of the live store; null: in the folder of the desk. */
  readonly database: string | null;
  /** Where the token for HTTP is found (`env:NAME`, `file:PATH`); null: there is none. */
  readonly token: string | null;
  /** Of one process; null: unlimited. */
  readonly memoryLimitMb: number | null;
  /** Messages that may wait for one reader before no more signals are taken in. */
  readonly queueSize: number;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  /** Where signals come from, and who may send which. */
  readonly ingest: IngestConfig;
}
