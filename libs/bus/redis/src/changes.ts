/** Promises for conditions. Whoever changes what they look at tells. */
export class Changes {
  private waits: { readonly condition: () => boolean; readonly resolve: () => void }[] = [];

  until(condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve) => {
      this.waits.push({ condition, resolve });
    });
  }

  tell(): void {
    if (this.waits.length === 0) return;
    const over = this.waits.filter(({ condition }) => condition());
    if (over.length === 0) return;
    this.waits = this.waits.filter((wait) => !over.includes(wait));
    for (const { resolve } of over) resolve();
  }
}
