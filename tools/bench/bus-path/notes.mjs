/** Tells the parent of the process what has happened, all of one turn of the event loop at once. */
export class Notes {
  #waiting = [];

  add(note) {
    if (this.#waiting.push(note) > 1) return;
    setImmediate(() => process.send({ notes: this.#waiting.splice(0) }));
  }
}
