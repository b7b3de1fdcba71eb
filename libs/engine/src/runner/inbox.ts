import type { TimeMs } from '@bowline/domain';
import type { Envelope } from './role.js';

export interface SavedInbox {
  readonly ids: readonly (readonly [string, TimeMs])[];
  readonly epochs: readonly (readonly [string, number])[];
  /** Absent in what was saved by versions that did not know them. */
  readonly marks?: { readonly recent: Marks; readonly before: Marks; readonly forgotten: Marks };
}

/** How far a sender has come on a topic: the time of its latest message, and which ones were of that very time. */
interface Mark {
  readonly time: TimeMs;
  readonly ids: string[];
}

/** By topic and sender. */
type Marks = ReadonlyMap<string, Mark>;

/**
 * What has been handled already, and how young each sender was seen. Ids are kept by periods of one window, and
 * forgotten a period at a time: each for one window at least, for two at most. Of what is forgotten there remains how
 * far each sender had come: what it published before that is not new, however late the bus hands it over again.
 */
export class Inbox {
  private recent = new Map<string, TimeMs>();
  private before = new Map<string, TimeMs>();
  private period = -Infinity;
  private recentMarks = new Map<string, Mark>();
  private marksBefore = new Map<string, Mark>();
  private readonly forgotten = new Map<string, Mark>();
  private readonly epochs = new Map<string, number>();

  /**
   * @param windowMs how long an id is remembered: longer than a signal lives, and than a bus may let a message of one
   *   sender fall behind its later ones
   */
  constructor(
    private readonly windowMs: number,
    { epochs, ids, marks }: SavedInbox = { ids: [], epochs: [] },
  ) {
    for (const [id, at] of ids) this.remember(id, at);
    for (const [source, epoch] of epochs) this.epochs.set(source, epoch);
    if (marks === undefined) return;
    this.recentMarks = new Map(marks.recent);
    this.marksBefore = new Map(marks.before);
    this.forgotten = new Map(marks.forgotten);
  }

  has(envelope: Envelope): boolean {
    const { id } = envelope;
    return this.recent.has(id) || this.before.has(id) || this.isForgotten(envelope);
  }

  /** Whether the sender has been replaced by a later start of itself: it may not speak any more. */
  isFenced({ epoch, source }: Envelope): boolean {
    return epoch < this.epochOf(source);
  }

  /** The highest epoch that was seen of a sender; 0: none. */
  epochOf(source: string): number {
    return this.epochs.get(source) ?? 0;
  }

  note(envelope: Envelope, at: TimeMs): void {
    const { epoch, id, source, time } = envelope;
    this.remember(id, at);
    if (time !== undefined) raise(this.recentMarks, markOf(envelope), { time, ids: [id] });
    if (epoch > this.epochOf(source)) this.epochs.set(source, epoch);
  }

  save(): SavedInbox {
    return {
      ids: [...this.before, ...this.recent],
      epochs: [...this.epochs],
      marks: { recent: this.recentMarks, before: this.marksBefore, forgotten: this.forgotten },
    };
  }

  private isForgotten(envelope: Envelope): boolean {
    const { id, time } = envelope;
    if (time === undefined || this.forgotten.size === 0) return false;
    const mark = this.forgotten.get(markOf(envelope));
    return mark !== undefined && (time < mark.time || (time === mark.time && mark.ids.includes(id)));
  }

  private remember(id: string, at: TimeMs): void {
    const period = Math.floor(at / this.windowMs);
    if (period > this.period) {
      const isNext = period === this.period + 1;
      this.forget(this.marksBefore);
      if (!isNext) this.forget(this.recentMarks);
      this.before = isNext ? this.recent : new Map<string, TimeMs>();
      this.marksBefore = isNext ? this.recentMarks : new Map<string, Mark>();
      this.recent = new Map<string, TimeMs>();
      this.recentMarks = new Map<string, Mark>();
      this.period = period;
    }
    this.recent.set(id, at);
  }

  private forget(marks: Marks): void {
    for (const [name, mark] of marks) raise(this.forgotten, name, mark);
  }
}

/** Nobody's name holds a line's end. */
function markOf({ source, topic }: Envelope): string {
  return `${topic}\n${source}`;
}

function raise(marks: Map<string, Mark>, name: string, mark: Mark): void {
  const known = marks.get(name);
  if (known === undefined || mark.time > known.time) marks.set(name, mark);
  else if (mark.time === known.time) for (const id of mark.ids) known.ids.push(id);
}
