/**
 * What DuckDB threw, or, where the disk is full, an error of the shape that Node's own file system calls throw. DuckDB
 * tells a full disk only by its text, and callers tell it from a bug by its code.
 *
 * @param path the database that was written
 */
export function asDiskFailure(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !error.message.includes('No space left on device')) return error;
  return Object.assign(new Error(`ENOSPC: no space left on device, write '${path}'`, { cause: error }), {
    code: 'ENOSPC',
    syscall: 'write',
    path,
  });
}
