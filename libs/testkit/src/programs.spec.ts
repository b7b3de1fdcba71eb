import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findProgram } from './programs.js';

describe('findProgram', () => {
  const before = process.env['PATH'];
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bowline-path-'));
    process.env['PATH'] = ['', folder].join(delimiter);
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
    process.env['PATH'] = before;
  });

  it('takes the first name that is on the PATH', () => {
    program('second');
    program('third');
    expect(findProgram('first', 'second', 'third')).toBe(join(folder, 'second'));
  });

  it('passes over a file that cannot be executed', () => {
    writeFileSync(join(folder, 'first'), '');
    chmodSync(join(folder, 'first'), 0o644);
    expect(findProgram('first')).toBeNull();
  });

  function program(name: string): void {
    writeFileSync(join(folder, name), '#!/bin/sh\n');
    chmodSync(join(folder, name), 0o755);
  }
});
