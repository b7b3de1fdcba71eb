/** The last ids that were seen, as many as can come again. */
export class RecentIds {
  private readonly ids = new Set<string>();

  constructor(private readonly most: number) {}

  has(topic: string, id: string): boolean {
    return this.ids.has(keyOf(topic, id));
  }

  add(topic: string, id: string): void {
    this.ids.add(keyOf(topic, id));
    const [oldest] = this.ids;
    if (this.ids.size > this.most && oldest !== undefined) this.ids.delete(oldest);
  }
}

function keyOf(topic: string, id: string): string {
  return `${topic}\n${id}`;
}
