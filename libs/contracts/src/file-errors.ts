import { join, relative } from 'node:path';

/**
 * An error of the file system with the path that it lacks: what fails in an open file, such as a write to a full disk,
 * comes without one. Anything else is returned as it is.
 */
export function withPath(error: unknown, path: string): unknown {
  if (!isFileError(error) || error.path !== undefined) return error;
  return Object.assign(error, { path });
}

/**
 * An error about a file below the folder `from` as one about the same file below `to`: where files are written
 * elsewhere first, the user knows only the place that they are meant for. Anything else is returned as it is.
 */
export function withPathIn(error: unknown, from: string, to: string): unknown {
  if (!isFileError(error) || error.path === undefined) return error;
  const name = relative(from, error.path);
  return name.startsWith('..') ? error : Object.assign(error, { path: join(to, name) });
}

function isFileError(error: unknown): error is Error & { path?: string } {
  if (!(error instanceof Error) || !('syscall' in error)) return false;
  return !('path' in error) || error.path === undefined || typeof error.path === 'string';
}
