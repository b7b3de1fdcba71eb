/** The last so many of what was added. */
export class RecentIds {
  private readonly ids = new Set<string>();

  constructor(private readonly most: number) {}

  add(id: string): void {
    this.ids.add(id);
    if (this.ids.size <= this.most) return;
    const [oldest] = this.ids;
    this.ids.delete(oldest!);
  }

  has(id: string): boolean {
    return this.ids.has(id);
  }
}
