/** Begins walks at a pace, or as many as there can be, and notes how long they take. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Longer than any backlog takes: what has not come by then does not come. */
const PATIENCE_MS = 30_000;

/** Milliseconds of a clock that all processes of the machine share. */
export function nowMs() {
  return Number(process.hrtime.bigint()) / 1e6;
}

export class Walks {
  /** Milliseconds, one for each walk that has arrived. */
  latencies = [];
  begun = 0;
  done = 0;
  #begin;
  #goesOn = () => false;
  #onQuiet = () => undefined;

  /** @param {() => boolean} begin begins the next one; false where none can begin now */
  constructor(begin) {
    this.#begin = begin;
  }

  arrived(ms) {
    this.latencies.push(ms);
  }

  /** Something else may begin in its place. */
  finished() {
    this.done += 1;
    if (this.#goesOn()) this.#next();
    else if (this.done === this.begun) this.#onQuiet();
  }

  /** As many a second for so long, whatever becomes of them. Returns how many a second of those could begin. */
  async pace(perSecond, forMs) {
    const from = performance.now();
    const before = this.begun;
    let due = 0;
    for (let elapsed = 0; elapsed < forMs; elapsed = performance.now() - from) {
      due = Math.floor((elapsed * perSecond) / 1000);
      while (this.begun - before < due && this.#next());
      await sleep(1);
    }
    const share = (this.begun - before) / due;
    await this.#quiet();
    return share * perSecond;
  }

  /** As many as there can be, `inFlight` of them at a time. Returns how many finished a second. */
  async saturate(inFlight, forMs) {
    const from = performance.now();
    const before = this.done;
    this.#goesOn = () => performance.now() - from < forMs;
    for (let at = 0; at < inFlight; at += 1) this.#next();
    await sleep(forMs);
    const perSecond = ((this.done - before) * 1000) / (performance.now() - from);
    this.#goesOn = () => false;
    await this.#quiet();
    return perSecond;
  }

  #next() {
    const hasBegun = this.#begin();
    if (hasBegun) this.begun += 1;
    return hasBegun;
  }

  async #quiet() {
    if (this.done === this.begun) return;
    let patience;
    await new Promise((resolve, reject) => {
      this.#onQuiet = resolve;
      patience = setTimeout(() => {
        reject(new Error(`${this.begun - this.done} of ${this.begun} walks have not come to their end`));
      }, PATIENCE_MS);
    }).finally(() => clearTimeout(patience));
  }
}

/** What to say where the walks could not begin as often as they should. */
export function paceNote(begun, perSecond) {
  return begun >= 0.99 * perSecond
    ? ''
    : `no more than ${Math.round(begun)}/s could begin: the others were not done`;
}
