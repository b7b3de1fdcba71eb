import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { totalsLine } from './jest-reporter.mjs';
import { root } from './project-graph.mjs';

describe('the test reporter', () => {
  it('lists by name what was not run for want of a program or data, a suite once', () => {
    const { lines, exitCode } = runFixture('absent');
    expect(lines.filter((line) => line.startsWith('not run: '))).toEqual([
      'not run: tools/fixtures/reporter/absent.fixture.ts: real candles (needs ../shared/data/candles)',
      'not run: tools/fixtures/reporter/absent.fixture.ts: a page in a browser (needs chromium)',
      "not run: tools/fixtures/reporter/absent.fixture.ts: a topic (needs the Pub/Sub emulator of Google's Cloud SDK and Java)",
    ]);
    expect(lines.at(-1)).toBe('2 passed, 0 failed, 3 skipped');
    expect(exitCode).toBe(0);
  });

  it('counts what was not run as failed where everything can be had', () => {
    withFolder((data) => {
      const { lines, exitCode } = runFixture('absent', { BOWLINE_NOTHING_SKIPPED: '1', BOWLINE_DATA: data });
      // But for Google's emulator, which no package of Debian's brings.
      expect(lines.at(-1)).toBe('2 passed, 2 failed, 1 skipped');
      expect(exitCode).toBe(1);
    });
  });

  it('excuses what needs the shared data where there is no shared data', () => {
    const { lines, exitCode } = runFixture('absent', {
      BOWLINE_NOTHING_SKIPPED: '1',
      BOWLINE_DATA: join(root, 'no', 'such', 'folder'),
    });
    expect(lines.at(-1)).toBe('2 passed, 1 failed, 2 skipped');
    expect(exitCode).toBe(1);
  });

  it('shows a failure with what the test printed, and names the file again at the end', () => {
    const { lines, exitCode } = runFixture('failing');
    expect(lines).toContain('a clue printed by the test');
    expect(lines.join('\n')).toContain('Expected: 3');
    expect(lines.slice(-2)).toEqual([
      'failed: tools/fixtures/reporter/failing.fixture.ts',
      '0 passed, 1 failed',
    ]);
    expect(exitCode).toBe(1);
  });

  it('counts a spec file that cannot be loaded as failed', () => {
    const { lines, exitCode } = runFixture('broken');
    expect(lines.at(-1)).toBe('0 passed, 1 failed');
    expect(exitCode).toBe(1);
  });
});

describe('the closing line', () => {
  it.each([
    [{ passed: 3, failed: 0, skipped: 0 }, '3 passed, 0 failed'],
    [{ passed: 3, failed: 1, skipped: 2 }, '3 passed, 1 failed, 2 skipped'],
  ])('tells of skipped tests only when there are some: %j', (totals, line) => {
    expect(totalsLine(totals)).toBe(line);
  });
});

function runFixture(name, env = {}) {
  const inherited = { ...process.env };
  for (const key of ['BOWLINE_SPECS', 'BOWLINE_NOTHING_SKIPPED', 'BOWLINE_DATA']) delete inherited[key];
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const match = `**/tools/fixtures/reporter/${name}.fixture.ts`;
  const { stdout, status } = spawnSync(
    process.execPath,
    [
      '--experimental-vm-modules',
      jest,
      '--config',
      join(root, 'jest.config.mjs'),
      '--testMatch',
      match,
      '--no-color',
    ],
    { cwd: root, encoding: 'utf8', env: { ...inherited, ...env } },
  );
  return { lines: stdout.trimEnd().split('\n'), exitCode: status };
}

function withFolder(use) {
  const folder = mkdtempSync(join(tmpdir(), 'bowline-reporter-'));
  try {
    use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
