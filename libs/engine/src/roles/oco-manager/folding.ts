import { executeChannel, type ChannelEvent, type ChannelInput, type EventSink } from '@bowline/domain';
import { evolveOco } from './evolve.js';
import type { OcoManagerEvent, OcoManagerSetup, OcoManagerState } from './state.js';
import { countChannelEvent, seen, type Seen } from './tally.js';
import type { Telling } from './telling.js';

/** Folds what one input leads to while it is decided, and lets those see each event who count it and tell of it. */
export class Folding implements EventSink {
  readonly events: OcoManagerEvent[] = [];
  /** The event that was taken last, and is folded by the time the next one comes. */
  private last: { readonly event: ChannelEvent; readonly before: Seen } | null = null;

  constructor(
    private readonly state: OcoManagerState,
    private readonly setup: OcoManagerSetup,
    private readonly telling: Telling,
  ) {}

  decide(input: ChannelInput): void {
    executeChannel(this.state.channel, input, this);
    this.onFolded();
  }

  /** An event that is not the channel's. */
  note(event: Exclude<OcoManagerEvent, ChannelEvent>): void {
    this.events.push(event);
    evolveOco(this.state, this.setup, event);
  }

  push(event: ChannelEvent): void {
    this.onFolded();
    this.telling.before(event);
    this.last = { event, before: seen(this.state, event) };
    this.events.push(event);
  }

  private onFolded(): void {
    if (this.last === null) return;
    const { before, event } = this.last;
    this.last = null;
    countChannelEvent(this.state, this.setup, event, before);
    this.telling.after(event);
  }
}
