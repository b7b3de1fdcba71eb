import { createProgram } from '../cli/program.js';
import { failureOf } from '../cli/failure.js';

export interface CommandRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process; what it says is kept. For those that commander itself understands. */
export async function runCommand(
  args: readonly string[],
  signal: AbortSignal = new AbortController().signal,
  onOut: (text: string) => void = () => undefined,
): Promise<CommandRun> {
  let stdout = '';
  let stderr = '';
  const terminal = {
    out: (text: string) => {
      stdout += text;
      onOut(text);
    },
    note: (line: string) => void (stderr += `${line}\n`),
    warn: (sentence: string) => void (stderr += `warning: ${sentence}\n`),
    color: false,
    watched: false,
  };
  try {
    await createProgram({ terminal, signal }).parseAsync(args, { from: 'user' });
    return { exitCode: 0, stdout, stderr };
  } catch (error) {
    const { exitCode, lines } = await failureOf(error, false);
    return { exitCode, stdout, stderr: `${stderr}${lines.map((line) => `${line}\n`).join('')}` };
  }
}
