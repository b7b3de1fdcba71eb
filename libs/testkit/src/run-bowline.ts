import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The built program. This file lies in libs/testkit/src, or, when built, in libs/testkit/dist. */
export const programPath = resolve(
  dirname(fileURLToPath(import.meta.url)),
  '../../../services/bowline/dist/main.js',
);

export interface BowlineRun {
  /** Null where a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface BowlineOptions {
  readonly cwd?: string;
  /** Beside those of this process; undefined removes one. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Runs the built program, as a user would, and waits for its end. */
export async function runBowline(args: readonly string[], options: BowlineOptions = {}): Promise<BowlineRun> {
  return ended(startBowline(args, options));
}

/** Starts the built program, for tests that do something to it while it runs. */
export function startBowline(
  args: readonly string[],
  { cwd, env }: BowlineOptions = {},
): ChildProcessWithoutNullStreams {
  if (!existsSync(programPath)) throw new Error(`${programPath} is not built: npm run build`);
  const child = spawn(process.execPath, [programPath, ...args], {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...NEUTRAL, ...env },
    stdio: 'pipe',
  });
  child.stdin.end();
  return child;
}

/** What a started program has said once it is over. */
export async function ended(child: ChildProcessWithoutNullStreams): Promise<BowlineRun> {
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolveRun, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => resolveRun({ exitCode, stdout, stderr }));
  });
}

/** Variables of npm, jest and the user's shell that would change what the program does. */
const NEUTRAL: Readonly<Record<string, undefined>> = {
  BOWLINE_DEBUG: undefined,
  INIT_CWD: undefined,
  NODE_OPTIONS: undefined,
  npm_lifecycle_event: undefined,
};
