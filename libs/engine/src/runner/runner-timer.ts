import type { TimeMs } from '@bowline/domain';
import type { Clock } from '@bowline/ports';
import type { Timer } from './role.js';

/** How long a timer waits whose input could not be handled. */
const PAUSE_MS = 1_000;

/** Keeps the one call of the clock that a role's state asks for. */
export class RunnerTimer<Input> {
  private waiting: { readonly id: string; readonly at: TimeMs; readonly cancel: () => void } | null = null;
  private stopped = false;

  constructor(
    private readonly clock: Clock,
    /** What the state wants next. */
    private readonly wanted: () => Timer<Input> | null,
    /** Rejects where the input could not be handled. */
    private readonly fire: (timer: Timer<Input>) => Promise<void>,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** Called whenever the state may want another one. */
  schedule(): void {
    if (this.stopped) return;
    const next = this.wanted();
    if (next?.id === this.waiting?.id && next?.at === this.waiting?.at) return;
    this.waiting?.cancel();
    this.waiting = null;
    if (next === null) return;
    const { at, id } = next;
    const cancel = this.clock.callAt(at, () => {
      this.waiting = null;
      this.fire(next).catch((error: unknown) => {
        this.onFailure(error);
        this.retry(id, at);
      });
    });
    this.waiting = { id, at, cancel };
  }

  stop(): void {
    this.stopped = true;
    this.waiting?.cancel();
    this.waiting = null;
  }

  /** Nobody sends a timer's input again: it goes off once more after a pause, unless something else is due before. */
  private retry(id: string, at: TimeMs): void {
    if (this.stopped || this.waiting !== null) return;
    const cancel = this.clock.callAt(this.clock.now() + PAUSE_MS, () => {
      this.waiting = null;
      this.schedule();
    });
    this.waiting = { id, at, cancel };
  }
}
