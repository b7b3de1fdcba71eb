import type { Instrument, TimeMs } from '@bowline/domain';
import type {
  AccountOptions,
  HeldMarket,
  BookSink,
  MarketSink,
  MarketSource,
  MockExchangeOptions,
} from '@bowline/exchange-simulator';
import type { Logger } from '@bowline/ports';
import type { ApiCredentials } from './binance/common/credentials.js';
import type { DialectPlan } from './binance/open-dialect.js';
import type { MarginPlan } from './public-market/public-markets.js';

export interface SimulatedAccount extends AccountOptions {
  /** Who may use it: the secret that its clients show. */
  readonly token: string;
  /** The same in the exchange's own dialect. Absent: it is not used there. */
  readonly api?: ApiCredentials;
}

export interface SimulatedExchange {
  readonly exchange: string;
  readonly instruments: readonly Instrument[];
  readonly accounts: readonly SimulatedAccount[];
  /** Whose language it speaks besides its own, at a port of its own. Absent: nobody's. */
  readonly dialect?: DialectPlan;
  /**
   * What the exchange does to positions by itself: marks them, charges funding, liquidates. Absent: nothing, and where it
   * speaks a dialect what is usual there.
   */
  readonly margin?: MarginPlan;
}

/** Where the prices of an exchange come from. */
export type MarketPlan =
  | {
      /** They move by themselves. */
      readonly kind: 'moving';
      /** Where the market's own time begins; null: at the exchange's, at its first start. */
      readonly from: TimeMs | null;
      /** Seconds of the market to one of the exchange. */
      readonly speed: number;
      /** How far back candles are known before the exchange's first moment, milliseconds of the market. */
      readonly historyMs: number;
      /**
       * The market from a time of its own on.
       *
       * @param origin where its time stood at the exchange's first start
       */
      open(sink: BookSink, from: TimeMs, origin: TimeMs): MarketSource;
    }
  | {
      /** They stand still, until somebody moves them. */
      readonly kind: 'held';
      open(sink: MarketSink, from: TimeMs): HeldMarket;
    };

/** How the exchanges answer. */
export type ExchangeManners = Pick<
  MockExchangeOptions,
  'seed' | 'latencyMs' | 'latencySpreadMs' | 'fillRatio' | 'rejectProbability' | 'duplicateProbability'
>;

export interface ExchangeSimulatorOptions {
  readonly exchanges: readonly SimulatedExchange[];
  readonly marketOf: (exchange: SimulatedExchange) => MarketPlan;
  readonly manners?: ExchangeManners;
  /** Where everything is kept that outlives the process. One process at a time holds it. */
  readonly folder: string;
  /** Candles of each symbol that a new reader can have. Default 1,000. */
  readonly recentBars?: number;
  /** Default: this machine only. */
  readonly host?: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly logger: Logger;
}
