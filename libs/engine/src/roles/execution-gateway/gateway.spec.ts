import { describe, expect, it } from '@jest/globals';
import { play, RECV_WINDOW_MS, type Step } from './gateway.spec-support.js';

const SENT: readonly Step[] = [['place s1', '> place s1']];
const OPEN: readonly Step[] = [...SENT, ['accept s1', 's1 accept']];
const past = `pass ${RECV_WINDOW_MS + 1}`;

describe('an order', () => {
  it.each<[string, readonly Step[]]>([
    [
      'is sent once it is asked for, and followed to its end',
      [
        ['place e1', '> place e1'],
        ['accept e1', 'e1 accept'],
        ['trade e1 4', 'e1 trade 4'],
        ['trade e1 6', 'e1 trade 6'],
        ['accept e1', ''],
      ],
    ],
    [
      'is sent once, however often it is asked for',
      [
        ['place e1', '> place e1'],
        ['place e1', ''],
        ['trade e1 10', 'e1 trade 10'],
        ['place e1', ''],
      ],
    ],
    [
      'is filled before it is acknowledged',
      [
        ['place e1', '> place e1'],
        ['trade e1 10', 'e1 trade 10'],
        ['accept e1', ''],
      ],
    ],
    ['is rejected', [...SENT, ['rejected s1 WOULD_TRIGGER', 's1 reject WOULD_TRIGGER'], ['absent s1', '']]],
    ['expires', [...OPEN, ['expired s1 SELF_TRADE', 's1 expire SELF_TRADE']]],
    ['is canceled by somebody else', [...OPEN, ['canceled s1', 's1 cancel']]],
    [
      'is not sent where it comes too late',
      [['pass 100'], ['place e1 99', 'e1 reject NOT_SENT'], ['place e1 100', '> place e1']],
    ],
    ['counts a trade once', [...OPEN, ['trade s1 4 77', 's1 trade 4'], ['trade s1 4 77', '']]],
    [
      'is told a fill that comes after its end',
      [...OPEN, ['cancel s1', '> cancel s1'], ['canceled s1', 's1 cancel'], ['trade s1 4', 's1 trade 4']],
    ],
  ])('%s', (_, steps) => {
    play(steps);
  });

  it('that comes too late is counted as a failure', () => {
    const bench = play([['pass 100'], ['place e1 99', 'e1 reject NOT_SENT']]);
    expect([...bench.state.orders]).toEqual([]);
    expect(bench.state.tally.get('tradeengine_order_failures_total')?.size).toBe(1);
  });

  it('is forgotten an hour after its end, and not before', () => {
    const bench = play([...OPEN, ['canceled s1', 's1 cancel']]);
    bench.step('pass 3600000');
    expect(bench.state.orders.has('s1')).toBe(true);
    bench.step('pass 120000');
    expect(bench.state.orders.has('s1')).toBe(false);
  });
});

describe('a cancel', () => {
  it.each<[string, readonly Step[]]>([
    ['of an order that nobody knows of is nothing', [['cancel s1', '']]],
    ['is sent, and told', [...OPEN, ['cancel s1', '> cancel s1'], ['canceled s1', 's1 cancel']]],
    [
      'of what is over is nothing',
      [...OPEN, ['trade s1 10', 's1 trade 10'], ['cancel s1', ''], ['unknown s1', '']],
    ],
    [
      'of an order that has not been acknowledged goes out as well',
      [...SENT, ['cancel s1', '> cancel s1'], ['accept s1', 's1 accept'], ['canceled s1', 's1 cancel']],
    ],
    [
      'that overtakes its order is sent again once that is found',
      [
        ...SENT,
        ['cancel s1', '> cancel s1'],
        ['unknown s1', '> query_order s1, s1 lose'],
        ['absent s1', ''],
        ['accept s1', '> cancel s1, s1 accept'],
        ['canceled s1', 's1 cancel'],
      ],
    ],
    [
      'that is lost is sent again once the order proves to be open',
      [
        ...OPEN,
        ['cancel s1', '> cancel s1'],
        ['lost cancel s1', '> query_order s1, s1 lose'],
        ['status s1 new', '> cancel s1, s1 accept, s1 restate'],
        ['canceled s1', 's1 cancel'],
      ],
    ],
    [
      'that was executed and not answered is found out',
      [
        ...OPEN,
        ['cancel s1', '> cancel s1'],
        ['lost cancel s1', '> query_order s1, s1 lose'],
        ['status s1 canceled', 's1 cancel'],
      ],
    ],
    [
      'that comes too late is answered by the fill',
      [
        ...OPEN,
        ['cancel s1', '> cancel s1'],
        ['unknown s1', '> query_order s1, s1 lose'],
        ['trade s1 10', 's1 trade 10'],
        ['status s1 filled', ''],
      ],
    ],
    [
      'that is refused is told: the channel decides how often it tries',
      [
        ...OPEN,
        ['cancel s1', '> cancel s1'],
        ['refused s1', 's1 cancel_reject'],
        ['cancel s1', '> cancel s1'],
      ],
    ],
    [
      'that is refused is not tried again by itself',
      [
        ...OPEN,
        ['cancel s1', '> cancel s1'],
        ['refused s1', 's1 cancel_reject'],
        ['lost place s1', '> query_order s1, s1 lose'],
        ['status s1 new', 's1 accept, s1 restate'],
      ],
    ],
    [
      'of an order that never arrived ends it',
      [
        ...SENT,
        ['lost place s1', '> query_order s1, s1 lose'],
        ['cancel s1', '> cancel s1'],
        [past, '> query_order s1, > query_order s1, > query_order s1'],
        ['absent s1', 's1 lose, s1 resolve_absent'],
      ],
    ],
  ])('%s', (_, steps) => {
    play(steps);
  });
});

describe('an order of which nothing is known', () => {
  const LOST: readonly Step[] = [...SENT, ['lost place s1', '> query_order s1, s1 lose']];

  it.each<[string, readonly Step[]]>([
    ['was accepted', [...LOST, ['status s1 new', 's1 accept, s1 restate']]],
    [
      'was accepted, and says so by itself',
      [...LOST, ['accept s1', 's1 accept'], ['status s1 new', 's1 restate']],
    ],
    [
      'was filled in part',
      [...LOST, ['trade s1 4', 's1 trade 4'], ['status s1 partially_filled', 's1 accept, s1 restate']],
    ],
    ['was filled', [...LOST, ['trade s1 10', 's1 trade 10'], ['status s1 filled', '']]],
    ['was canceled', [...LOST, ['status s1 canceled', 's1 cancel']]],
    ['has expired', [...LOST, ['status s1 expired', 's1 expire']]],
    ['was rejected', [...LOST, ['status s1 rejected', 's1 reject']]],
    [
      'is asked for again, after pauses that grow, until there is an answer',
      [
        ...LOST,
        ['pass 499', ''],
        ['lost query_order s1', ''],
        ['pass 1', '> query_order s1'],
        ['pass 999', ''],
        ['pass 1', '> query_order s1'],
        ['pass 2000', '> query_order s1'],
        ['status s1 new', 's1 accept, s1 restate'],
        ['pass 30000', ''],
        ['lost place s1', '> query_order s1, s1 lose'],
        ['pass 500', '> query_order s1'],
      ],
    ],
    [
      'is not absent before its request can no longer be executed; then it is sent again',
      [
        ...LOST,
        ['absent s1', ''],
        ['pass 5000', ''],
        ['pass 1', '> query_order s1'],
        ['absent s1', '> place s1'],
        ['accept s1', 's1 accept'],
      ],
    ],
    [
      'is not sent again where something of it has filled',
      [
        ...LOST,
        ['trade s1 4', 's1 trade 4'],
        ['absent s1', ''],
        [past, '> query_order s1'],
        ['absent s1', 's1 lose, s1 resolve_absent'],
      ],
    ],
    [
      'is not sent again where it comes too late by now',
      [
        ['place e1 3000', '> place e1'],
        ['lost place e1', '> query_order e1, e1 lose'],
        ['absent e1', ''],
        [past, '> query_order e1'],
        ['absent e1', 'e1 lose, e1 resolve_absent'],
      ],
    ],
    [
      'was filled over less than was asked for, because the exchange has made it smaller',
      [...LOST, ['trade s1 4', 's1 trade 4'], ['status s1 filled 4', 's1 restate'], ['cancel s1', '']],
    ],
    [
      'is asked for again where a trade of it is missing',
      [
        ...LOST,
        ['status s1 filled 10', ''],
        ['pass 500', '> query_order s1'],
        ['trade s1 10', 's1 trade 10'],
      ],
    ],
  ])('%s', (_, steps) => {
    play(steps);
  });

  it('is asked for where its end tells of a fill that has not come', () => {
    play([
      ...OPEN,
      ['canceled s1 OTHER 4', '> query_order s1'],
      ['trade s1 4', 's1 trade 4'],
      ['status s1 canceled', 's1 cancel'],
    ]);
  });

  it('ends for all of these, and nothing asks for it any more', () => {
    for (const end of ['status s1 canceled', 'status s1 expired', 'status s1 rejected', 'trade s1 10']) {
      const bench = play(LOST);
      bench.step(end);
      expect([end, bench.role.timer({ ...bench.state, sweepAt: 1e9 })?.input]).toEqual([
        end,
        { type: 'sweep_due' },
      ]);
    }
  });
});

describe('a reject that may be of an earlier request', () => {
  const AGAIN: readonly Step[] = [
    ...SENT,
    ['lost place s1', '> query_order s1, s1 lose'],
    ['absent s1', ''],
    [past, '> query_order s1'],
    ['absent s1', '> place s1'],
  ];

  it.each<[string, readonly Step[]]>([
    [
      'does not end an order that is open: the request that came too late was refused',
      [
        ...AGAIN,
        ['accept s1', 's1 accept'],
        ['rejected s1 OTHER', '> query_order s1'],
        ['status s1 new', 's1 accept, s1 restate'],
      ],
    ],
    [
      'does not end an order whose own answer is still to come',
      [
        ...AGAIN,
        ['rejected s1 OTHER', '> query_order s1'],
        ['absent s1', ''],
        ['accept s1', 's1 accept'],
        [past, ''],
      ],
    ],
    [
      'ends it where it proves absent, and it is not sent a third time',
      [
        ...AGAIN,
        ['rejected s1 OTHER', '> query_order s1'],
        ['absent s1', ''],
        [past, '> query_order s1'],
        ['absent s1', 's1 reject OTHER'],
      ],
    ],
    [
      'ends an order that was sent once',
      [...SENT, ['rejected s1 OTHER', 's1 reject OTHER'], ['accept s1', '']],
    ],
  ])('%s', (_, steps) => {
    play(steps);
  });
});

describe('where nothing is heard of the oco-manager any more', () => {
  const open = (...names: readonly string[]): Step[] =>
    names.flatMap((name): Step[] => [
      [`place ${name}`, `> place ${name}`],
      [`accept ${name}`, `${name} accept`],
    ]);
  it.each<[string, readonly Step[]]>([
    [
      'what opens is canceled, and what protects stays',
      [
        ...open('e1', 's2', 't3'),
        ['place x4', '> place x4'],
        ['silent', '> cancel e1'],
        ['canceled e1', 'e1 cancel'],
        ['silent', ''],
      ],
    ],
    [
      'an order that is on its way is canceled too, and one that nobody knows of',
      [
        ['place e1', '> place e1'],
        ['place e2', '> place e2'],
        ['lost place e2', '> query_order e2, e2 lose'],
        ['silent', '> cancel e1, > cancel e2'],
        ['status e2 new', '> cancel e2, e2 accept, e2 restate'],
      ],
    ],
    [
      'nothing that never arrived is sent again',
      [
        ['place e1', '> place e1'],
        ['lost place e1', '> query_order e1, e1 lose'],
        ['silent', '> cancel e1'],
        ['unknown e1', '> query_order e1'],
        ['pass 5001', '> query_order e1, > query_order e1'],
        ['absent e1', 'e1 lose, e1 resolve_absent'],
      ],
    ],
    [
      'what is canceled already is not canceled once more',
      [...open('e1'), ['cancel e1', '> cancel e1'], ['silent', '']],
    ],
    ['other channels keep what they have', [...open('e1'), ['silent ETHUSDT', '']]],
    [
      'a cancel that is refused is tried again here: nobody else would',
      [
        ...open('e1'),
        ['silent', '> cancel e1'],
        ['refused e1', ''],
        ['pass 500', '> query_order e1'],
        ['status e1 new', '> cancel e1, e1 accept, e1 restate'],
      ],
    ],
    [
      'nothing takes the place of what is canceled',
      [
        ...open('e1'),
        ['replace e1 e2', '> cancel e1'],
        ['silent', '> cancel e1'],
        ['silent', ''],
        ['canceled e1', 'e1 cancel, e1 replace_reject'],
      ],
    ],
  ])('%s', (_, steps) => {
    play(steps);
  });
});
