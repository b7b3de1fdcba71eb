import type { LocalBusFaults } from '@bowline/bus-local';
import type { MockExchangeOptions } from '@bowline/exchange-simulator';
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
    >
  >;
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
