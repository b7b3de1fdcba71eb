/** What the benches share: rounds, and the best of them. */
import { pathToFileURL } from 'node:url';

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {number} ours
 * @property {string} unit
 * @property {{ name: string, value: number }} reference floor or peer in the same unit, measured in the same run
 * @property {number} [ratio] where it is not ours over the reference
 * @property {string | null} target null: a figure for comparison only
 * @property {boolean} [met] with a target: whether it is met
 * @property {string} [note] a sentence below the table
 */

/**
 * Runs the subjects in turns, so that a slow spell of the machine hits all of them, and keeps the best figure of each:
 * the highest, or with `lowest` the lowest. A subject returns an object of figures.
 *
 * @param {{ warmUps: number, rounds: number, lowest?: boolean }} how
 * @param {(() => Record<string, number>)[]} subjects
 */
export function bestOf({ warmUps, rounds, lowest = false }, subjects) {
  const best = subjects.map(() => ({}));
  for (let round = 0; round < warmUps + rounds; round += 1) {
    subjects.forEach((subject, at) => {
      const figures = subject();
      if (round < warmUps) return;
      for (const [name, value] of Object.entries(figures)) {
        const known = best[at][name];
        best[at][name] =
          known === undefined ? value : lowest ? Math.min(known, value) : Math.max(known, value);
      }
    });
  }
  return best;
}

/** Whether the module was started as a program rather than imported. */
export function isMain(url) {
  return process.argv[1] !== undefined && url === pathToFileURL(process.argv[1]).href;
}

/** The value below which such a share of them lies. */
export function quantile(values, share) {
  return Float64Array.from(values).sort()[Math.floor(values.length * share)];
}
