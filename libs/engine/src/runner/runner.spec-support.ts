import { openMemoryJournals, type MemoryJournals } from '@bowline/journal-memory';
import type { BusMessage, Journal, StoredRecord, StoredSnapshot } from '@bowline/ports';
import { ManualClock } from '@bowline/testkit';
import type { RunnerObserver, RunnerOptions } from './options.js';
import type { Envelope, OutgoingMessage, Role } from './role.js';
import { Runner } from './runner.js';

export const SHARD = 'oco-manager/notes';

/** Something to be noted: it adds to a sum, and may have something told, done, or remembered for later. */
export interface Note {
  readonly name: string;
  readonly amount?: number;
  /** How many messages it leads to. */
  readonly tells?: number;
  readonly does?: string;
  readonly remindAt?: number;
  /** May be put aside where it always fails. */
  readonly mayPark?: boolean;
}

export interface Notes {
  sum: number;
  readonly names: string[];
  readonly reminders: number[];
  duplicates: number;
}

export type Noted = Pick<Note, 'name' | 'amount' | 'remindAt'>;

/** A role that notes. An input whose name is in `broken` fails when the state is half changed. */
export class NoteRole implements Role<Notes, Note, Noted, string> {
  readonly broken = new Set<string>();

  create(): Notes {
    return { sum: 0, names: [], reminders: [], duplicates: 0 };
  }

  execute(state: Notes, note: Note) {
    const { amount = 1, does, name, remindAt, tells = 0 } = note;
    const event: Noted = { name, amount, ...(remindAt === undefined ? {} : { remindAt }) };
    this.evolve(state, event);
    if (this.broken.has(name)) throw new Error(`cannot note ${name}`);
    const messages = Array.from({ length: tells }, (_, i) => told(name, i, state.sum));
    return { events: [event], messages, effects: does === undefined ? [] : [does] };
  }

  evolve(state: Notes, { amount = 1, name, remindAt }: Noted): void {
    state.sum += amount;
    state.names.push(name);
    if (name.startsWith('reminder')) state.reminders.shift();
    if (remindAt !== undefined) state.reminders.push(remindAt);
  }

  timer({ reminders }: Notes) {
    const [at] = reminders;
    if (at === undefined) return null;
    return { at, id: `remind/${at}`, input: { name: `reminder of ${at}`, does: `remind at ${at}` } };
  }

  mayPark(_: Notes, { mayPark = false }: Note): boolean {
    return mayPark;
  }

  duplicate(state: Notes): void {
    state.duplicates += 1;
  }

  save({ duplicates: _, ...state }: Notes): unknown {
    return state;
  }

  load(saved: unknown): Notes {
    return { ...this.create(), ...(saved as Partial<Notes>) };
  }

  parked(_: Notes, letter: { readonly messageId: string }, note: Note | null): readonly OutgoingMessage[] {
    const body = { letter: letter.messageId, note: note?.name ?? null };
    return [{ topic: 'audit.odum', key: 'odum', body }];
  }
}

function told(name: string, i: number, sum: number): OutgoingMessage {
  return { topic: 'notes.odum', key: 'odum', body: { name, i, sum } };
}

/** A journal whose appends are durable once the spec says so. */
export class HeldJournal implements Journal {
  held = false;
  private readonly waiting: { readonly write: () => Promise<void>; readonly fail: (error: Error) => void }[] =
    [];
  private appended: number;

  constructor(private readonly inner: Journal) {
    this.appended = inner.sequence;
  }

  get shard(): string {
    return this.inner.shard;
  }

  get sequence(): number {
    return this.appended;
  }

  append(expected: number, record: string): Promise<void> {
    this.appended = expected;
    if (!this.held) return this.inner.append(expected, record);
    return new Promise((resolve, reject) => {
      const write = () => this.inner.append(expected, record).then(resolve, reject);
      this.waiting.push({ write, fail: reject });
    });
  }

  /** Makes the oldest of the appends that wait durable. */
  async release(count = 1): Promise<void> {
    for (const { write } of this.waiting.splice(0, count)) await write();
    await settled();
  }

  async refuse(error: Error): Promise<void> {
    for (const { fail } of this.waiting.splice(0)) fail(error);
    await settled();
  }

  saveSnapshot(sequence: number, snapshot: string, forgetTo: number): Promise<void> {
    return this.inner.saveSnapshot(sequence, snapshot, forgetTo);
  }

  loadSnapshot(): Promise<StoredSnapshot | null> {
    return this.inner.loadSnapshot();
  }

  readAfter(sequence: number): AsyncIterable<StoredRecord> {
    return this.inner.readAfter(sequence);
  }
}

const NEVER = new Promise<void>(() => {
  // Nobody answers.
});

/** Whatever resolves without anything from outside has resolved. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

export function from(id: string, source = 'order-generator/odum', epoch = 1): Envelope {
  return { id, source, epoch, topic: 'order-intents.odum' };
}

/** One shard of notes with everything around it in the spec's hands. */
export class NoteBench {
  readonly role = new NoteRole();
  readonly clock = new ManualClock(1_000);
  /** What has happened outside, in order. */
  readonly happened: string[] = [];
  readonly published: BusMessage[] = [];
  /** Whether the bus answers for what it takes. */
  answers = true;
  /** When it does. */
  answerTo: () => Promise<void> = () => (this.answers ? Promise.resolve() : NEVER);
  journal!: HeldJournal;
  runner!: Runner<Notes, Note, Noted, string>;

  private life = 0;

  private constructor(
    private journals: MemoryJournals,
    private options: Partial<RunnerOptions<Notes, Note, Noted, string>>,
  ) {}

  static async open(options: Partial<RunnerOptions<Notes, Note, Noted, string>> = {}): Promise<NoteBench> {
    const bench = new NoteBench(openMemoryJournals(), options);
    await bench.openRunner();
    bench.runner.start();
    return bench;
  }

  /** The process dies here, and another one starts over the same journal. */
  async crash(start = true, options: Partial<RunnerOptions<Notes, Note, Noted, string>> = {}): Promise<void> {
    this.options = { ...this.options, ...options };
    this.journals = this.journals.reopen();
    this.happened.length = 0;
    this.published.length = 0;
    await this.openRunner();
    if (start) this.runner.start();
  }

  note(note: Note, envelope: Envelope = from(note.name)): Promise<void> {
    return this.runner.handle(envelope, note);
  }

  private async openRunner(): Promise<void> {
    const { clock, journals, role } = this;
    this.life += 1;
    const { life } = this;
    const isAlive = () => this.life === life;
    const note = (what: string) => {
      if (isAlive()) this.happened.push(what);
    };
    this.journal = new HeldJournal(journals.journal(SHARD));
    this.runner = await Runner.open({
      shard: SHARD,
      role,
      journal: this.journal,
      bus: { publish: (message) => this.publish(message) },
      // What was asked of the clock dies with the process.
      clock: {
        now: () => clock.now(),
        callAt: (time, callback) => clock.callAt(time, () => (isAlive() ? callback() : undefined)),
      },
      epoch: journals.epoch,
      perform: (effect) => note(`did ${effect}`),
      observer: observerOf(note),
      ...this.options,
    });
  }

  private publish(message: BusMessage): Promise<void> {
    this.published.push(message);
    const { i, name } = JSON.parse(message.data) as { readonly name?: string; readonly i?: number };
    this.happened.push(name === undefined ? `told ${message.data}` : `told ${name} ${i}`);
    return this.answerTo();
  }
}

function observerOf(note: (what: string) => void): RunnerObserver {
  return {
    appended: () => undefined,
    recovered: () => undefined,
    duplicate: () => note('duplicate'),
    fenced: (_, { id }) => note(`fenced ${id}`),
    parked: ({ messageId }) => note(`parked ${messageId}`),
    quarantined: (_, error) => note(error === null ? 'recovered' : `quarantined: ${error.message}`),
    stopped: (_, error) => note(`stopped: ${error.message}`),
  };
}
