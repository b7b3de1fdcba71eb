import { readFile } from 'node:fs/promises';
import { InputError, parseConfig, type DeskConfig } from '@bowline/contracts';
import { commandText } from '../cli/command-text.js';

/** A checked configuration, with the text that it was made of. */
export interface ReadConfig {
  readonly path: string;
  readonly text: string;
  readonly config: DeskConfig;
}

export type Environment = DeskConfig['environment'];

/**
 * Reads and checks a configuration, in an environment of which it need not speak. Throws an InputError with everything that is
 * wrong with it.
 */
export async function readConfig(path: string, environment?: Environment): Promise<ReadConfig> {
  const text = await readConfigText(path);
  const overrides =
    environment === undefined
      ? []
      : [{ path: ['environment'], text: environment, label: `--env ${environment}` }];
  return { path, text, config: parseConfig(text, path, overrides) };
}

/** The text of the file. Throws an InputError where there is none to read. */
async function readConfigText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const problem = MISSING.includes(code)
      ? `there is no such file; write one with: ${commandText(['init'])}`
      : UNREADABLE[code];
    if (problem === undefined) throw error;
    throw new InputError([`${path}: ${problem}`]);
  }
}

const MISSING = ['ENOENT', 'ENOTDIR'];

const UNREADABLE: Readonly<Record<string, string>> = {
  EISDIR: 'this is a folder; give the path of a file in it',
  EACCES: 'the file cannot be read; check its permissions',
};
