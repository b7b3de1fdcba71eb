import { CommanderError } from 'commander';
import type { CommandContext } from './context.js';
import { EXIT } from './exit.js';
import { failureOf } from './failure.js';
import { watchInterrupts } from './interrupt.js';
import { createProgram } from './program.js';
import { processTerminal } from './terminal.js';

/** Runs a command line and returns the exit code. Prints what went wrong; never throws. */
export async function run(args: readonly string[]): Promise<number> {
  goWhereNpmWasCalled();
  const terminal = processTerminal();
  const context: CommandContext = { terminal, signal: watchInterrupts(terminal) };
  const verbose = args.includes('--verbose') || Boolean(process.env['BOWLINE_DEBUG']);
  const explain = async (error: unknown): Promise<number> => {
    const { exitCode, lines } = await failureOf(error, verbose);
    for (const line of lines) terminal.note(line);
    return exitCode;
  };
  // What is thrown where nobody waits for it, in a callback of a stream or a worker.
  process.on('uncaughtException', (error) => void explain(error).then((code) => process.exit(code)));
  try {
    await createProgram(context).parseAsync(args, { from: 'user' });
    return codeSoFar();
  } catch (error) {
    // Commander has said what it had to say: help, the version, or what is wrong with the command line.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return explain(error);
  }
}

/** npm runs scripts in the project's own folder; relative paths are meant from where the user stands. */
function goWhereNpmWasCalled(): void {
  const { INIT_CWD, npm_lifecycle_event: script } = process.env;
  if (script === 'bowline' && INIT_CWD !== undefined) process.chdir(INIT_CWD);
}

/** What a stream that failed has set. */
function codeSoFar(): number {
  return Number(process.exitCode ?? EXIT.ok);
}
