import type { TimeMs } from '@bowline/domain';

/**
 * What one role does with one part of the state (a client, a channel, an account). Nothing here waits, draws, or looks
 * at a clock; what is known of the world beside the state comes with the input.
 */
export interface Role<State, Input, Event, Effect = never> {
  create(): State;
  /**
   * Decides what an input leads to and folds it into the state, in place. Equal to folding the events that it
   * returns. Throws only for a bug: the state is then made anew from the journal.
   */
  execute(state: State, input: Input, at: TimeMs): Outcome<Event, Effect>;
  /** Folds one recorded event. */
  evolve(state: State, event: Event): void;
  /** What is due next by the clock; null: nothing. */
  timer(state: State): Timer<Input> | null;
  /**
   * Whether an input that always fails may be put aside, with an alert. What must not be skipped (a close, a report of
   * the exchange) stops the shard instead.
   */
  mayPark(state: State, input: Input): boolean;
  /** Told of an input that was handled before: only to be counted. */
  duplicate?(state: State, input: Input): void;
  /** The trace that an input belongs to which comes without one: that of the order which a report is about. */
  traceOf?(state: State, input: Input): string | undefined;
  /** The state as plain values (Maps, Sets and bigints included), and back. */
  save(state: State): unknown;
  load(saved: unknown): State;
  /**
   * What is told where an input was put aside; null: a message that could not even be read. Whoever waits for an answer
   * to it gets one.
   */
  parked(state: State, letter: DeadLetter, input: Input | null): readonly OutgoingMessage[];
}

export interface Outcome<Event, Effect = never> {
  readonly events: readonly Event[];
  readonly messages: readonly OutgoingMessage[];
  /** What happens outside once the events are durable, and is not repeated after a restart. */
  readonly effects: readonly Effect[];
}

export interface OutgoingMessage {
  /** `orders.ikenna.binance-usdm` */
  readonly topic: string;
  readonly key: string;
  readonly body: unknown;
}

export interface Timer<Input> {
  readonly at: TimeMs;
  /** Names the occasion. */
  readonly id: string;
  readonly input: Input;
}

export interface DeadLetter {
  readonly shard: string;
  readonly messageId: string;
  readonly topic: string;
  readonly error: string;
  readonly at: TimeMs;
}

/** Where an input comes from. */
export interface Envelope {
  /** Whatever arrives again under the same id is the same. */
  readonly id: string;
  readonly source: string;
  readonly epoch: number;
  /** Topic, or what stands for it: `timer`, `exchange`, `start`. */
  readonly topic: string;
  /** When its sender published it: its messages of one topic come in this order. Absent: it did not come by the bus. */
  readonly time?: TimeMs;
  /** W3C trace context of whoever sent it: what it leads to belongs to the same trace. Absent: it is not traced. */
  readonly traceparent?: string;
}
