import { setTimeout as sleep } from 'node:timers/promises';
import { DuckDBInstance, ended, startBowline, type BowlineRun } from '@bowline/testkit';

/** A process that runs a desk, for specs that do something to it meanwhile. */
export interface StartedDesk {
  readonly pid: number;
  /** Where it listens; rejects with what it said where it has ended before. */
  readonly url: Promise<string>;
  readonly ended: Promise<BowlineRun>;
  signal(name: NodeJS.Signals): void;
}

/** Starts `bowline` with a command that runs a desk. */
export function startDesk(args: readonly string[]): StartedDesk {
  const child = startBowline(args);
  const run = ended(child);
  const url = new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (text: string) => {
      said += text;
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
      if (found !== undefined) resolve(found);
    });
    run.then(({ stderr }) => reject(new Error(`it has ended: ${stderr}`)), reject);
  });
  // Not everybody wants to know.
  url.catch(() => undefined);
  return { pid: child.pid!, url, ended: run, signal: (name) => void child.kill(name) };
}

/** Asks again and again until the answer is what is waited for. */
export async function until<T>(ask: () => Promise<T>, isThat: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (isThat(answer)) return answer;
    await sleep(20);
  }
}

/** Rows of a store that nobody writes any more. */
export async function storeRows(path: string, sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' });
  try {
    const connection = await instance.connect();
    const result = await connection.runAndReadAll(sql);
    connection.closeSync();
    return result.getRowObjectsJson();
  } finally {
    instance.closeSync();
  }
}
