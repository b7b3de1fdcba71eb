import { closeSync, openSync } from 'node:fs';
import type { Logger } from '@bowline/ports';
import { WorkFolder } from '@bowline/testkit';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createLogger, type LogLevel } from './logger.js';

const folder = new WorkFolder('logger');
let fd: number | null = null;

/** A logger into a file. */
function given(level: LogLevel): Logger {
  fd = openSync(folder.at('log'), 'w');
  return createLogger({ level, role: 'oco-manager', fd });
}

function logged(): Record<string, unknown>[] {
  const lines = folder.read('log').split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

afterEach(() => {
  if (fd !== null) closeSync(fd);
  fd = null;
});

describe('the logger', () => {
  it('writes one JSON object a line, at once', () => {
    const logger = given('info');
    logger.info({ channel: 'x' }, 'opened');
    logger.error({ error: new TypeError('no'), cash: 12n }, 'failed');
    expect(logged()).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        role: 'oco-manager',
        channel: 'x',
        msg: 'opened',
      },
      {
        level: 'error',
        time: expect.any(String),
        role: 'oco-manager',
        error: { type: 'TypeError', message: 'no', stack: expect.stringContaining('logger.spec') },
        cash: '12',
        msg: 'failed',
      },
    ]);
  });

  it.each([
    ['debug', ['info', 'warn', 'error']],
    ['info', ['info', 'warn', 'error']],
    ['warn', ['warn', 'error']],
    ['error', ['error']],
    ['silent', []],
  ] as const)('writes at level %s no less than %j', (level, expected) => {
    const logger = given(level);
    logger.info({}, 'm');
    logger.warn({}, 'm');
    logger.error({}, 'm');
    expect(logged().map((line) => line['level'])).toEqual(expected);
  });

  it('writes no secret, nor what hangs on an error of any name', () => {
    const logger = given('info');
    const err = Object.assign(new Error('refused'), { config: { headers: { authorization: 'hunter2' } } });
    logger.warn({ err, account: { apiKey: 'hunter2', apiSecret: 'hunter2' } }, 'refused');
    expect(folder.read('log')).not.toContain('hunter2');
    expect(logged()).toMatchObject([
      { err: { type: 'Error', message: 'refused' }, account: { apiKey: '[secret]', apiSecret: '[secret]' } },
    ]);
  });
});
