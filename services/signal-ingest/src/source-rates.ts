interface Bucket {
  tokens: number;
  at: number;
}

/** Sources that are remembered. One that is forgotten begins again with a full bucket. */
const MOST_SOURCES = 10_000;

/** A token bucket for each source. */
export class SourceRates {
  /** The one that was not heard of for the longest time comes first. */
  private readonly buckets = new Map<string, Bucket>();

  /** @param now milliseconds that never go back */
  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    private readonly now: () => number,
  ) {}

  /** Takes `count` tokens, all or none. Returns 0, or the milliseconds after which there are enough. */
  take(source: string, count: number): number {
    const now = this.now();
    const { at, tokens } = this.buckets.get(source) ?? { tokens: this.burst, at: now };
    const bucket = { tokens: Math.min(this.burst, tokens + ((now - at) / 1000) * this.perSecond), at: now };
    this.buckets.delete(source);
    this.buckets.set(source, bucket);
    if (this.buckets.size > MOST_SOURCES) this.forgetOldest();
    if (bucket.tokens < count) return Math.ceil(((count - bucket.tokens) / this.perSecond) * 1000);
    bucket.tokens -= count;
    return 0;
  }

  private forgetOldest(): void {
    for (const source of this.buckets.keys()) {
      this.buckets.delete(source);
      return;
    }
  }
}
