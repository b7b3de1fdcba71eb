import {
  applyPositionReport,
  decidePending,
  decideSignal,
  evolveClient,
  type ClientEvent,
  type ClientState,
  type Lots,
  type StrategyParams,
} from '@bowline/domain';
import type { ChannelHarness } from '../channel-harness.js';
import { aClient, aSignal, someFacts, someParams } from './client.js';

/** A client's decider in front of a channel: signals in, position reports back, as the services pass them. */
export class DeskHarness {
  readonly client: ClientState;
  readonly decided: ClientEvent[] = [];
  private signals = 0;

  constructor(
    readonly channel: ChannelHarness,
    strategies: Readonly<Record<string, StrategyParams>> = { A: someParams() },
  ) {
    this.client = aClient({ instrument: channel.state.instrument, strategies });
    channel.onReport = (report) => {
      applyPositionReport(this.client, 0, report, channel.exchange.now);
      const pending = report.closed ? decidePending(this.client, 0, report.strategyId, this.facts()) : null;
      if (pending) this.act(pending);
    };
  }

  signal(strategyId: string, signal: 1 | 0 | -1): ClientEvent {
    this.signals += 1;
    const time = this.channel.tick();
    const event = decideSignal(
      this.client,
      0,
      aSignal(signal, { id: `${strategyId}:${this.signals}`, strategyId, time }),
      this.facts(),
    );
    this.act(event);
    return event;
  }

  /** What the client still holds in reserve: nothing, once everything is closed. */
  reserved(): {
    readonly exposure: Lots;
    readonly long: Lots;
    readonly short: Lots;
    readonly closing: number;
  } {
    const { longLots, shortLots, targets } = this.client.channels[0]!;
    let exposure = 0;
    let closing = 0;
    for (const target of targets.values()) {
      exposure += target.openQty + target.workingQty;
      if (target.closing || target.pending !== null) closing += 1;
    }
    return { exposure, long: longLots, short: shortLots, closing };
  }

  private act(event: ClientEvent): void {
    this.decided.push(event);
    evolveClient(this.client, event);
    if (event.type === 'entry_ordered' || event.type === 'close_ordered') this.channel.take(event.intent);
  }

  private facts() {
    return someFacts({ at: this.channel.exchange.now, price: this.channel.exchange.price });
  }
}

/** Nothing is held in reserve. */
export const NOTHING_RESERVED = { exposure: 0, long: 0, short: 0, closing: 0 };
