import { cpSync, renameSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { runBowline, WorkFolder } from '@bowline/testkit';
import { runCommand } from './run-command.spec-support.js';

const work = new WorkFolder('journal-restored');
const QUICK = ['--speed', 'max', '--port', '0'];

it('a desk goes on with a backup of where it has ended, in place of a journal that was lost', async () => {
  const dir = work.at('desk');
  expect((await runBowline(['start', '--dir', dir, ...QUICK, '--for', '5s'])).exitCode).toBe(0);
  const untouched = work.at('untouched');
  cpSync(dir, untouched, { recursive: true });
  const backup = work.at('backup');
  await runCommand(['journal', 'backup', '--dir', dir, '--to', backup]);
  renameSync(work.at('desk', 'journal'), work.at('lost'));
  await runCommand(['journal', 'restore', '--from', backup, '--dir', work.at('desk', 'journal'), '--yes']);
  const [restored, other] = await Promise.all(
    [dir, untouched].map((each) => runBowline(['start', '--dir', each, ...QUICK, '--resume', '--for', '2s'])),
  );
  expect(restored.exitCode).toBe(0);
  // Of the last table: how many there were before it depends on how fast the machine was.
  const figures = (stdout: string): string => {
    const last = stdout.slice(stdout.search(/^\d{4}-\d\d-\d\d \S+ UTC$(?![^]*^\d{4}-\d\d-\d\d \S+ UTC$)/m));
    return last.slice(0, last.indexOf('Sum of shares ='));
  };
  expect(figures(restored.stdout).replaceAll(dir, '')).toBe(figures(other.stdout).replaceAll(untouched, ''));
}, 120_000);
