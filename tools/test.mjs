/**
 * Runs the specs: `npm test` the quick ones, `npm run test:all` also those named `*.slow.spec.ts` or `*.slow.spec.mjs`.
 * Other arguments go to jest: `npm test -- libs/domain`, `npm test -- -t 'takes profit'`.
 *
 * --all              the slow specs too
 * --only-slow        the slow specs only
 * --nothing-skipped  a suite that is not run counts as failed, unless what it needs cannot be had here
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './project-graph.mjs';

const ours = ['--all', '--only-slow', '--nothing-skipped'];
const args = process.argv.slice(2);
const forJest = args.filter((arg) => !ours.includes(arg));
const has = (...flags) => args.some((arg) => flags.includes(arg.split('=')[0]));

const child = spawn(
  process.execPath,
  [
    // Our code is ES modules, which jest loads through an interface of Node's that still calls itself experimental.
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
    '--config',
    join(root, 'jest.config.mjs'),
    // By itself jest leaves one core idle, which on two cores is half of the machine.
    ...(has('-w', '--maxWorkers', '-i', '--runInBand') ? [] : ['--maxWorkers=100%']),
    // Whatever a test that was given up has left running does not hold up the others' results.
    ...(has('--nothing-skipped') ? ['--forceExit'] : []),
    ...forJest,
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      BOWLINE_SPECS: whichSpecs(),
      ...(has('--nothing-skipped') ? { BOWLINE_NOTHING_SKIPPED: '1' } : {}),
    },
  },
);
// The child shares our terminal and gets Ctrl-C itself; a signal sent to us alone is passed on.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});

function whichSpecs() {
  if (has('--only-slow')) return 'slow';
  // Whoever names a slow spec means it.
  return has('--all') || forJest.some((arg) => arg.includes('.slow.spec')) ? 'all' : 'quick';
}
