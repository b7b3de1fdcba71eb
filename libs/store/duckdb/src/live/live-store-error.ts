import { InputError } from '@bowline/contracts';

/**
 * Why a live store cannot be used:
 * - `missing`: there is no such file
 * - `locked`: another process, or another part of this one, has it open
 * - `foreign`: it is something else
 * - `damaged`: it was a store, and something in it is broken
 * - `newer`: a later version of Bowline has written it
 * - `older`: an earlier version has, and it was opened for reading only
 */
export type LiveStoreErrorCode = 'missing' | 'locked' | 'foreign' | 'damaged' | 'newer' | 'older';

/** A live store that cannot be opened. The message names the file and says what to do. */
export class LiveStoreError extends InputError {
  constructor(
    readonly code: LiveStoreErrorCode,
    readonly path: string,
    problem: string,
    /** Of the process that has it open, where that is known. */
    readonly pid: number | null = null,
  ) {
    super([`${path}: ${problem}`]);
    this.name = 'LiveStoreError';
  }
}
