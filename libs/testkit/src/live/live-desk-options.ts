import type { LocalBusFaults } from '@bowline/bus-local';
import type { ProtectionCapabilities } from '@bowline/domain';
import type { MockExchangeOptions, PositionIdOptions } from '@bowline/exchange-simulator';
import type { ClientSpec } from '../historical/scenario.js';

export interface LiveDeskOptions {
  /** One client with the terms of historical scenarios where it is left out. */
  readonly clients?: Readonly<Record<string, ClientSpec>>;
  /** `EXCHANGE:SYMBOL` or `SYMBOL`; BTCUSDT where it is left out. Tick 0.1, lot 0.001. */
  readonly symbols?: readonly string[];
  /** How the mock exchanges answer. */
  readonly exchange?: Partial<
    Pick<
      MockExchangeOptions,
      | 'fillRatio'
      | 'latencyMs'
      | 'latencySpreadMs'
      | 'rejectProbability'
      | 'duplicateProbability'
      | 'faultOf'
      | 'seed'
      | 'timeoutMs'
      | 'maxConditionalOrders'
      | 'maxOpenOrders'
    >
  >;
  /** The exchanges have positions with ids, and this is how; left out: one position a symbol. */
  readonly positionIds?: Pick<PositionIdOptions, 'logLagMs' | 'mergeAfterMs' | 'missingOf' | 'told'>;
  /** What the oco-managers hold the exchanges capable of, where it differs. */
  readonly capabilities?: Partial<ProtectionCapabilities>;
  /** How old prices may be while they watch in a stop's place; left out: nobody minds. */
  readonly watchStaleMs?: number;
  readonly bus?: LocalBusFaults;
  readonly signalTtlMs?: number | null;
  readonly snapshotEvery?: number;
}

export interface PriceOptions {
  readonly bid?: number;
  readonly ask?: number;
  readonly symbol?: string;
  readonly exchange?: string;
}
