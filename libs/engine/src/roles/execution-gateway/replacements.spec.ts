import { describe, it } from '@jest/globals';
import { play, RECV_WINDOW_MS, type Step } from './gateway.spec-support.js';

const OPEN: readonly Step[] = [
  ['place s1', '> place s1'],
  ['accept s1', 's1 accept'],
];
const past = `pass ${RECV_WINDOW_MS + 1}`;

describe('the replacement of a stop', () => {
  const REPLACING: readonly Step[] = [...OPEN, ['replace s1 s2', '> place s2']];
  const BOTH: readonly Step[] = [...REPLACING, ['accept s2', '> cancel s1']];

  it.each<[string, readonly Step[]]>([
    [
      'is in place before the old one goes',
      [...BOTH, ['canceled s1', 's1 replace'], ['trade s2 10', 's2 trade 10']],
    ],
    [
      'is rejected: the old one stays',
      [...REPLACING, ['rejected s2 WOULD_TRIGGER', 's1 replace_reject WOULD_TRIGGER']],
    ],
    [
      'is lost, and found in the book',
      [
        ...REPLACING,
        ['lost place s2', '> query_order s2'],
        ['status s2 new', '> cancel s1'],
        ['canceled s1', 's1 replace'],
      ],
    ],
    [
      'is lost, never arrived, and is sent again',
      [
        ...REPLACING,
        ['lost place s2', '> query_order s2'],
        ['absent s2', ''],
        [past, '> query_order s2'],
        ['absent s2', '> place s2'],
        ['accept s2', '> cancel s1'],
        ['canceled s1', 's1 replace'],
      ],
    ],
    [
      'is not needed: the old one fills before it is there',
      [
        ...REPLACING,
        ['trade s1 10', '> cancel s2, s1 trade 10'],
        ['accept s2', ''],
        ['canceled s2', 's1 replace_reject'],
      ],
    ],
    [
      'is not needed, and goes: the old one fills while both are there',
      [
        ...BOTH,
        ['trade s1 10', '> cancel s2, s1 trade 10'],
        ['unknown s1', ''],
        ['canceled s2', 's1 replace_reject'],
      ],
    ],
    [
      'fills as well: both have, and the answer says so',
      [
        ...BOTH,
        ['trade s1 10', '> cancel s2, s1 trade 10'],
        ['trade s2 10', 's1 replace, s2 trade 10'],
        ['unknown s2', ''],
      ],
    ],
    [
      'fills before the old one is gone: what trades is in place',
      [
        ...BOTH,
        ['trade s2 4', 's1 replace, s2 trade 4'],
        ['canceled s1', 's1 cancel'],
        ['trade s2 6', 's2 trade 6'],
      ],
    ],
    [
      'fills before anything else is known of it: the old one goes',
      [
        ...REPLACING,
        ['lost place s2', '> query_order s2'],
        ['trade s2 10', '> cancel s1, s1 replace, s2 trade 10'],
        ['status s2 filled', ''],
        ['canceled s1', 's1 cancel'],
      ],
    ],
    [
      'triggers, and its order does not find enough',
      [
        ...BOTH,
        ['trade s2 4', 's1 replace, s2 trade 4'],
        ['expired s2 OTHER', 's2 expire OTHER'],
        ['canceled s1', 's1 cancel'],
      ],
    ],
    [
      'ends while the old one is being canceled for it',
      [...BOTH, ['expired s2 SELF_TRADE', 's1 replace_reject SELF_TRADE'], ['canceled s1', 's1 cancel']],
    ],
    [
      'takes the place of one that expires by itself',
      [...REPLACING, ['expired s1 SELF_TRADE', ''], ['accept s2', 's1 replace']],
    ],
    [
      'was to take the place of one that expires by itself, and is rejected: both are gone',
      [
        ...REPLACING,
        ['expired s1 SELF_TRADE', ''],
        ['rejected s2 OTHER', 's1 cancel, s1 replace_reject OTHER'],
      ],
    ],
    [
      'goes on where the cancel of the old one is lost',
      [
        ...BOTH,
        ['lost cancel s1', '> query_order s1, s1 lose'],
        ['status s1 new', '> cancel s1, s1 accept, s1 restate'],
        ['canceled s1', 's1 replace'],
      ],
    ],
    [
      'goes on where the cancel of the old one was executed without an answer',
      [...BOTH, ['lost cancel s1', '> query_order s1, s1 lose'], ['status s1 canceled', 's1 replace']],
    ],
    [
      'goes on where the cancel of the old one is refused: it is tried again',
      [
        ...BOTH,
        ['refused s1', ''],
        ['pass 500', '> query_order s1'],
        ['status s1 new', '> cancel s1, s1 accept, s1 restate'],
        ['canceled s1', 's1 replace'],
      ],
    ],
    [
      'goes on where the old one is unknown to the cancel because it has filled',
      [
        ...BOTH,
        ['unknown s1', '> query_order s1, s1 lose'],
        ['trade s1 10', '> cancel s2, s1 trade 10'],
        ['canceled s2', 's1 replace_reject'],
      ],
    ],
    [
      'is not wanted any more: both go, the old one first',
      [
        ...BOTH,
        ['cancel s1', '> cancel s2, > cancel s1'],
        ['canceled s1', 's1 cancel'],
        ['canceled s2', 's1 cancel, s1 replace_reject'],
        ['unknown s1', ''],
      ],
    ],
    [
      'is not wanted any more: both go, the new one first',
      [
        ...BOTH,
        ['cancel s1', '> cancel s2, > cancel s1'],
        ['canceled s2', 's1 replace_reject'],
        ['canceled s1', 's1 cancel'],
      ],
    ],
    [
      'is not wanted any more before it is there',
      [
        ...REPLACING,
        ['cancel s1', '> cancel s2, > cancel s1'],
        ['accept s2', ''],
        ['canceled s1', 's1 cancel'],
        ['canceled s2', 's1 cancel, s1 replace_reject'],
      ],
    ],
    [
      'is not wanted any more, and fills instead of being canceled',
      [
        ...BOTH,
        ['cancel s1', '> cancel s2, > cancel s1'],
        ['canceled s1', 's1 cancel'],
        ['trade s2 10', 's1 replace, s2 trade 10'],
      ],
    ],
    [
      'is not wanted any more, and the cancel of it is refused: it is tried again, and the answer waits',
      [
        ...BOTH,
        ['cancel s1', '> cancel s2, > cancel s1'],
        ['canceled s1', 's1 cancel'],
        ['refused s2', ''],
        ['pass 500', '> query_order s2'],
        ['status s2 new', '> cancel s2'],
        ['canceled s2', 's1 cancel, s1 replace_reject'],
      ],
    ],
    [
      'is not wanted any more, and never arrived: it is not sent again',
      [
        ...REPLACING,
        ['lost place s2', '> query_order s2'],
        ['cancel s1', '> cancel s2, > cancel s1'],
        ['canceled s1', 's1 cancel'],
        ['absent s2', ''],
        [past, '> query_order s2'],
        ['absent s2', 's1 cancel, s1 replace_reject'],
      ],
    ],
    [
      'of what is over is refused',
      [...OPEN, ['canceled s1', 's1 cancel'], ['replace s1 s2', 's1 replace_reject']],
    ],
    ['of what nobody knows is refused', [['replace s1 s2', 's1 replace_reject']]],
    ['of what is being replaced is refused', [...REPLACING, ['replace s1 s3', 's1 replace_reject']]],
    [
      'may itself be replaced afterwards',
      [...BOTH, ['canceled s1', 's1 replace'], ['replace s2 s3', '> place s3'], ['accept s3', '> cancel s2']],
    ],
  ])('%s', (_, steps) => {
    play(steps);
  });
});

describe('the replacement of a take-profit', () => {
  const OPEN_T: readonly Step[] = [
    ['place t1', '> place t1'],
    ['accept t1', 't1 accept'],
  ];
  const REPLACING: readonly Step[] = [...OPEN_T, ['replace t1 t2', '> cancel t1']];
  const NEW: readonly Step[] = [...REPLACING, ['canceled t1', '> place t2']];

  it.each<[string, readonly Step[]]>([
    [
      'goes out once the old one is gone',
      [...NEW, ['accept t2', 't1 replace'], ['trade t2 10', 't2 trade 10']],
    ],
    [
      'is not needed: the old one fills first',
      [...REPLACING, ['trade t1 10', 't1 trade 10, t1 replace_reject'], ['unknown t1', '']],
    ],
    [
      'goes out with what is left, where the old one fills in part',
      [
        ...REPLACING,
        ['trade t1 4', 't1 trade 4'],
        ['canceled t1', '> place t2'],
        ['accept t2', 't1 replace'],
      ],
    ],
    [
      'is rejected: the old one is gone without it',
      [...NEW, ['rejected t2 WOULD_TRIGGER', 't1 cancel, t1 replace_reject WOULD_TRIGGER']],
    ],
    ['fills at once', [...NEW, ['trade t2 10', 't1 replace, t2 trade 10'], ['accept t2', '']]],
    [
      'is lost, and found filled',
      [
        ...NEW,
        ['lost place t2', '> query_order t2'],
        ['trade t2 10', 't1 replace, t2 trade 10'],
        ['status t2 filled', ''],
      ],
    ],
    [
      'is lost, never arrived, and is sent again',
      [
        ...NEW,
        ['lost place t2', '> query_order t2'],
        ['absent t2', ''],
        [past, '> query_order t2'],
        ['absent t2', '> place t2'],
        ['accept t2', 't1 replace'],
      ],
    ],
    [
      'waits where the cancel of the old one is lost',
      [
        ...REPLACING,
        ['lost cancel t1', '> query_order t1, t1 lose'],
        ['status t1 new', '> cancel t1, t1 accept, t1 restate'],
        ['canceled t1', '> place t2'],
      ],
    ],
    [
      'goes out where the cancel of the old one was executed without an answer',
      [...REPLACING, ['lost cancel t1', '> query_order t1, t1 lose'], ['status t1 canceled', '> place t2']],
    ],
    [
      'waits where the cancel of the old one is refused: it is tried again',
      [
        ...REPLACING,
        ['refused t1', ''],
        ['pass 500', '> query_order t1'],
        ['status t1 new', '> cancel t1, t1 accept, t1 restate'],
      ],
    ],
    [
      'does not go out where the old one ends by itself',
      [...REPLACING, ['expired t1 SELF_TRADE', 't1 expire SELF_TRADE, t1 replace_reject']],
    ],
    [
      'is not wanted any more before the old one is gone',
      [
        ...REPLACING,
        ['cancel t1', '> cancel t1'],
        ['canceled t1', 't1 cancel, t1 replace_reject'],
        ['unknown t1', ''],
      ],
    ],
    [
      'is not wanted any more when it is on its way',
      [
        ...NEW,
        ['cancel t1', '> cancel t2'],
        ['accept t2', ''],
        ['canceled t2', 't1 cancel, t1 replace_reject'],
      ],
    ],
    [
      'is not wanted any more, and fills',
      [...NEW, ['cancel t1', '> cancel t2'], ['trade t2 10', 't1 replace, t2 trade 10']],
    ],
    [
      'goes on after a restart while the old one was being canceled',
      [
        ...REPLACING,
        ['restart'],
        ['connected', '> query_order t1, > query_position 0'],
        ['status t1 canceled', '> place t2'],
        ['accept t2', 't1 replace'],
      ],
    ],
    [
      'goes on after a restart before it was sent',
      [
        ...NEW,
        ['restart'],
        ['connected', '> query_order t2, > query_position 0'],
        ['absent t2', ''],
        [past, '> query_order t2'],
        ['absent t2', '> place t2'],
      ],
    ],
  ])('%s', (_, steps) => {
    play(steps);
  });
});
