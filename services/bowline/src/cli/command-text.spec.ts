import { describe, expect, it } from '@jest/globals';
import { commandText, type Calling } from './command-text.js';

const HERE: Calling = { env: {}, cwd: '/desks', main: '/code/bowline/services/bowline/dist/main.js' };
const NPM = { npm_lifecycle_event: 'bowline' };

describe('a command to type next', () => {
  it.each<[string, Partial<Calling>, string]>([
    [
      'by npm, in the checkout',
      { env: { ...NPM, INIT_CWD: '/code/bowline' }, cwd: '/code/bowline' },
      'npm run -s bowline -- init',
    ],
    [
      'by npm, in a folder of the checkout',
      { env: { ...NPM, INIT_CWD: '/code/bowline/docs' }, cwd: '/code/bowline/docs' },
      'npm run -s bowline -- init',
    ],
    [
      'by npm, from elsewhere',
      { env: { ...NPM, INIT_CWD: '/code/bowline-desk' }, cwd: '/code/bowline-desk' },
      'npm run -s --prefix /code/bowline bowline -- init',
    ],
    [
      'by npm start',
      { env: { npm_lifecycle_event: 'start', INIT_CWD: '/code/bowline' }, cwd: '/code/bowline' },
      'npm run -s bowline -- init',
    ],
    ['by node, in the checkout', { cwd: '/code/bowline' }, 'node services/bowline/dist/main.js init'],
    ['by node, from elsewhere', {}, 'node /code/bowline/services/bowline/dist/main.js init'],
    [
      'by node, in a script of another package',
      { env: { npm_lifecycle_event: 'nightly', INIT_CWD: '/code/bowline' } },
      'node /code/bowline/services/bowline/dist/main.js init',
    ],
  ])('is how the program was called: %s', (_how, calling, text) => {
    expect(commandText(['init'], { ...HERE, ...calling })).toBe(text);
  });

  it.each([
    ['my desk/a.yaml', "'my desk/a.yaml'"],
    ["it's", "'it'\\''s'"],
    ['*.csv', "'*.csv'"],
    ['', "''"],
    ['BTCUSDT=history/BTCUSDT-1h.csv.gz', 'BTCUSDT=history/BTCUSDT-1h.csv.gz'],
    ['sma-cross:10,50', 'sma-cross:10,50'],
    ['naïve.csv', 'naïve.csv'],
  ])('quotes the argument %j for a shell as %s', (argument, text) => {
    const calling = { ...HERE, env: NPM, cwd: '/code/bowline' };
    expect(commandText(['check', '--config', argument], calling)).toBe(
      `npm run -s bowline -- check --config ${text}`,
    );
  });
});
