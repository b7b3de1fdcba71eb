import type { Envelope, Group, Lane } from './group.js';

/** What a test may let go wrong. Nothing is ever lost, and the messages of a key never overlap. */
export interface LocalBusFaults {
  /** The next number of a seeded generator, at least 0 and below 1: the same draws give the same faults. */
  readonly draw: () => number;
  /** Probability that an acknowledgement gets lost: the message comes again, before the later ones of its key. */
  readonly loseAck?: number;
  /** Probability that an acknowledged message comes once more, behind messages that were published after it. */
  readonly duplicate?: number;
  /** Probability that a key is held back before its next message, while those of other keys go on. */
  readonly delay?: number;
  /** The most deliveries of the bus that a duplicate comes later, and that a key is held back for; 100. */
  readonly reach?: number;
}

interface Due<T> {
  readonly subject: T;
  readonly at: number;
}

interface Repeat {
  readonly group: Group;
  readonly envelope: Envelope;
}

/** Draws the faults, and keeps what comes later. Time is counted in deliveries. */
export class FaultPlan {
  private readonly reach: number;
  private delivered = 0;
  private held: Due<Lane>[] = [];
  private repeats: Due<Repeat>[] = [];
  private readonly released = new Set<Lane>();

  constructor(
    private readonly faults: LocalBusFaults,
    private readonly release: (lane: Lane) => void,
    private readonly repeat: (group: Group, envelope: Envelope) => void,
  ) {
    this.reach = faults.reach ?? 100;
  }

  /** Whether the lane is held back now; it is released later. One that was just released is not held again. */
  holds(lane: Lane): boolean {
    if (this.released.delete(lane) || !this.happens(this.faults.delay)) return false;
    this.held.push({ subject: lane, at: this.later(1) });
    return true;
  }

  losesAck(): boolean {
    return this.happens(this.faults.loseAck);
  }

  /** Once for each message: the duplicate is acknowledged already. */
  onAcknowledged(group: Group, envelope: Envelope): void {
    if (!this.happens(this.faults.duplicate)) return;
    this.repeats.push({ subject: { group, envelope }, at: this.later(0) });
    this.settle();
  }

  onDelivery(): void {
    this.delivered += 1;
    this.settle();
  }

  /** Nothing else moves, so that the count would stand still: lets go of what has been held for the longest time. */
  hurry(): void {
    const next = this.held.shift();
    if (next !== undefined) this.letGo(next.subject);
  }

  private settle(): void {
    const isDue = ({ at }: Due<unknown>): boolean => at <= this.delivered;
    const lanes = this.held.filter(isDue);
    const repeats = this.repeats.filter(isDue);
    if (lanes.length > 0) this.held = this.held.filter((due) => !isDue(due));
    if (repeats.length > 0) this.repeats = this.repeats.filter((due) => !isDue(due));
    for (const { subject } of lanes) this.letGo(subject);
    for (const { subject } of repeats) this.repeat(subject.group, subject.envelope);
  }

  private letGo(lane: Lane): void {
    this.released.add(lane);
    this.release(lane);
  }

  private later(least: number): number {
    return this.delivered + least + Math.floor(this.faults.draw() * (this.reach + 1 - least));
  }

  private happens(probability: number | undefined): boolean {
    return probability !== undefined && this.faults.draw() < probability;
  }
}
