import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sharedData } from './shared-data.js';

describe('sharedData', () => {
  const before = process.env['BOWLINE_DATA'];
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bowline-data-'));
    process.env['BOWLINE_DATA'] = folder;
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
    if (before === undefined) delete process.env['BOWLINE_DATA'];
    else process.env['BOWLINE_DATA'] = before;
  });

  it('finds a folder below BOWLINE_DATA', () => {
    mkdirSync(join(folder, 'candles'));
    expect(sharedData('candles')).toBe(join(folder, 'candles'));
  });

  it('is null for what is not there', () => {
    expect(sharedData('candles')).toBeNull();
  });

  it('looks beside the repository when BOWLINE_DATA is not set', () => {
    delete process.env['BOWLINE_DATA'];
    expect(sharedData('no-such-folder')).toBeNull();
    expect(sharedData('candles') ?? '/shared/data/candles').toMatch(/[\\/]shared[\\/]data[\\/]candles$/);
  });
});
