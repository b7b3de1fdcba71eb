/**
 * Input that cannot be used: a configuration, bars, or signals. Carries every problem that was found, one
 * sentence each, with the file and the place in it; the message is all of them, one per line.
 */
export class InputError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'InputError';
  }
}

/**
 * An error of the file system with the path that it lacks: what fails in an open file, such as a write to a full disk,
 * comes without one. Anything else is returned as it is.
 */
export function withPath(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('syscall' in error) || 'path' in error) return error;
  return Object.assign(error, { path });
}
