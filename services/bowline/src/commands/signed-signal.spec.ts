import { afterAll, describe, expect, it } from '@jest/globals';
import { webhookKey } from '@bowline/contracts';
import { SignalAccess } from '@bowline/signal-ingest';
import { WorkFolder } from '@bowline/testkit';
import { testDesk } from '../http/test-desk.spec-support.js';
import { runCommand } from './run-command.spec-support.js';

const SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const WRONG = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
Object.assign(process.env, { SIGNED_SPEC_SECRET: SECRET, SIGNED_SPEC_WRONG: WRONG });
afterAll(() => {
  delete process.env['SIGNED_SPEC_SECRET'];
  delete process.env['SIGNED_SPEC_WRONG'];
});

const work = new WorkFolder('signed-signal');
const keys = [webhookKey(SECRET)!];
const desk = await testDesk(
  {},
  {
    access: new SignalAccess({
      open: false,
      sources: [{ name: 'research', kind: 'standard', keys, strategies: ['trend-fast'] }],
    }),
  },
);
const SEND = ['signal', 'send', '--url', desk.url, '--symbol', 'BTCUSDT', '--signal', '1', '--id', 'n-1'];
const MINE = [...SEND, '--strategy', 'trend-fast'];

describe('signal send --secret', () => {
  it.each<[string, string[]]>([
    ['of a variable', ['--secret', 'env:SIGNED_SPEC_SECRET']],
    ['of a variable’s bare name', ['--secret', 'SIGNED_SPEC_SECRET']],
    [
      'of a file, with the source named',
      ['--secret', `file:${work.file('secret', `${SECRET}\n`)}`, '--source', 'research'],
    ],
  ])('signs with the secret %s', async (_where, options) => {
    expect(await runCommand([...MINE, ...options])).toEqual({
      exitCode: 0,
      stdout: 'accepted as n-1 for ikenna, odum\n',
      stderr: '',
    });
  });

  it.each<[string, string[], number, string]>([
    ['no secret', MINE, 1, 'webhook-id, webhook-timestamp and webhook-signature are needed'],
    ['another secret', [...MINE, '--secret', 'env:SIGNED_SPEC_WRONG'], 1, 'no source here has signed this'],
    [
      'another source',
      [...MINE, '--secret', 'env:SIGNED_SPEC_SECRET', '--source', 'other'],
      1,
      'no source here has signed this',
    ],
    [
      'a strategy of others',
      [...SEND, '--strategy', 'scout', '--secret', 'env:SIGNED_SPEC_SECRET'],
      1,
      "strategy: scout is none of this source's strategies, which are trend-fast",
    ],
    [
      'a variable that is not set',
      [...MINE, '--secret', 'env:SIGNED_SPEC_NONE'],
      1,
      'the environment variable SIGNED_SPEC_NONE is not set',
    ],
    [
      'a file with something else',
      [...MINE, '--secret', `file:${work.file('no-secret', 'hello')}`],
      1,
      'expected whsec_ and 24 to 64 random bytes in base64',
    ],
    [
      'a source alone',
      [...MINE, '--source', 'research'],
      2,
      '--source names who signs; give --secret as well',
    ],
    [
      'the secret itself',
      [...MINE, '--secret', SECRET],
      2,
      '--secret is a reference such as env:TREND_SECRET or file:PATH, never the secret',
    ],
  ])('(with %s) is refused without showing it', async (_what, args, exitCode, message) => {
    const run = await runCommand(args);
    expect([run.exitCode, run.stdout, run.stderr]).toEqual([exitCode, '', expect.stringContaining(message)]);
    expect(run.stderr).not.toContain(SECRET.slice(6));
  });
});
