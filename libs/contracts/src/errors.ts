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
