/** The last ids that were seen, as many as can come again. */
export class RecentIds {
  private readonly ids = new Set<string>();

  constructor(private readonly most: number) {}

  /** False where it is known already. */
  add(topic: string, id: string): boolean {
    const known = `${topic}\n${id}`;
    if (this.ids.has(known)) return false;
    this.ids.add(known);
    if (this.ids.size <= this.most) return true;
    for (const oldest of this.ids) {
      this.ids.delete(oldest);
      break;
    }
    return true;
  }
}
