import { readFileSync } from 'node:fs';
import { InputError } from '@bowline/contracts';

/**
 * The secret behind a reference of the configuration: `env:NAME` or `file:PATH`, whose last line break does not count.
 *
 * @param place where the reference stands: `clients.ikenna.exchanges.okx.apiSecret`
 * @throws InputError where there is none, without a word of what it is
 */
export function readSecret(reference: string, place: string): string {
  const at = reference.slice(reference.indexOf(':') + 1);
  const secret = reference.startsWith('env:') ? process.env[at] : fileText(at);
  if (secret !== undefined && secret !== '') return secret;
  const missing = reference.startsWith('env:')
    ? `the environment variable ${at} is not set`
    : `${at} cannot be read, or is empty`;
  throw new InputError([`${place}: ${missing}`]);
}

function fileText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}
