/** The last ids that were seen, as many as can come again. */
export class RecentIds {
  private readonly ids = new Set<string>();
  /** In the order in which they came, the oldest at `next`: to look for it in a set that shrinks as it grows is slow. */
  private readonly ring: string[] = [];
  private next = 0;

  constructor(private readonly most: number) {}

  has(topic: string, id: string): boolean {
    return this.ids.has(keyOf(topic, id));
  }

  add(topic: string, id: string): void {
    const key = keyOf(topic, id);
    if (this.ids.has(key)) return;
    const oldest = this.ring[this.next];
    if (oldest !== undefined) this.ids.delete(oldest);
    this.ids.add(key);
    this.ring[this.next] = key;
    this.next = (this.next + 1) % this.most;
  }
}

function keyOf(topic: string, id: string): string {
  return `${topic}\n${id}`;
}
