import type { TimeMs } from '@bowline/domain';
import type { Envelope } from './role.js';

export interface SavedInbox {
  readonly ids: readonly (readonly [string, TimeMs])[];
  readonly epochs: readonly (readonly [string, number])[];
}

/** What has been handled already, as far back as anything may come again, and how young each sender was seen. */
export class Inbox {
  private readonly handled = new Map<string, TimeMs>();
  private readonly epochs = new Map<string, number>();

  /** @param windowMs how long an id is remembered: longer than a signal lives and than any bus keeps a message */
  constructor(
    private readonly windowMs: number,
    saved: SavedInbox = { ids: [], epochs: [] },
  ) {
    for (const [id, at] of saved.ids) this.handled.set(id, at);
    for (const [source, epoch] of saved.epochs) this.epochs.set(source, epoch);
  }

  has(id: string): boolean {
    return this.handled.has(id);
  }

  /** Whether the sender has been replaced by a later start of itself: it may not speak any more. */
  isFenced({ epoch, source }: Envelope): boolean {
    return epoch < (this.epochs.get(source) ?? 0);
  }

  note({ epoch, id, source }: Envelope, at: TimeMs): void {
    this.handled.set(id, at);
    if (epoch > (this.epochs.get(source) ?? 0)) this.epochs.set(source, epoch);
    for (const [oldest, since] of this.handled) {
      if (since >= at - this.windowMs) return;
      this.handled.delete(oldest);
    }
  }

  save(): SavedInbox {
    return { ids: [...this.handled], epochs: [...this.epochs] };
  }
}
