import { describe, expect, it } from '@jest/globals';
import {
  accepts,
  answers,
  cancels,
  closes,
  entered,
  fills,
  given,
  givenChannel,
  input,
  legsAt,
  NO_PLAN,
  opens,
  refuses,
  rejects,
  reverses,
  settles,
  type ChannelHarness,
  type Step,
} from '@bowline/testkit';
import { evolveChannel } from './index.js';

const long = entered('A', 'LONG', 10);
const filled: readonly Step[] = [opens('A', 'LONG', 10), fills('A-1', 'e', 10, 100)];
const hit = (leg: 't' | 's', price: number): Step =>
  input((at) => ({ type: 'trigger_hit', strategyPositionId: 'A-1', leg, price, sequence: 7, at }));
const retried: Step = input((at) => ({ type: 'retry', strategyPositionId: 'A-1', at }));
const prices = (stale: boolean): Step =>
  input((at) => ({ type: 'watch_report', staleSince: stale ? at - 1 : null, at }));
const overdue: Step = input((at) => ({ type: 'unprotected_due', strategyPositionId: 'A-1', at }));

function changes({ journal }: ChannelHarness): string[] {
  return journal.flatMap((event) =>
    event.type === 'protection_changed' ? [`${event.protection} ${event.reason}`] : [],
  );
}

describe('a stop for which there is no room', () => {
  const refused = [...filled, accepts('A-1', 't'), rejects('A-1', 's', 'CAPACITY')];

  it('is watched here where the account allows it, and so is the take-profit: a resting one would delay the exit', () => {
    const channel = given(...filled, accepts('A-1', 't')).when(rejects('A-1', 's', 'CAPACITY'));
    expect(channel.asked()).toEqual(['cancel A-1 t']);
    expect(changes(channel)).toEqual(['synthetic CAPACITY']);
    expect(channel.open('A-1')).toMatchObject({
      protection: 'synthetic',
      unprotectedSince: null,
      failures: 0,
    });
    expect(channel.when(settles).working()).toEqual([]);
    channel.when(hit('s', 89));
    expect(channel.asked()).toEqual(['order A-1 x SELL 10']);
    expect(channel.when(settles).position('A-1')).toMatchObject({ closeReason: 'stop_loss' });
  });

  it('costs the position where it may not be watched: closed at the market, with an alert', () => {
    const channel = givenChannel({ allowSynthetic: false }, ...filled, accepts('A-1', 't'));
    channel.when(rejects('A-1', 's', 'CAPACITY'));
    expect(channel.alerts()).toEqual(['STOP_REJECTED']);
    expect(channel.asked()).toEqual(['cancel A-1 t']);
    channel.when(answers('A-1', 't', 'cancel'));
    expect(channel.asked()).toEqual(['order A-1 x SELL 10']);
    expect(channel.when(settles).position('A-1')).toMatchObject({ status: 'closed', closeReason: 'halt' });
  });

  it('and that close is bounded', () => {
    const refusedExit = rejects('A-1', 'x');
    const channel = givenChannel({ allowSynthetic: false }, ...refused, answers('A-1', 't', 'cancel'));
    channel.when(refusedExit, refusedExit, refusedExit);
    expect(channel.alerts()).toEqual(['CLOSE_GIVEN_UP']);
    expect(channel.when(retried, settles).position('A-1').status).toBe('closed');
  });

  it('keeps the stop that was to be replaced, and tries a few times more', () => {
    const refusedReplace = refuses('A-1', 's', 'replace', 'CAPACITY');
    const channel = givenChannel({ allowSynthetic: false }, long, fills('A-1', 't', 4));
    channel.when(refusedReplace, refusedReplace);
    expect(channel.asked()).toEqual(['replace A-1 s SELL 6 @90', 'replace A-1 s SELL 6 @90']);
    channel.when(refusedReplace);
    expect(channel.alerts()).toEqual(['STOP_REJECTED']);
    expect(channel.position('A-1').status).toBe('open');
    expect(channel.open('A-1').unprotectedSince).toBeNull();
  });

  it('is not kept where only a part of it is protected', () => {
    const channel = givenChannel({ allowSynthetic: false }, opens('A', 'LONG', 10), fills('A-1', 'e', 4));
    channel.when(
      answers('A-1', 's', 'new'),
      fills('A-1', 'e', 6),
      refuses('A-1', 's', 'replace', 'CAPACITY'),
    );
    expect(channel.alerts()).toEqual(['STOP_REJECTED']);
    expect(channel.when(settles).position('A-1')).toMatchObject({ status: 'closed', closeReason: 'halt' });
  });

  it('of an order list is tried alone before it is watched', () => {
    const channel = givenChannel({ protection: 'native' }, ...filled);
    channel.when(rejects('A-1', 's', 'CAPACITY'), rejects('A-1', 't', 'CAPACITY'));
    expect(channel.asked()).toEqual(['order A-1 s SELL 10 @90', 'cancel A-1 t']);
    expect(changes(channel)).toEqual(['guarded CAPACITY']);
    channel.when(rejects('A-1', 's', 'CAPACITY'));
    expect(changes(channel)).toEqual(['guarded CAPACITY', 'synthetic CAPACITY']);
  });

  it('is asked for at the exchange again by the next position', () => {
    const channel = given(...refused, settles, closes('A'), settles).when(entered('A', 'LONG', 5));
    expect(channel.open('A-2').protection).toBe('paired');
    expect(channel.working()).toEqual(['A-2 s SELL 5 @90', 'A-2 t SELL 5 @110']);
  });

  it('was written by versions that had one mode for all: the position then has the channel’s', () => {
    const channel = givenChannel({ protection: 'guarded' });
    const side = 'LONG';
    const event = { type: 'position_opened', strategyPositionId: 'A-1', strategyId: 'A', side } as const;
    evolveChannel(channel.state, { ...event, plan: NO_PLAN, referencePrice: 100, at: 1 });
    expect(channel.open('A-1').protection).toBe('guarded');
  });
});

it.each([
  ['for which there is no room', 'CAPACITY'],
  ['that may not rest so far away', 'PRICE_OUT_OF_RANGE'],
] as const)('a take-profit %s is watched here, beside the resting stop', (_what, reason) => {
  const channel = given(...filled, accepts('A-1', 's')).when(rejects('A-1', 't', reason));
  expect(channel.asked()).toEqual([]);
  expect(changes(channel)).toEqual([`guarded ${reason}`]);
  expect(channel.working()).toEqual(['A-1 s SELL 10 @90']);
  channel.when(hit('t', 110), settles);
  expect(channel.position('A-1')).toMatchObject({ status: 'closed', closeReason: 'take_profit' });
});

describe('a pair whose mode was lowered and is tried again', () => {
  const lowered = [...filled, accepts('A-1', 't'), rejects('A-1', 's', 'CAPACITY'), settles];

  it('rests again, and is watched until the exchange has acknowledged each leg', () => {
    const channel = given(...lowered).when(retried);
    expect(changes(channel)).toEqual(['synthetic CAPACITY', 'paired RETRY']);
    expect(channel.asked()).toEqual(['order A-1 s SELL 10 @90', 'order A-1 t SELL 10 @110']);
    expect(channel.open('A-1').unprotectedSince).toBeNull();
    channel.when(accepts('A-1', 's'), hit('s', 80));
    expect(channel.events.filter(({ type }) => type === 'trigger_reached')).toEqual([]);
    channel.when(hit('t', 110), settles);
    expect(channel.position('A-1')).toMatchObject({ status: 'closed', closeReason: 'take_profit' });
  });

  it('is closed by a stop that is reached before its order is there', () => {
    const channel = given(...lowered, retried).when(hit('s', 90), settles);
    expect(channel.position('A-1')).toMatchObject({ status: 'closed', closeReason: 'stop_loss' });
    expect(channel.exchange.net()).toBe(0);
  });

  it('stays where it was while there still is no room', () => {
    const channel = given(...lowered, retried).when(rejects('A-1', 's', 'CAPACITY'), settles);
    expect(channel.open('A-1')).toMatchObject({ protection: 'synthetic', unprotectedSince: null });
    expect(channel.working()).toEqual([]);
  });
});

describe('a watched leg', () => {
  const watched = () => givenChannel({ protection: 'synthetic' }, long);

  it.each([
    ['the stop short of its price', hit('s', 91)],
    ['the take-profit short of its price', hit('t', 109)],
  ])('is not hit: %s', (_what, step) => {
    expect(watched().when(step).events).toEqual([]);
  });

  it('is hit once', () => {
    const channel = watched().when(hit('s', 90), hit('s', 89), hit('t', 120));
    expect(channel.asked()).toEqual(['order A-1 x SELL 10']);
    expect(channel.events.filter(({ type }) => type === 'trigger_reached')).toEqual([
      expect.objectContaining({ leg: 's', price: 90, sequence: 7 }),
    ]);
  });

  it('that rests at the exchange is left to it', () => {
    expect(given(long).when(hit('s', 80), hit('t', 120)).events).toEqual([]);
  });

  it('of a short is reached from the other side', () => {
    const channel = givenChannel({ protection: 'synthetic' }, entered('A', 'SHORT', 10));
    expect(channel.when(hit('s', 109), hit('t', 91)).events).toEqual([]);
    expect(channel.when(hit('s', 110), settles).position('A-1').closeReason).toBe('stop_loss');
  });

  it('without prices is no protection: an alert, once, and the time counts until they come again', () => {
    const channel = watched().when(prices(true), prices(true));
    expect(channel.alerts()).toEqual(['WATCH_STALE']);
    expect(channel.open('A-1').unprotectedSince).toBe(channel.state.watchStaleSince);
    channel.when(prices(false));
    expect(channel.open('A-1').unprotectedSince).toBeNull();
  });
});

describe('an exchange that holds no stops, for an account that may not watch them', () => {
  const unable = { protection: 'synthetic', allowSynthetic: false } as const;

  it('is given no position that wants one', () => {
    expect(
      givenChannel(unable)
        .when(opens('A', 'LONG', 10))
        .denials(),
    ).toEqual(['PROTECTION_UNAVAILABLE']);
  });

  it('is given one without, and its take-profit is watched', () => {
    const channel = givenChannel(unable, entered('A', 'LONG', 10, 100, { plan: legsAt(110) }));
    expect(channel.when(hit('t', 111), settles).position('A-1').closeReason).toBe('take_profit');
  });
});

describe('I9: a position that stays without a stop', () => {
  const bare = [...filled, rejects('A-1', 's'), rejects('A-1', 's'), rejects('A-1', 's')];

  it('halts the channel, with an alert, once', () => {
    const channel = given(...bare).when(overdue, overdue);
    expect(channel.alerts()).toEqual(['UNPROTECTED']);
    expect(channel.state.tradingState).toBe('HALTED');
    channel.when(
      input((at) => ({ type: 'trading_state', tradingState: 'ACTIVE', at })),
      overdue,
    );
    expect(channel.state.tradingState).toBe('ACTIVE');
  });

  it('and has one by the time that somebody looks, halts nothing', () => {
    const channel = given(...filled, settles).when(overdue);
    expect(channel.events).toEqual([]);
  });

  it('is found again when it loses the next one', () => {
    const channel = given(...bare, overdue, retried, settles).when(cancels('A-1', 's'), overdue);
    expect(channel.alerts()).toEqual(['UNPROTECTED']);
  });

  it('counts from the fill that its stop does not cover', () => {
    const channel = given(opens('A', 'LONG', 10), fills('A-1', 'e', 4, 100), settles);
    expect(channel.open('A-1').unprotectedSince).toBeNull();
    channel.when(fills('A-1', 'e', 6, 100));
    expect(channel.open('A-1').unprotectedSince).toBe(channel.open('A-1').lastFillAt);
    expect(channel.when(answers('A-1', 's', 'replace')).open('A-1').unprotectedSince).toBeNull();
  });
});

describe('where closing orders carry reduceOnly', () => {
  const reducing = { reduceOnly: true } as const;

  it('nobody opens on the other side of an owner, and a strategy that turns closes first', () => {
    const channel = givenChannel(reducing, long).when(opens('B', 'SHORT', 5));
    expect(channel.denials()).toEqual(['POSITION_CONFLICT']);
    channel.when(reverses('A', 'SHORT', 5), settles);
    expect(channel.position('A-2')).toMatchObject({ status: 'open', openQty: 5 });
  });

  it('legs and exits carry it, entries do not, and an exit waits until the resting take-profit is gone', () => {
    const channel = givenChannel(reducing, long).when(closes('A'));
    expect(channel.asked()).toEqual(['cancel A-1 t', 'cancel A-1 s']);
    expect(channel.when(answers('A-1', 't', 'cancel')).asked()).toEqual([]);
    expect(channel.when(answers('A-1', 's', 'cancel')).asked()).toEqual(['order A-1 x SELL 10']);
    const flags = channel.exchange.orders.map(({ terms }) => `${terms.key.leg} ${terms.reduceOnly}`);
    expect(flags).toEqual(['e false', 's true', 't true', 'x true']);
  });
});
