import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A program in Node that runs, and what it says on stderr, where the services log. */
export class RunningProgram {
  said = '';

  /**
   * @param {string} main path of the program
   * @param {readonly string[]} args
   * @param {{ cwd?: string, env?: Record<string, string> }} [options] `env` beside that of this process
   */
  constructor(main, args, { cwd, env } = {}) {
    const { NODE_OPTIONS: _ofJest, ...own } = process.env;
    this.child = spawn(process.execPath, [main, ...args], {
      cwd,
      env: { ...own, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.ended = once(this.child, 'close');
    this.child.stderr.setEncoding('utf8').on('data', (text) => (this.said += text));
  }

  get pid() {
    return this.child.pid;
  }

  /** Resolves with the match once it has said so; rejects where it ends before. */
  async says(pattern) {
    for (;;) {
      const found = pattern.exec(this.said);
      if (found !== null) return found;
      const heard = once(this.child.stderr, 'data');
      await Promise.race([heard, this.ended]);
      if (this.child.exitCode !== null && !pattern.test(this.said))
        throw new Error(`it has ended: ${this.said}`);
    }
  }

  /** Where a role or a simulator listens, once it is up. */
  async url() {
    return (await this.says(/"url":"(http[^"]+)".*\bup"/))[1];
  }

  /** Asks it to end, and resolves with its exit code. */
  async stop(signal = 'SIGTERM') {
    this.child.kill(signal);
    await this.ended;
    return this.child.exitCode;
  }
}
