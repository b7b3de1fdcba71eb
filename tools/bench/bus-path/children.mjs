/** The processes of a bench that speak to it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export class Children {
  #all = [];
  #ending = false;
  #fail;
  /** Rejects where one of them ends by itself. */
  failed = new Promise((_, reject) => {
    this.#fail = reject;
  });

  constructor() {
    this.failed.catch(() => undefined);
  }

  /** Starts one, and resolves once it says that it is ready. `onNote` is told what it notes. */
  async start(module, terms, env, onNote) {
    const path = fileURLToPath(new URL(module, import.meta.url));
    const child = fork(path, [JSON.stringify(terms)], { env: { ...process.env, ...env } });
    this.#all.push(child);
    child.on('exit', (code) => {
      if (!this.#ending) this.#fail(new Error(`${module} has ended with exit code ${code}`));
    });
    const ready = new Promise((resolve) => {
      child.on('message', (message) => {
        if (message === 'ready') resolve();
        else for (const note of message.notes) onNote(note);
      });
    });
    await Promise.race([ready, this.failed]);
  }

  /** Ends all of them: nothing that they hold is needed any more. */
  async kill() {
    this.#ending = true;
    for (const child of this.#all.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
}
