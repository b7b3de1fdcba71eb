import type { ChannelName } from '@bowline/contracts';
import type { Cash, Instrument } from '@bowline/domain';

/** A channel as the configuration has it. */
export interface KnownChannel extends ChannelName {
  readonly instrument: Instrument;
  readonly hedgeMode: boolean;
}

/** An account as the configuration has it. */
export interface KnownAccount {
  readonly clientId: string;
  readonly exchange: string;
  readonly asset: string;
  /** Null: not configured. */
  readonly startingBalance: Cash | null;
}

/** What is known of a desk before its first message. */
export interface KnownDesk {
  readonly channels: readonly KnownChannel[];
  readonly accounts: readonly KnownAccount[];
  /** The units of a symbol; null where the desk does not trade it. */
  readonly instrumentOf: (market: Pick<ChannelName, 'exchange' | 'symbol'>) => Instrument | null;
}
