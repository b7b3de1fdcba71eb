import { describe, expect, it } from '@jest/globals';
import {
  answers,
  cancels,
  closes,
  entered,
  fills,
  givenChannel,
  input,
  legsAt,
  loses,
  NO_PLAN,
  opens,
  refuses,
  rejects,
  settles,
  type Step,
} from '@bowline/testkit';
import type { ProtectionMode } from '../position/index.js';
import { legStatus, pairStatus } from './index.js';

const entry = opens('A', 'LONG', 10);
const open = entered('A', 'LONG', 10);
const halt: Step = input((at) => ({ type: 'trading_state', tradingState: 'HALTED', at }));
const stopTo = (stopPrice: number): Step =>
  input((at) => ({ type: 'stop_moved', strategyPositionId: 'A-1', stopPrice, at }));

interface Row {
  readonly when: string;
  readonly mode?: ProtectionMode;
  readonly steps: readonly Step[];
  readonly pair: ReturnType<typeof pairStatus>;
  /** Stop-loss, take-profit. */
  readonly legs: readonly [ReturnType<typeof legStatus>, ReturnType<typeof legStatus>];
}

const table: readonly Row[] = [
  { when: 'the entry is sent', steps: [entry], pair: 'pending', legs: [null, null] },
  {
    when: 'the legs are sent',
    steps: [entry, fills('A-1', 'e', 10)],
    pair: 'arming',
    legs: ['sent', 'sent'],
  },
  {
    when: 'one leg is acknowledged',
    steps: [entry, fills('A-1', 'e', 10), answers('A-1', 's', 'new')],
    pair: 'arming',
    legs: ['working', 'sent'],
  },
  {
    when: 'the acknowledgement of a leg is lost',
    steps: [entry, fills('A-1', 'e', 10), answers('A-1', 't', 'new'), loses('A-1', 's', 'new', true)],
    pair: 'arming',
    legs: ['unknown', 'working'],
  },
  { when: 'both are acknowledged', steps: [open], pair: 'active', legs: ['working', 'working'] },
  {
    when: 'the stop is being moved',
    steps: [open, stopTo(95)],
    pair: 'arming',
    legs: ['working', 'working'],
  },
  {
    when: 'the stop has been moved',
    steps: [open, stopTo(95), settles],
    pair: 'active',
    legs: ['working', 'working'],
  },
  {
    when: 'the take-profit has filled in part',
    steps: [open, fills('A-1', 't', 4)],
    pair: 'resolving',
    legs: ['working', 'partially_filled'],
  },
  {
    when: 'and the stop has been shrunk',
    steps: [open, fills('A-1', 't', 4), answers('A-1', 's', 'replace')],
    pair: 'active',
    legs: ['working', 'partially_filled'],
  },
  {
    when: 'the take-profit has filled',
    steps: [open, fills('A-1', 't')],
    pair: 'resolving',
    legs: ['cancel_pending', 'filled'],
  },
  {
    when: 'and the stop is canceled',
    steps: [open, fills('A-1', 't'), cancels('A-1', 's')],
    pair: 'closed',
    legs: ['canceled', 'filled'],
  },
  {
    when: 'a close is under way',
    steps: [open, closes('A')],
    pair: 'resolving',
    legs: ['cancel_pending', 'cancel_pending'],
  },
  {
    when: 'the legs are canceled and the exit works',
    steps: [open, closes('A'), cancels('A-1', 's'), cancels('A-1', 't')],
    pair: 'resolving',
    legs: ['canceled', 'canceled'],
  },
  {
    when: 'a leg is given up',
    steps: [entry, fills('A-1', 'e', 10), rejects('A-1', 't'), rejects('A-1', 't'), rejects('A-1', 't')],
    pair: 'degraded',
    legs: ['sent', 'rejected'],
  },
  {
    when: 'the first fill is too small for a leg',
    steps: [
      entry,
      fills('A-1', 'e', 1),
      answers('A-1', 't', 'new'),
      refuses('A-1', 's', 'new', 'BELOW_MINIMUM'),
    ],
    pair: 'degraded',
    legs: ['rejected', 'working'],
  },
  { when: 'the channel is halted', steps: [open, halt], pair: 'suspended', legs: ['working', 'working'] },
  {
    when: 'the take-profit is watched here',
    mode: 'guarded',
    steps: [open],
    pair: 'active',
    legs: ['working', 'watched'],
  },
  {
    when: 'both are watched here',
    mode: 'synthetic',
    steps: [open],
    pair: 'active',
    legs: ['watched', 'watched'],
  },
  {
    when: 'both are watched here, and no price comes',
    mode: 'synthetic',
    steps: [open, input((at) => ({ type: 'watch_report', staleSince: at, at }))],
    pair: 'degraded',
    legs: ['watched', 'watched'],
  },
  {
    when: 'there was no room for the take-profit',
    steps: [entry, fills('A-1', 'e', 10), rejects('A-1', 't', 'CAPACITY'), settles],
    pair: 'active',
    legs: ['working', 'watched'],
  },
  {
    when: 'there was no room for the stop',
    steps: [entry, fills('A-1', 'e', 10), rejects('A-1', 's', 'CAPACITY'), settles],
    pair: 'active',
    legs: ['watched', 'watched'],
  },
  {
    when: 'there is only a stop',
    steps: [entered('A', 'LONG', 10, 100, { plan: legsAt(null, 90) })],
    pair: 'active',
    legs: ['working', null],
  },
  {
    when: 'there is no leg at all',
    steps: [entered('A', 'LONG', 10, 100, { plan: NO_PLAN })],
    pair: 'active',
    legs: [null, null],
  },
];

describe('the status of a pair', () => {
  it.each(table)('is $pair when $when', ({ legs, mode = 'paired', pair, steps }) => {
    const channel = givenChannel({ protection: mode }, ...steps);
    const position = channel.state.positions.get('A-1') ?? channel.closed[0]!;
    expect(pairStatus(position, channel.state)).toBe(pair);
    expect([legStatus(position, 's'), legStatus(position, 't')]).toEqual(legs);
  });
});
