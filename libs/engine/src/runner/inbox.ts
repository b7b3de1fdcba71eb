import type { TimeMs } from '@bowline/domain';
import type { Envelope } from './role.js';

export interface SavedInbox {
  readonly ids: readonly (readonly [string, TimeMs])[];
  readonly epochs: readonly (readonly [string, number])[];
}

/**
 * What has been handled already, as far back as anything may come again, and how young each sender was seen. Ids are
 * kept by periods of one window, and forgotten a period at a time: each for one window at least, for two at most.
 */
export class Inbox {
  private recent = new Map<string, TimeMs>();
  private before = new Map<string, TimeMs>();
  private period = -Infinity;
  private readonly epochs = new Map<string, number>();

  /** @param windowMs how long an id is remembered: longer than a signal lives and than any bus keeps a message */
  constructor(
    private readonly windowMs: number,
    saved: SavedInbox = { ids: [], epochs: [] },
  ) {
    for (const [id, at] of saved.ids) this.remember(id, at);
    for (const [source, epoch] of saved.epochs) this.epochs.set(source, epoch);
  }

  has(id: string): boolean {
    return this.recent.has(id) || this.before.has(id);
  }

  /** Whether the sender has been replaced by a later start of itself: it may not speak any more. */
  isFenced({ epoch, source }: Envelope): boolean {
    return epoch < (this.epochs.get(source) ?? 0);
  }

  note({ epoch, id, source }: Envelope, at: TimeMs): void {
    this.remember(id, at);
    if (epoch > (this.epochs.get(source) ?? 0)) this.epochs.set(source, epoch);
  }

  save(): SavedInbox {
    return { ids: [...this.before, ...this.recent], epochs: [...this.epochs] };
  }

  private remember(id: string, at: TimeMs): void {
    const period = Math.floor(at / this.windowMs);
    if (period > this.period) {
      this.before = period === this.period + 1 ? this.recent : new Map<string, TimeMs>();
      this.recent = new Map<string, TimeMs>();
      this.period = period;
    }
    this.recent.set(id, at);
  }
}
