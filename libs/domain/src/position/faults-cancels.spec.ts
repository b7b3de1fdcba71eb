import { describe, expect, it } from '@jest/globals';
import {
  accepts,
  answers,
  cancels,
  closes,
  entered,
  expires,
  fills,
  given,
  givenChannel,
  input,
  legsAt,
  loses,
  NO_PLAN,
  opens,
  queries,
  refuses,
  rejects,
  settles,
  type Step,
} from '@bowline/testkit';
import { decimal } from '../primitives/index.js';

const long = entered('A', 'LONG', 10);
const legsOfTen = ['A-1 s SELL 10 @90', 'A-1 t SELL 10 @110'];
const stopMovedTo = (stopPrice: number): Step =>
  input((at) => ({ type: 'stop_moved', strategyPositionId: 'A-1', stopPrice, at }));
const retried: Step = input((at) => ({ type: 'retry', strategyPositionId: 'A-1', at }));
/** An open position whose stop is being replaced by one of 6 at 90. */
const shrinking: readonly Step[] = [long, fills('A-1', 't', 4)];

describe('17: the cancel of the sibling is answered "unknown order"', () => {
  const asked = [long, fills('A-1', 't'), loses('A-1', 's', 'cancel', false)];

  it('is asked about, and waited for', () => {
    const channel = given(...asked);
    expect(channel.open('A-1').stopLoss!.state.status).toBe('unknown');
    expect(channel.position('A-1').status).toBe('closing');
  });

  it('and was canceled: the position is over', () => {
    const channel = given(...asked).when(
      (c) => c.exchange.cancel(c.exchange.newest('A-1', 's')),
      queries('A-1', 's'),
    );
    expect(channel.position('A-1')).toMatchObject({ status: 'closed', closeReason: 'take_profit' });
  });

  it('and had filled: the excess is flattened', () => {
    const channel = given(...asked).when(fills('A-1', 's'), queries('A-1', 's'));
    expect(channel.asked()).toEqual(['order A-1 x BUY 10']);
    expect(channel.when(settles).exchange.net()).toBe(0);
  });

  it('and is still open: it is canceled again', () => {
    expect(
      given(...asked)
        .when(queries('A-1', 's'))
        .asked(),
    ).toEqual(['cancel A-1 s']);
  });
});

describe('19: a cancel is tried a bounded number of times, the leg stays counted, and then somebody is told', () => {
  const refused = refuses('A-1', 's', 'cancel');
  const lostAndFound: Step = (channel) =>
    channel.when(loses('A-1', 's', 'cancel', false), queries('A-1', 's'));

  it.each([
    ['rejected', refused],
    ['timed out', lostAndFound],
  ])('when it is %s', (_how, failed) => {
    const channel = given(long, fills('A-1', 't'), failed, failed).when(failed);
    expect(channel.asked()).toEqual([]);
    expect(channel.alerts()).toEqual(['CANCEL_GIVEN_UP']);
    expect(channel.counted()).toBe(1);
    expect(channel.position('A-1').status).toBe('closing');
    expect(channel.when(retried).asked()).toEqual(['cancel A-1 s']);
    expect(channel.when(settles).position('A-1').status).toBe('closed');
  });

  it('does not use up what the exit may try', () => {
    const channel = given(long, closes('A'), refuses('A-1', 's', 'cancel'), refuses('A-1', 't', 'cancel'));
    channel.when(refuses('A-1', 's', 'cancel'), settles);
    expect(channel.position('A-1')).toMatchObject({ status: 'closed', closeReason: 'signal' });
  });
});

describe('20: a stop that is rejected because it would trigger at once', () => {
  const entry = [opens('A', 'LONG', 10), fills('A-1', 'e', 10, 100)];
  const wouldTrigger = rejects('A-1', 's', 'WOULD_TRIGGER');

  it('is not sent again: the position is closed at the market', () => {
    const channel = given(...entry, accepts('A-1', 't')).when(wouldTrigger);
    expect(channel.alerts()).toEqual(['STOP_REJECTED']);
    expect(channel.asked()).toEqual(['cancel A-1 t']);
    expect(channel.when(answers('A-1', 't', 'cancel')).asked()).toEqual(['order A-1 x SELL 10']);
    expect(channel.when(settles).position('A-1')).toMatchObject({
      status: 'closed',
      closeReason: 'stop_loss',
    });
  });

  it('and the emergency close is bounded', () => {
    const refused = rejects('A-1', 'x');
    const channel = given(...entry, wouldTrigger, answers('A-1', 't', 'cancel'), refused, refused).when(
      refused,
    );
    expect(channel.asked()).toEqual([]);
    expect(channel.alerts()).toEqual(['CLOSE_GIVEN_UP']);
    expect(channel.when(retried, settles).position('A-1').status).toBe('closed');
  });

  it('closes too where a stop that follows the price has been overtaken by it', () => {
    const plan = { ...legsAt(130, 90), trailingStop: { kind: 'pct', percent: decimal(5) } } as const;
    const channel = given(entered('A', 'LONG', 10, 100, { plan }), stopMovedTo(99));
    channel.when(refuses('A-1', 's', 'replace', 'WOULD_TRIGGER'), settles);
    expect(channel.position('A-1')).toMatchObject({ status: 'closed', closeReason: 'stop_loss' });
  });

  it('is tried a bounded number of times when it is rejected for another reason; then a close still works', () => {
    const refused = rejects('A-1', 's');
    const channel = given(...entry, refused, refused).when(refused);
    expect(channel.asked()).toEqual([]);
    expect(channel.alerts()).toEqual(['STOP_REJECTED']);
    expect(channel.open('A-1').unprotectedSince).not.toBeNull();
    channel.when(closes('A'), settles);
    expect(channel.position('A-1')).toMatchObject({ status: 'closed', closeReason: 'signal' });
  });
});

describe('21 and 22: a stop never outlives its position', () => {
  it('21: the sibling is canceled before any new entry', () => {
    const channel = given(long, fills('A-1', 't')).when(opens('A', 'LONG', 5));
    expect(channel.denials()).toEqual(['POSITION_CONFLICT']);
    channel.when(answers('A-1', 's', 'cancel'), opens('A', 'LONG', 5));
    expect(channel.asked()).toEqual(['order A-2 e BUY 5']);
    expect(channel.working()).toEqual(['A-2 e BUY 5']);
  });

  it('22: what an old stop still fills is flattened for its own position, and a new one is left alone', () => {
    const channel = given(long, fills('A-1', 't'), answers('A-1', 's', 'cancel'), entered('A', 'LONG', 5));
    channel.when(fills('A-1', 's', 2), settles);
    expect(channel.position('A-2')).toMatchObject({ status: 'open', openQty: 5 });
    expect(channel.exchange.net()).toBe(5);
  });
});

describe('23 and 24: an amend that is a cancel and a new order', () => {
  it('23: leaves the old leg in force when it is refused, and asks again', () => {
    const channel = given(...shrinking).when(refuses('A-1', 's', 'replace'));
    expect(channel.asked()).toEqual(['replace A-1 s SELL 6 @90']);
    expect(channel.when(settles).working()).toEqual(['A-1 s SELL 6 @90', 'A-1 t SELL 6 @110']);
  });

  const halves =
    (accepted: boolean): Step =>
    (channel) => {
      const request = channel.exchange.requests.find(({ kind }) => kind === 'replace');
      if (request?.kind === 'replace') channel.exchange.replaceByHalves(request, accepted);
      channel.deliverAll();
    };

  it('23: brings the leg back when the old one is gone and the new one failed', () => {
    const channel = given(...shrinking).when(halves(false));
    expect(channel.asked()).toEqual(['order A-1 s SELL 6 @90']);
    expect(channel.when(settles).working()).toEqual(['A-1 s SELL 6 @90', 'A-1 t SELL 6 @110']);
  });

  it('24: waits for the new order when the old one is reported gone', () => {
    const channel = given(...shrinking).when(halves(true), settles);
    expect(channel.asked()).toEqual([]);
    expect(channel.working()).toEqual(['A-1 s SELL 6 @90', 'A-1 t SELL 6 @110']);
  });

  it.each([true, false])('24: queries both orders when the answer is lost (executed: %s)', (took) => {
    const channel = given(...shrinking, loses('A-1', 's', 'replace', took), settles);
    expect(channel.working()).toEqual(['A-1 s SELL 6 @90', 'A-1 t SELL 6 @110']);
    expect(channel.open('A-1').stopLoss!.state.status).toBe('new');
  });

  it('24: sends no exit while a replacement may be working', () => {
    const channel = given(...shrinking, closes('A'));
    channel.when(
      cancels('A-1', 't'),
      (c) => c.exchange.cancel(c.exchange.newest('A-1', 's')),
      (c) => c.deliverAll(),
    );
    expect(channel.asked()).toEqual([]);
    channel.when(settles);
    expect(channel.position('A-1')).toMatchObject({ status: 'closed', closeReason: 'signal' });
    expect(channel.exchange.net()).toBe(0);
  });
});

describe('what somebody else takes away', () => {
  it.each([
    ['41: a person cancels our stop', cancels('A-1', 's')],
    ['35: self-trade prevention expires it', expires('A-1', 's', 'SELF_TRADE')],
  ])('is sent again as a new generation (%s)', (_why, gone) => {
    const channel = given(long).when(gone);
    expect(channel.asked()).toEqual(['order A-1 s SELL 10 @90']);
    expect(channel.open('A-1').unprotectedSince).not.toBeNull();
    channel.when(accepts('A-1', 's'));
    expect(channel.working()).toEqual(legsOfTen);
    expect(channel.open('A-1').unprotectedSince).toBeNull();
  });

  it('35: an entry that self-trade prevention expires is sent again for what is left, three times at most', () => {
    const channel = given(opens('A', 'LONG', 10), fills('A-1', 'e', 4));
    expect(channel.when(expires('A-1', 'e', 'SELF_TRADE')).asked()).toContain('order A-1 e BUY 6');
    expect(channel.when(fills('A-1', 'e'), settles).position('A-1')).toMatchObject({
      status: 'open',
      openQty: 10,
    });
    const never = given(
      opens('B', 'LONG', 10),
      ...Array.from({ length: 3 }, () => expires('B-1', 'e', 'SELF_TRADE')),
    );
    expect(never.position('B-1').status).toBe('closed');
    const other = given(opens('C', 'LONG', 10)).when(expires('C-1', 'e'));
    expect(other.position('C-1').status).toBe('closed');
  });

  it('41: gives up, and says so, on a stop that is taken away each time it has been accepted', () => {
    const again: Step = (channel) => channel.when(cancels('A-1', 's'), settles);
    const channel = given(long, again, again).when(again);
    expect(channel.alerts()).toEqual(['STOP_REJECTED']);
    expect(channel.when(closes('A'), settles).position('A-1').status).toBe('closed');
  });

  it('30: a dead-man switch that takes everything: protected again, and the entry is not', () => {
    const channel = given(
      opens('A', 'LONG', 10, { orderType: 'limit', limitPrice: 100 }),
      fills('A-1', 'e', 4),
      settles,
    ).when(cancels('A-1', 'e'), cancels('A-1', 's'), cancels('A-1', 't'), settles);
    expect(channel.working()).toEqual(['A-1 s SELL 4 @90', 'A-1 t SELL 4 @110']);
    expect(channel.position('A-1').openQty).toBe(4);
  });

  it('asks for an exit again when it expires unfilled, and gives up on what never works', () => {
    const channel = given(
      entered('A', 'LONG', 10, 100, { plan: NO_PLAN }),
      closes('A'),
      fills('A-1', 'x', 4),
    );
    expect(channel.when(expires('A-1', 'x')).asked()).toEqual(['order A-1 x SELL 6']);
    channel.when(expires('A-1', 'x'), expires('A-1', 'x'));
    expect(channel.alerts()).toEqual(['CLOSE_GIVEN_UP']);
  });

  it('takes every fill of an exit as progress', () => {
    const part: Step = (channel) => channel.when(fills('A-1', 'x', 2), expires('A-1', 'x'));
    const channel = given(
      entered('A', 'LONG', 10, 100, { plan: NO_PLAN }),
      closes('A'),
      part,
      part,
      part,
      part,
    );
    expect(channel.when(fills('A-1', 'x')).position('A-1').status).toBe('closed');
  });
});

describe('31: where no reduceOnly order can rest', () => {
  const guarded = givenChannel({ protection: 'guarded' }, long);

  it('the stop rests and the take-profit is watched here', () => {
    expect(guarded.working()).toEqual(['A-1 s SELL 10 @90']);
    guarded.when(
      input((at) => ({
        type: 'trigger_hit',
        strategyPositionId: 'A-1',
        leg: 't',
        price: 110,
        sequence: 1,
        at,
      })),
    );
    expect(guarded.asked()).toEqual(['cancel A-1 s']);
    expect(guarded.when(settles).position('A-1')).toMatchObject({
      status: 'closed',
      closeReason: 'take_profit',
    });
  });

  it('both legs are watched here where not even a stop can rest', () => {
    const channel = givenChannel({ protection: 'synthetic' }, long);
    expect(channel.working()).toEqual([]);
    channel.when(
      input((at) => ({
        type: 'trigger_hit',
        strategyPositionId: 'A-1',
        leg: 's',
        price: 90,
        sequence: 1,
        at,
      })),
    );
    expect(channel.asked()).toEqual(['order A-1 x SELL 10']);
    expect(channel.when(settles).position('A-1')).toMatchObject({
      status: 'closed',
      closeReason: 'stop_loss',
    });
  });
});
