import { describe, expect, it } from '@jest/globals';
import { asDiskFailure } from './disk-failure.js';

describe('a failure of the database', () => {
  it('is one of the disk where that is full, with the code and the path that the system would give', () => {
    const error = new Error(
      'FATAL Error: Failed to create checkpoint because of error: Could not write file "out/bowline.duckdb": ' +
        'No space left on device',
    );
    expect(asDiskFailure(error, 'out/bowline.duckdb')).toMatchObject({
      code: 'ENOSPC',
      path: 'out/bowline.duckdb',
      syscall: 'write',
      cause: error,
    });
  });

  it('is itself in every other case', () => {
    const error = new Error('trades.csv does not fit its table: Conversion Error');
    expect(asDiskFailure(error, 'out/bowline.duckdb')).toBe(error);
  });
});
