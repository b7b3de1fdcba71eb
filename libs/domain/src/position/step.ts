import type { ChannelEvent } from './channel-events.js';
import type { ChannelState } from './channel-state.js';
import { evolveChannel } from './evolve-channel.js';

/** A decision in progress: rules read the state as it becomes, and every fact goes through `emit`. */
export interface Step {
  readonly state: ChannelState;
  readonly events: EventSink;
}

/** Takes each event of a decision right before it is folded: a list, or somebody who looks at the state then. */
export interface EventSink {
  push(event: ChannelEvent): unknown;
}

/** Records a fact and folds it, so that the next rule of the same decision sees it. */
export function emit(step: Step, event: ChannelEvent): void {
  step.events.push(event);
  evolveChannel(step.state, event);
}
