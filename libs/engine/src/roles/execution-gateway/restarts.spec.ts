import { describe, it } from '@jest/globals';
import { play, RECV_WINDOW_MS, type Step } from './gateway.spec-support.js';

const REPLACING: readonly Step[] = [
  ['place s1', '> place s1'],
  ['accept s1', 's1 accept'],
  ['replace s1 s2', '> place s2'],
];
const BOTH: readonly Step[] = [...REPLACING, ['accept s2', '> cancel s1']];
const past = `pass ${RECV_WINDOW_MS + 1}`;

describe('the replacement of a stop', () => {
  const ask = '> query_order s1, > query_order s2, > query_position 0';
  it.each<[string, readonly Step[]]>([
    [
      'before the new one was sent',
      [
        ...REPLACING,
        ['restart'],
        ['connected', ask],
        ['status s1 new', 's1 accept, s1 restate'],
        ['absent s2', ''],
        [past, '> query_order s2'],
        ['absent s2', '> place s2'],
        ['accept s2', '> cancel s1'],
        ['canceled s1', 's1 replace'],
      ],
    ],
    [
      'before the answer to the new one',
      [
        ...REPLACING,
        ['restart'],
        ['connected', ask],
        ['status s1 new', 's1 accept, s1 restate'],
        ['status s2 new', '> cancel s1'],
        ['canceled s1', 's1 replace'],
      ],
    ],
    [
      'before the cancel of the old one was sent',
      [
        ...BOTH,
        ['restart'],
        ['connected', ask],
        ['status s1 new', '> cancel s1, s1 accept, s1 restate'],
        ['status s2 new', ''],
        ['canceled s1', 's1 replace'],
      ],
    ],
    [
      'before the answer to the cancel',
      [
        ...BOTH,
        ['restart'],
        ['connected', ask],
        ['status s1 canceled', ''],
        ['status s2 new', 's1 replace, s2 restate'],
      ],
    ],
    [
      'while both were filled',
      [
        ...BOTH,
        ['restart'],
        ['connected', ask],
        ['trade s1 10', '> cancel s2, s1 trade 10'],
        ['status s1 filled', ''],
        ['trade s2 10', 's1 replace, s2 trade 10'],
        ['status s2 filled', ''],
      ],
    ],
  ])('goes on after a restart %s', (_, steps) => {
    play(steps);
  });
});
