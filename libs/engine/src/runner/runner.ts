import { encodeJson, traceWithin } from '@bowline/contracts';
import type { TimeMs } from '@bowline/domain';
import type { BusMessage } from '@bowline/ports';
import { Inbox } from './inbox.js';
import type { RunnerOptions } from './options.js';
import { Outbox } from './outbox.js';
import { decodeMessages, encodeMessages, encodeRecord, type EncodedMessage } from './record.js';
import { leaseLost, recover, staleEpoch, type SavedRunner } from './recovery.js';
import type { DeadLetter, Envelope, Outcome } from './role.js';
import { RunnerTimer } from './runner-timer.js';
import { Turns } from './turns.js';

const HOUR_MS = 3_600_000;

/** An input that was decided, ready for the journal. */
interface Decided<Effect> {
  readonly envelope: Envelope;
  readonly at: TimeMs;
  readonly record: string;
  readonly messages: readonly EncodedMessage[];
  readonly effects: readonly Effect[];
}

/**
 * One role over one shard: handles its inputs one after the other, each in four steps. Known already: nothing is
 * decided again. Else it decides; appends the input's id, the events and everything to be told in one atomic record;
 * and only once that is durable tells it, carries out the effects, and lets the sender know. Several inputs may wait
 * for the journal at once. A restart folds what was recorded, and never decides it again.
 */
export class Runner<State, Input, Event, Effect = never> {
  private current: State;
  private lastAt: TimeMs = 0;
  private failure: Error | null = null;
  private quarantine: Error | null = null;
  private readonly attempts = new Map<string, number>();
  private inbox: Inbox;
  private outbox: Outbox;
  private unsettled: { readonly sequence: number; readonly messages: readonly BusMessage[] }[] = [];
  /** Held until `start`, and while the state is made anew. */
  private readonly turns = new Turns();
  private lastAppend: Promise<void> = Promise.resolve();
  private lastSnapshot = 0;
  /** Up to here the journal may have dropped its records. */
  private forgotten = 0;
  private snapshotting: Promise<void> | null = null;
  private readonly timer: RunnerTimer<Input>;
  private isStarted = false;
  private closed = false;

  private constructor(private readonly options: RunnerOptions<State, Input, Event, Effect>) {
    this.current = options.role.create();
    this.inbox = new Inbox(options.inboxWindowMs ?? HOUR_MS);
    this.outbox = this.newOutbox(0);
    this.timer = this.newTimer();
  }

  /** Reads the journal: the state is then what it was. Nothing is told before `start`. */
  static async open<State, Input, Event, Effect>(
    options: RunnerOptions<State, Input, Event, Effect>,
  ): Promise<Runner<State, Input, Event, Effect>> {
    const runner = new Runner(options);
    await runner.recover();
    void options.lease?.lost.then(() => runner.stop(leaseLost(options.shard)));
    return runner;
  }

  /** As everything handled so far has made it, durable or on its way there. Not to be changed by who reads it. */
  get state(): State {
    return this.current;
  }

  get shard(): string {
    return this.options.shard;
  }

  /** Under which it runs: stands in every message, and in the envelope of what it tells itself. */
  get epoch(): number {
    return this.options.epoch;
  }

  /** Why the shard handles nothing, or waits at one message; null where all is well. */
  get trouble(): Error | null {
    return this.failure ?? this.quarantine;
  }

  /** Tells again what nobody has answered for, and lets the timers run. */
  start(): void {
    for (const { messages, sequence } of this.unsettled) this.outbox.publish(sequence, messages);
    this.unsettled = [];
    this.isStarted = true;
    this.turns.goOn();
    this.timer.schedule();
  }

  /** Resolves once what the input led to is durable. Rejects where it could not be handled: it may be tried again. */
  handle(envelope: Envelope, input: Input): Promise<void> {
    return this.turns.take(() => this.take(envelope, input));
  }

  /** Whether its sender has been replaced by a later start of itself. */
  isFenced(envelope: Envelope): boolean {
    return this.inbox.isFenced(envelope);
  }

  /** Handles nothing more: what is not told and not done yet is left to the next start. */
  stop(error: Error): void {
    if (this.failure !== null) return;
    this.failure = error;
    this.timer.stop();
    this.options.observer.stopped(this.shard, error);
  }

  /** Puts a message aside that cannot even be read. */
  park(envelope: Envelope, error: Error): Promise<void> {
    return this.turns.take(() => this.takeUnread(envelope, error));
  }

  /** Nothing may be done in its name any more. */
  get isStopped(): boolean {
    return this.failure !== null;
  }

  /** How many inputs have been handed in. */
  get handled(): number {
    return this.turns.handled;
  }

  /** Nothing is being handled, and nothing waits for the journal. */
  get idle(): boolean {
    return this.turns.idle;
  }

  whenIdle(): Promise<void> {
    return this.turns.whenIdle();
  }

  /**
   * Leaves a snapshot where the journal keeps records that are not needed beside one. Whoever runs many shards on one
   * store asks all of them now and then: the records of a shard that rests would be kept, and what came after them.
   */
  checkpoint(): Promise<void> {
    return this.turns.take(async () => {
      if (this.closed || this.failure !== null) return;
      if (this.options.journal.sequence > this.forgotten) await (this.snapshotting ?? this.beginSnapshot());
    });
  }

  /** Waits for what is under way and leaves a snapshot, so that the next start has little to read. */
  async close(): Promise<void> {
    this.closed = true;
    this.timer.stop();
    if (!this.isStarted) {
      this.failure ??= new Error(`${this.shard} was closed before it was started`);
      this.turns.goOn();
    }
    await this.whenIdle();
    await this.snapshotting;
    if (this.failure === null && this.options.journal.sequence > this.lastSnapshot) await this.snapshot();
  }

  private async take(envelope: Envelope, input: Input): Promise<void> {
    const { observer, role, shard } = this.options;
    if (this.isRefused(envelope)) return;
    if (this.inbox.has(envelope)) {
      observer.duplicate(shard);
      role.duplicate?.(this.current, input);
      // Its messages are on their way already; what is left is that its record is durable.
      return this.lastAppend;
    }
    let decided: Decided<Effect>;
    try {
      decided = this.decide(this.traced(envelope, input), input);
    } catch (error) {
      return this.onBug(envelope, input, asError(error));
    }
    if (this.quarantine !== null && this.attempts.has(envelope.id)) {
      this.quarantine = null;
      observer.quarantined(shard, null);
    }
    if (this.attempts.size > 0) this.attempts.delete(envelope.id);
    await this.commit(decided);
  }

  private async takeUnread(envelope: Envelope, error: Error): Promise<void> {
    if (this.isRefused(envelope)) return;
    if (this.inbox.has(envelope)) return this.lastAppend;
    await this.commit(this.deadLetter(envelope, error, null));
  }

  /** Whether its sender may not speak any more. Throws where the shard has stopped. */
  private isRefused(envelope: Envelope): boolean {
    this.expectAlive();
    const isFenced = this.inbox.isFenced(envelope);
    if (isFenced) this.options.observer.fenced(this.shard, envelope);
    return isFenced;
  }

  /** A process that has slept is told late that its lease is lost, so it asks. */
  private expectAlive(): void {
    const { lease, shard } = this.options;
    if (lease?.remainingMs() === 0) this.stop(leaseLost(shard));
    if (this.failure !== null) throw this.failure;
  }

  private traced(envelope: Envelope, input: Input): Envelope {
    if (envelope.traceparent !== undefined) return envelope;
    const traceparent = this.options.role.traceOf?.(this.current, input);
    return traceparent === undefined ? envelope : { ...envelope, traceparent };
  }

  private decide(envelope: Envelope, input: Input): Decided<Effect> {
    const at = this.now();
    return this.written(envelope, at, this.options.role.execute(this.current, input, at));
  }

  private written(envelope: Envelope, at: TimeMs, outcome: Outcome<Event, Effect>): Decided<Effect> {
    const messages = encodeMessages(outcome.messages);
    const record = encodeRecord(
      envelope,
      at,
      this.outbox.settled,
      outcome.events,
      messages,
      this.options.epoch,
    );
    return { envelope, at, record, messages, effects: outcome.effects };
  }

  private now(): TimeMs {
    this.lastAt = Math.max(this.lastAt, this.options.clock.now());
    return this.lastAt;
  }

  private commit({ at, effects, envelope, messages, record }: Decided<Effect>): Promise<void> {
    const { journal, observer, shard } = this.options;
    const sequence = journal.sequence + 1;
    this.inbox.note(envelope, at);
    const began = performance.now();
    this.lastAppend = journal.append(sequence, record).then(
      () => {
        observer.appended(shard, performance.now() - began);
        this.expectAlive();
        this.outbox.publish(sequence, this.toBus(sequence, this.options.epoch, envelope, at, messages));
        for (const effect of effects) this.options.perform(effect, envelope);
      },
      (error: unknown) => {
        // The journal is the only truth; without it nothing may be decided, told, or sent.
        this.stop(asError(error));
        throw error;
      },
    );
    this.timer.schedule();
    this.snapshotWhenDue();
    return this.lastAppend;
  }

  /** @param told the epoch of the start that has decided it: a record of lost time may come again under another one */
  private toBus(
    sequence: number,
    told: number | null,
    { id: cause, traceparent }: Envelope,
    time: TimeMs,
    messages: readonly EncodedMessage[],
  ): BusMessage[] {
    const { epoch, shard } = this.options;
    return messages.map(({ data, key, topic }, i) => {
      const id = `${shard}#${told === null ? '' : `${told}.`}${sequence}.${i}`;
      if (traceparent === undefined) return { topic, key, id, source: shard, epoch, time, cause, data };
      const trace = traceWithin(traceparent, id);
      return { topic, key, id, source: shard, epoch, time, cause, traceparent: trace, data };
    });
  }

  /** The input has left the state half changed: it is read anew, and the input put aside or left to come again. */
  private async onBug(envelope: Envelope, input: Input, error: Error): Promise<void> {
    this.turns.hold();
    let settled: Promise<void>;
    try {
      await this.rebuild();
      settled = this.afterBug(envelope, input, error);
    } catch (cause) {
      settled = Promise.reject(asError(cause));
    }
    this.turns.goOn();
    return settled;
  }

  /** Throws where the input is to come again. */
  private afterBug(envelope: Envelope, input: Input, error: Error): Promise<void> {
    const { maxAttempts = 5, observer, role, shard } = this.options;
    const attempts = (this.attempts.get(envelope.id) ?? 0) + 1;
    this.attempts.set(envelope.id, attempts);
    if (attempts < maxAttempts) throw error;
    if (role.mayPark(this.current, input)) {
      this.attempts.delete(envelope.id);
      return this.commit(this.deadLetter(envelope, error, input));
    }
    if (this.quarantine === null) observer.quarantined(shard, error);
    this.quarantine = error;
    throw error;
  }

  private deadLetter(envelope: Envelope, error: Error, input: Input | null): Decided<Effect> {
    const { observer, role, shard } = this.options;
    const at = this.now();
    const { id: messageId, topic } = envelope;
    const letter: DeadLetter = { shard, messageId, topic, error: error.message, at };
    observer.parked(letter, envelope);
    const messages = role.parked(this.current, letter, input);
    return this.written(envelope, at, { events: [], messages, effects: [] });
  }

  private async rebuild(): Promise<void> {
    await this.lastAppend;
    // It forgets records, which must not happen between the two reads.
    await this.snapshotting;
    const { inboxWindowMs = HOUR_MS, journal, role } = this.options;
    this.current = (await recover(journal, role, inboxWindowMs)).state;
  }

  private async recover(): Promise<void> {
    const { epoch, inboxWindowMs = HOUR_MS, journal, observer, role, shard } = this.options;
    const began = performance.now();
    const { untold, ...read } = await recover(journal, role, inboxWindowMs);
    const known = read.inbox.epochOf(shard);
    if (known >= epoch) throw staleEpoch(shard, epoch, known);
    this.current = read.state;
    this.inbox = read.inbox;
    this.lastAt = read.lastAt;
    this.lastSnapshot = read.snapshotAt;
    this.outbox = this.newOutbox(read.settled);
    this.unsettled = untold.map(({ at, cause, messages, sequence, told }) => ({
      sequence,
      messages: this.toBus(sequence, told, cause, at, decodeMessages(messages)),
    }));
    observer.recovered(shard, read.records, performance.now() - began);
  }

  private newOutbox(settled: number): Outbox {
    return new Outbox(this.options.bus, settled, (message, error) => {
      // While the process ends the bus takes nothing more; the next start tells it.
      if (!this.closed) this.options.observer.stopped(this.options.shard, asError(error, message.id));
    });
  }

  private newTimer(): RunnerTimer<Input> {
    const { clock, epoch, journal, observer, role, shard } = this.options;
    return new RunnerTimer(
      clock,
      () => role.timer(this.current),
      ({ id, input }) => {
        // Whether it was dealt with is in the state. Where that wants the same one again, it is another occasion.
        const occasion = `${id}#${journal.sequence + 1}`;
        return this.handle({ id: occasion, source: shard, epoch, topic: 'timer' }, input);
      },
      (error) => {
        if (this.failure === null) observer.quarantined(shard, asError(error));
      },
    );
  }

  private snapshotWhenDue(): void {
    const { journal, snapshotEvery = 20_000 } = this.options;
    if (this.snapshotting !== null || journal.sequence - this.lastSnapshot < snapshotEvery) return;
    void this.beginSnapshot();
  }

  private beginSnapshot(): Promise<void> {
    const { observer, shard } = this.options;
    this.snapshotting = this.snapshot()
      .catch((error: unknown) => observer.stopped(shard, asError(error)))
      .finally(() => {
        this.snapshotting = null;
      });
    return this.snapshotting;
  }

  private async snapshot(): Promise<void> {
    const { journal, role } = this.options;
    const { sequence } = journal;
    const { settled } = this.outbox;
    const text = encodeJson({
      state: role.save(this.current),
      inbox: this.inbox.save(),
      settled,
      at: this.lastAt,
    } satisfies SavedRunner);
    this.lastSnapshot = sequence;
    await this.lastAppend;
    const forgotten = Math.min(sequence, settled);
    await journal.saveSnapshot(sequence, text, forgotten);
    this.forgotten = forgotten;
  }
}

function asError(error: unknown, what = ''): Error {
  if (error instanceof Error) return error;
  return new Error(`${what} ${String(error)}`.trim());
}
