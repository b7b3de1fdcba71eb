import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

type ErrorClass = new (message: string) => Error;

/** The classes of errors that ccxt throws, themselves. */
export async function ccxtErrors(): Promise<Readonly<Record<string, ErrorClass>>> {
  const dist = dirname(createRequire(import.meta.url).resolve('ccxt'));
  const file = join(dist, '..', 'js', 'src', 'base', 'errors.js');
  return (await import(pathToFileURL(file).href)) as Record<string, ErrorClass>;
}
