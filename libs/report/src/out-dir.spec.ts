import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InputError } from '@bowline/contracts';
import { checkOutDir, openStaging, REPORT_FILES } from './out-dir.js';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bowline-out-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function writeAll(dir: string, text: string): void {
  for (const name of REPORT_FILES) writeFileSync(join(dir, name), text);
}

describe('the output directory', () => {
  it('appears whole, with the directories above it', async () => {
    const out = join(root, 'deep', 'report');
    const staging = await openStaging(out);
    writeAll(staging.dir, 'new');
    expect(existsSync(out)).toBe(false);
    await staging.publish();
    expect(readdirSync(out).sort()).toEqual([...REPORT_FILES].sort());
    expect(readdirSync(join(root, 'deep'))).toEqual(['report']);
  });

  it('keeps an earlier report until the new one is whole', async () => {
    const out = join(root, 'report');
    mkdirSync(out);
    writeAll(out, 'old');
    const staging = await openStaging(out);
    writeAll(staging.dir, 'new');
    expect(readFileSync(join(out, 'trades.csv'), 'utf8')).toBe('old');
    await staging.publish();
    expect(REPORT_FILES.map((name) => readFileSync(join(out, name), 'utf8'))).toEqual(
      REPORT_FILES.map(() => 'new'),
    );
    expect(readdirSync(out).sort()).toEqual([...REPORT_FILES].sort());
  });

  it('takes the log of a database that was left open away from the new database', async () => {
    const out = join(root, 'report');
    mkdirSync(out);
    writeFileSync(join(out, 'bowline.duckdb.wal'), 'log of another');
    const staging = await openStaging(out);
    writeAll(staging.dir, 'new');
    await staging.publish();
    expect(existsSync(join(out, 'bowline.duckdb.wal'))).toBe(false);
  });

  it('never looks whole when it is not', async () => {
    const out = join(root, 'report');
    mkdirSync(out);
    writeAll(out, 'old');
    const staging = await openStaging(out);
    writeAll(staging.dir, 'new');
    rmSync(join(staging.dir, 'report.html'));
    await expect(staging.publish()).rejects.toThrow(/report\.html/);
    expect(existsSync(join(out, 'summary.json'))).toBe(false);
  });

  it('of two runs at once is that of the last to finish', async () => {
    const out = join(root, 'report');
    const staging = await openStaging(out);
    writeAll(staging.dir, 'last');
    mkdirSync(out);
    writeAll(out, 'first');
    await staging.publish();
    expect(REPORT_FILES.map((name) => readFileSync(join(out, name), 'utf8'))).toEqual(
      REPORT_FILES.map(() => 'last'),
    );
    expect(readdirSync(root)).toEqual(['report']);
  });

  it('is not touched where something else has taken its place meanwhile', async () => {
    const out = join(root, 'report');
    const staging = await openStaging(out);
    writeAll(staging.dir, 'new');
    mkdirSync(out);
    writeFileSync(join(out, 'mine.txt'), 'mine');
    await expect(staging.publish()).rejects.toThrow(InputError);
    expect(readdirSync(out)).toEqual(['mine.txt']);
  });

  it('is as it was after an error', async () => {
    const out = join(root, 'report');
    const staging = await openStaging(out);
    writeFileSync(join(staging.dir, 'trades.csv'), 'half');
    await staging.discard();
    expect(readdirSync(root)).toEqual([]);
  });

  it.each([
    ['inside', ['report', '.bowline-report-99999999']],
    ['beside it', ['.report.bowline-report-99999999']],
  ])('is cleared of what a killed run left %s', async (_name, left) => {
    // No process has this number: it is beyond the largest that Linux gives.
    mkdirSync(join(root, ...left), { recursive: true });
    const out = join(root, 'report');
    const staging = await openStaging(out);
    writeAll(staging.dir, 'new');
    await staging.publish();
    expect(readdirSync(out).sort()).toEqual([...REPORT_FILES].sort());
    expect(readdirSync(root)).toEqual(['report']);
  });

  it('leaves the work of a run that is still going alone', async () => {
    const other = `.report.bowline-report-${process.ppid}`;
    mkdirSync(join(root, other));
    const staging = await openStaging(join(root, 'report'));
    await staging.discard();
    expect(readdirSync(root)).toEqual([other]);
  });

  it.each([
    [
      'what a person put there',
      ['notes.txt'],
      /holds "notes\.txt", not from a report; name a new or empty directory/,
    ],
    ['much of it', ['a', 'b', 'c', 'd', 'e'], /holds "a", "b", "c" and 2 more/],
    ['it beside an earlier report', ['trades.csv', 'thesis.md'], /holds "thesis\.md"/],
  ])('is refused with %s, and left alone', async (_name, names, message) => {
    const out = join(root, 'report');
    mkdirSync(out);
    for (const name of names) writeFileSync(join(out, name), 'precious');
    await expect(openStaging(out)).rejects.toThrow(message);
    await expect(checkOutDir(out)).rejects.toBeInstanceOf(InputError);
    expect(readdirSync(out).sort()).toEqual([...names].sort());
  });

  it('is refused where it is a file, or holds a directory of one of our names', async () => {
    writeFileSync(join(root, 'file'), '');
    await expect(checkOutDir(join(root, 'file'))).rejects.toThrow(/is a file; name a directory/);
    mkdirSync(join(root, 'report', 'trades.csv'), { recursive: true });
    await expect(checkOutDir(join(root, 'report'))).rejects.toThrow(/holds "trades\.csv"/);
  });

  it('may be missing, empty, or an earlier report', async () => {
    await expect(checkOutDir(join(root, 'missing'))).resolves.toBeUndefined();
    await expect(checkOutDir(root)).resolves.toBeUndefined();
    writeAll(root, 'old');
    await expect(checkOutDir(root)).resolves.toBeUndefined();
  });
});
