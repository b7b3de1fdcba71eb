import { describe, it } from '@jest/globals';

/**
 * Declares a suite that runs only where the machine has what it needs. Elsewhere it is declared as skipped, under a
 * name that says what is missing; the test reporter (tools/jest-reporter.mjs) lists it by that name at the end as not
 * run.
 *
 * ```ts
 * whenPresent('real candles', '../shared/data/candles', sharedData('candles'), (folder) => {
 *   it('reads a day of minutes', () => { ... });
 * });
 * ```
 *
 * @param name the suite's name
 * @param requirement what it needs, in the words of someone who wants to provide it: a path, or a program's name
 * @param present what was found: null, undefined or false when it is absent
 * @param fn declares the tests; called only when present, with what was found
 */
export function whenPresent<T>(
  name: string,
  requirement: string,
  present: T | null | undefined | false,
  fn: (found: T) => void,
): void {
  if (present === null || present === undefined || present === false) {
    describe.skip(`${name} (needs ${requirement})`, () => {
      it('is not run', () => {
        throw new Error(`a skipped suite was run: ${name}`);
      });
    });
    return;
  }
  describe(name, () => fn(present));
}
