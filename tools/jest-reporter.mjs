/**
 * Jest's reporter of this repository: one line a spec file, failures in full, then by name what was not run for want
 * of a program or data, and as the very last line `N passed, N failed` (and `, N skipped` when some were).
 */
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const needs = /\(needs (.+)\)$/;

export default class PlainReporter {
  #error;
  #filtered;
  #write = (text) => process.stdout.write(text);

  constructor(globalConfig) {
    // With `-t` most tests are skipped because somebody asked for it.
    this.#filtered = Boolean(globalConfig.testNamePattern);
  }

  onTestResult(_test, result) {
    const { numPassingTests: passed, numFailingTests: failed, perfStats, failureMessage } = result;
    const broken = failed > 0 || Boolean(result.testExecError);
    const notRun = passed + failed === 0 && !broken;
    const seconds = ((perfStats.end - perfStats.start) / 1000).toFixed(1);
    const counts = [`${passed} passed`, ...(failed > 0 ? [`${failed} failed`] : [])].join(', ');
    const verdict = broken ? 'FAIL' : notRun ? '--  ' : 'ok  ';
    this.#write(`${verdict} ${fromRoot(result.testFilePath)} (${counts}, ${seconds} s)\n`);
    if (!broken) return;
    // What a passing suite prints is noise; beside a failure it may be the clue.
    for (const { message } of result.console ?? []) this.#write(`${message}\n`);
    if (failureMessage) this.#write(`${failureMessage}\n`);
  }

  onRunComplete(_contexts, results) {
    const skipped = this.#filtered ? [] : skippedSuites(results.testResults);
    const missing = process.env.BOWLINE_NOTHING_SKIPPED ? skipped.filter((suite) => !suite.excused) : [];
    const totals = {
      passed: results.numPassedTests,
      // A spec file that cannot even be loaded has no failed test, and has failed all the same.
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites + missing.length,
      skipped: results.numPendingTests + results.numTodoTests - missing.length,
    };
    this.#write('\n');
    for (const suite of skipped) this.#write(`not run: ${suite.name}\n`);
    if (missing.length > 0) {
      this.#error = new Error(`${missing.length} suites were not run, and here all must be`);
      this.#write(`failed: ${this.#error.message}\n`);
    }
    if (results.wasInterrupted) this.#write('interrupted: not all specs were run\n');
    for (const file of results.testResults.filter(hasFailed))
      this.#write(`failed: ${fromRoot(file.testFilePath)}\n`);
    this.#write(`${totalsLine(totals)}\n`);
  }

  /** Jest counts a run as failed when a reporter has an error. */
  getLastError() {
    return this.#error;
  }
}

/** `3 passed, 0 failed`, with `, 1 skipped` behind it when some were. */
export function totalsLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/**
 * What was not run, a suite once: those that `whenPresent()` declared as absent under the name of their suite, with
 * what they need, any other skipped test under its own.
 *
 * @returns {{name: string, excused: boolean}[]}
 */
function skippedSuites(files) {
  const found = new Map();
  for (const file of files) {
    for (const test of file.testResults) {
      if (test.status !== 'pending' && test.status !== 'todo') continue;
      const path = test.ancestorTitles;
      const until = path.findIndex((title) => needs.test(title));
      const titles = until < 0 ? [...path, test.title] : path.slice(0, until + 1);
      const name = `${fromRoot(file.testFilePath)}: ${titles.join(' > ')}`;
      found.set(name, { name, excused: isExcused(needs.exec(titles.at(-1))?.[1]) });
    }
  }
  return [...found.values()];
}

/**
 * The shared data lies outside of the repository, and a clone without it is a good clone. Google's emulators come with
 * its Cloud SDK, which is no package of Debian's.
 */
function isExcused(requirement = '') {
  const data = process.env.BOWLINE_DATA ?? join(root, '..', 'shared', 'data');
  return (
    (requirement.includes('shared/data') && !existsSync(data)) || requirement.includes("Google's Cloud SDK")
  );
}

function hasFailed(file) {
  return file.numFailingTests > 0 || Boolean(file.testExecError);
}

function fromRoot(path) {
  return relative(root, path).replaceAll('\\', '/');
}
