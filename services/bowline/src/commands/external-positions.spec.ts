import { beforeEach, describe, expect, it } from '@jest/globals';
import { runBowline } from '@bowline/testkit';
import { testDesk } from '../http/test-desk.spec-support.js';
import {
  adoptedRow,
  alertRow,
  canned,
  CANNED_ANALYTICS,
  denialRow,
  type Row,
} from './canned-analytics.spec-support.js';
import { runCommand } from './run-command.spec-support.js';

const desk = await testDesk({}, { beside: [CANNED_ANALYTICS] });

beforeEach(() => {
  desk.reset();
  canned.rows = () => null;
});

describe('reconcile', () => {
  const RECONCILE = ['reconcile', '--url', desk.url, '--reason', 'r', '--by', 'odi'];

  it('shows the channels that it was about once they have compared', async () => {
    expect(await runCommand([...RECONCILE, '--client', 'ikenna', '--symbol', 'BTCUSDT'])).toEqual({
      exitCode: 0,
      stderr: '',
      stdout: `Channel                      State   Positions  Sum of shares  Exchange         Unrealized
──────────────────────────────────────────────────────────────────────────────────────────
ikenna.binance-usdm.BTCUSDT  ACTIVE          1           0.25      0.25  equal     +124.88
`,
    });
    expect(desk.published().map(({ body }) => body)).toEqual([
      {
        ...{ type: 'reconcile', clientId: 'ikenna', by: 'odi', reason: 'r' },
        scope: { exchange: null, symbol: 'BTCUSDT', strategyId: null },
      },
    ]);
    const { stdout } = await runCommand([...RECONCILE, '--client', 'ikenna', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ items: [{ difference: '0' }, { difference: '0.001' }] });
  });

  it('says which have not in time', async () => {
    const { exitCode, stderr, stdout } = await runCommand([...RECONCILE, '--wait', '1']);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr:
        'error: not compared within 1 s: odum.binance-usdm.BTCUSDT; what is shown of it is older\n' +
        'error: the exchange has not answered, or a trade is still on its way: look at bowline status, and try again\n',
    });
    expect(stdout).toContain('DIFFERENT');
  });
});

describe('adopt', () => {
  const ADOPT = [
    ...['adopt', '--url', desk.url, '--client', 'ikenna', '--exchange', 'binance-usdm'],
    ...['--symbol', 'BTCUSDT', '--strategy', 'trend-fast', '--side', 'long', '--quantity', '0.003'],
    ...['--price', '62000.5', '--by', 'odi', '--reason', 'on my phone'],
  ];
  /** What the lists say once the command is out. */
  const then = (list: string, rows: () => readonly Row[]): void => {
    canned.rows = (asking) => (asking === list && desk.published().length > 0 ? rows() : null);
  };

  it('shows what is known and what it would do, and does nothing', async () => {
    canned.rows = (list) => (list === 'alerts' ? [alertRow('DRIFT'), alertRow('EXTERNAL_TRADE')] : null);
    const legs = ['--take-profit', '62400', '--stop-loss', '61000'];
    const { exitCode, stderr, stdout } = await runCommand([...ADOPT, ...legs]);
    expect({ exitCode, stderr: stderr.trimEnd().split('\n') }).toEqual({
      exitCode: 2,
      stderr: [
        'warning: EXTERNAL does not have LONG 0.003: this will be refused',
        'warning: the price is 62500, beyond a leg already: it will be closed at once',
        'error: nothing was adopted; to do it, say --yes',
      ],
    });
    expect(stdout.split('\n\n')).toEqual([
      expect.stringMatching(/^Channel .*\n─+\nikenna.binance-usdm.BTCUSDT .* equal/),
      expect.stringMatching(/^Account .*\n─+\nikenna.binance-usdm +BTCUSDT +trend-fast +LONG/),
      `Traded by hand       Quantity
─────────────────────────────
2025-01-06 11:55:00     0.003`,
      'EXTERNAL has 0; trend-fast would get LONG 0.003 at 62000.5, take profit 62400, stop loss 61000\n',
    ]);
    expect(desk.published()).toEqual([]);
    expect((await runCommand([...ADOPT, '--yes', '--dry-run', '--json'])).exitCode).toBe(0);
    expect(desk.published()).toEqual([]);
  });

  it('does it with --yes, and shows what the strategy has then', async () => {
    then('positions', () => [adoptedRow('0.253')]);
    const { exitCode, stdout } = await runCommand([...ADOPT, '--stop-loss', '61000', '--yes']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/\n\nadopted\n\nAccount .*\n─+\nikenna.binance-usdm .* LONG +open +0.253 /);
    expect(desk.published().map(({ body }) => body)).toEqual([
      {
        ...{ type: 'adopt', clientId: 'ikenna', by: 'odi', reason: 'on my phone' },
        scope: { exchange: 'binance-usdm', symbol: 'BTCUSDT', strategyId: 'trend-fast' },
        ...{ side: 'LONG', quantity: '0.003', price: '62000.5', takeProfit: null, stopLoss: '61000' },
      },
    ]);
  });

  it('says why the channel has refused, and prints nothing but JSON where that is asked for', async () => {
    then('denials', () => [denialRow('of another command'), denialRow(desk.published()[0].message.id)]);
    expect(await runCommand([...ADOPT, '--yes', '--json'])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'error: refused, NOT_EXTERNAL: not so much\n',
    });
  });

  it('says so where there is no answer, and what that means', async () => {
    const { exitCode, stderr } = await runCommand([...ADOPT, '--yes', '--json', '--wait', '1']);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr:
        'error: the channel has not answered within 1 s, and may adopt it still: look at bowline positions before you try again\n',
    });
  });

  it.each<[string[], string]>([
    [['--symbol', 'BTCUSD'], 'there is no channel ikenna.binance-usdm.BTCUSD: see bowline channels'],
    [
      ['--strategy', 'trend-fats', '--yes'],
      'scope.strategyId: there is no strategy "trend-fats"; did you mean trend-fast?',
    ],
  ])('of what is not there (%j) is refused', async (args, message) => {
    const { exitCode, stderr } = await runCommand([...ADOPT, ...args, '--json']);
    expect([exitCode, stderr]).toEqual([1, `error: ${message}\n`]);
    expect(desk.published()).toEqual([]);
  });

  it.each<[string[], string]>([
    [['--side', 'BUY'], "'--side <side>' argument 'BUY' is invalid. It must be LONG or SHORT."],
    [['--quantity', '0'], "'--quantity <quantity>' argument '0' is invalid. It must be a number above 0."],
  ])('%j is no command line', async (args, message) => {
    const run = await runBowline([...ADOPT, ...args]);
    expect(run).toEqual({ exitCode: 2, stdout: '', stderr: `error: option ${message}\n` });
  });
});
