/** Sources that are remembered. One that is forgotten begins again with its whole burst. */
const MOST_SOURCES = 10_000;

/** Less than any clock tells apart. */
const TOLERANCE_MS = 1e-6;

/** A token bucket for each source. */
export class SourceRates {
  /** When each source's bucket is full again. The source that was not heard of for the longest time comes first. */
  private readonly fullAt = new Map<string, number>();
  private readonly msPerToken: number;

  /** @param now milliseconds that never go back */
  constructor(
    perSecond: number,
    private readonly burst: number,
    private readonly now: () => number,
  ) {
    this.msPerToken = 1000 / perSecond;
  }

  /**
   * Takes `count` tokens, all or none; more than the burst weigh as much as the burst. Returns 0, or the milliseconds
   * after which there are enough.
   */
  take(source: string, count: number): number {
    const now = this.now();
    const before = Math.max(this.fullAt.get(source) ?? now, now);
    const after = before + Math.min(count, this.burst) * this.msPerToken;
    const waitMs = after - now - this.burst * this.msPerToken;
    const taken = waitMs <= TOLERANCE_MS;
    this.fullAt.delete(source);
    this.fullAt.set(source, taken ? after : before);
    const [oldest] = this.fullAt.size > MOST_SOURCES ? this.fullAt.keys() : [];
    if (oldest !== undefined) this.fullAt.delete(oldest);
    return taken ? 0 : Math.ceil(waitMs);
  }
}
