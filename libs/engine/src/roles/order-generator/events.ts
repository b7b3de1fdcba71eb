import type { ClientSignal, ControlMessage, PositionReportsMessage } from '@bowline/contracts';
import type { ClientEvent, PositionReport, TimeMs } from '@bowline/domain';
import type { ScopedState } from '../scopes.js';

export type OrderGeneratorInput =
  | {
      readonly type: 'signal';
      readonly signal: ClientSignal;
      /** Only the channel at this exchange: where bars are replayed, a signal acts in each on a bar of its own. */
      readonly exchange?: string;
    }
  | { readonly type: 'positions'; readonly message: PositionReportsMessage }
  | { readonly type: 'control'; readonly id: string; readonly command: ControlMessage }
  /** The close that an entry waited for is over, and everything that was told with it has been booked. */
  | {
      readonly type: 'entry_due';
      readonly exchange: string;
      readonly symbol: string;
      readonly strategyId: string;
    };

/** What the client's state is the fold of. Channels by name: their numbers change with the configuration. */
export type OrderGeneratorEvent =
  | {
      readonly type: 'signal_received';
      readonly strategyId: string;
      readonly symbol: string;
      readonly signal: 1 | 0 | -1;
    }
  | {
      readonly type: 'decided';
      readonly exchange: string;
      readonly symbol: string;
      readonly decision: ClientEvent;
    }
  | {
      readonly type: 'reported';
      readonly exchange: string;
      readonly symbol: string;
      readonly report: PositionReport;
      /** The last intent of the strategy that the channel has dealt with. */
      readonly sequence: number;
      readonly at: TimeMs;
    }
  | ({ readonly type: 'scope_set' } & ScopedState);
