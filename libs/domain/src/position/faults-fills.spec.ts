import { describe, expect, it } from '@jest/globals';
import {
  accepts,
  anOpen,
  answers,
  cancels,
  closes,
  entered,
  fills,
  given,
  givenChannel,
  hears,
  legsWithin,
  loses,
  opens,
  queries,
  refuses,
  rejects,
  restates,
  settles,
  unheard,
} from '@bowline/testkit';
import { sumOfShares } from './index.js';

const legsOfTen = ['A-1 s SELL 10 @90', 'A-1 t SELL 10 @110'];

describe('an entry', () => {
  it('1: whose acknowledgement was lost is adopted when it is found working', () => {
    const channel = given(opens('A', 'LONG', 10), loses('A-1', 'e', 'new', true));
    expect(channel.open('A-1').entry!.state.status).toBe('unknown');
    channel.when(queries('A-1', 'e'));
    expect(channel.open('A-1').entry!.state.status).toBe('new');
    channel.when(fills('A-1', 'e'), settles);
    expect(channel.working()).toEqual(legsOfTen);
  });

  it('2: whose acknowledgement was lost and that has filled is adopted, its legs sized from the fills', () => {
    const channel = given(opens('A', 'LONG', 10), loses('A-1', 'e', 'new', true));
    channel.when(fills('A-1', 'e', 6, 100));
    expect(channel.asked()).toEqual(['order A-1 s SELL 6 @90', 'order A-1 t SELL 6 @110']);
    expect(channel.when(queries('A-1', 'e'), settles).position('A-1').openQty).toBe(10);
    expect(channel.working()).toEqual(legsOfTen);
  });

  it('5: is sent once for a duplicate open', () => {
    const open = anOpen('A', 'LONG', 10, { at: 1 });
    const channel = given((c) => c.take(open)).when((c) => c.take(open));
    expect(channel.denials()).toEqual(['POSITION_CONFLICT']);
    expect(channel.working()).toEqual(['A-1 e BUY 10']);
  });

  it('6: is refused with a reason when its intent has expired', () => {
    const channel = given().when(opens('A', 'LONG', 10, { at: 9, expiresAt: 8 }));
    expect(channel.denials()).toEqual(['INTENT_EXPIRED']);
    expect(channel.exchange.orders).toEqual([]);
  });

  it('10: that fills before its acknowledgement is booked once, and the acknowledgement changes nothing', () => {
    const channel = given(
      opens('A', 'LONG', 10),
      unheard(accepts('A-1', 'e'), fills('A-1', 'e', 10, 100)),
      hears(1, 0),
      settles,
    );
    expect(channel.open('A-1').entry!.state.status).toBe('filled');
    expect(channel.position('A-1').openQty).toBe(10);
    expect(channel.working()).toEqual(legsOfTen);
  });

  it('11 and 12: counts a fill once, replayed on the stream or told by a query', () => {
    const channel = givenChannel({ feePerLot: 3n }, entered('A', 'LONG', 10));
    const before = channel.position('A-1');
    channel.when(queries('A-1', 'e'), queries('A-1', 'e'));
    expect(channel.events).toEqual([]);
    expect(channel.position('A-1')).toEqual(before);
    expect(before.fees).toBe(30n);
  });

  it('12: never counts more than the exchange’s own total, under whatever trade id the fill comes', () => {
    const channel = givenChannel({ totals: true }, opens('A', 'LONG', 10), fills('A-1', 'e', 4, 100));
    const told = channel.journal.filter((event) => event.type === 'execution_applied').at(-1)!.execution;
    channel.when((c) => c.take({ ...told, report: { ...told.report, tradeId: 'twin' } }));
    expect(channel.position('A-1').openQty).toBe(4);
  });

  it('13: that is overfilled is accepted and flagged, and its legs are resized', () => {
    const channel = given(opens('A', 'LONG', 10), accepts('A-1', 'e')).when(fills('A-1', 'e', 12, 100));
    expect(channel.alerts()).toEqual(['OVERFILL']);
    channel.when(settles);
    expect(channel.position('A-1').openQty).toBe(12);
    expect(channel.working()).toEqual(['A-1 s SELL 12 @90', 'A-1 t SELL 12 @110']);
  });

  it('14: that fills in parts has each part protected at once', () => {
    const channel = given(opens('A', 'LONG', 10), accepts('A-1', 'e')).when(fills('A-1', 'e', 4, 100));
    expect(channel.asked()).toEqual(['order A-1 s SELL 4 @90', 'order A-1 t SELL 4 @110']);
    channel.when(answers('A-1', 's', 'new'), answers('A-1', 't', 'new'), fills('A-1', 'e', 6, 100));
    expect(channel.asked()).toEqual(['replace A-1 s SELL 10 @90', 'replace A-1 t SELL 10 @110']);
    expect(channel.when(settles).working()).toEqual(legsOfTen);
  });

  it('14: re-anchors the legs to the average of its parts', () => {
    const plan = legsWithin(10, 10);
    const channel = given(
      opens('A', 'LONG', 10, { plan }),
      fills('A-1', 'e', 5, 100),
      fills('A-1', 'e', 5, 120),
    );
    channel.when(settles);
    expect(channel.working()).toEqual(['A-1 s SELL 10 @99', 'A-1 t SELL 10 @121']);
  });

  it('39: whose fee was taken in the base currency owns its quantity less the fee', () => {
    const channel = given(
      opens('A', 'LONG', 10, { plan: legsWithin(10, 10) }),
      fills('A-1', 'e', 10, 100, 1),
      settles,
    );
    expect(channel.position('A-1').openQty).toBe(9);
    expect(channel.working()).toEqual(['A-1 s SELL 9 @90', 'A-1 t SELL 9 @110']);
    expect(sumOfShares(channel.state)).toBe(channel.exchange.net());
    channel.when(fills('A-1', 't'), settles);
    const one = channel.state.instrument.tickLotCash;
    expect(channel.position('A-1')).toMatchObject({ realizedPnl: 90n * one, fees: 100n * one });
  });

  it('39: that the fee has eaten whole is over, and what it cost is booked', () => {
    const channel = given(opens('A', 'LONG', 1), fills('A-1', 'e', 1, 100, 1), settles);
    const one = channel.state.instrument.tickLotCash;
    expect(channel.position('A-1')).toMatchObject({ status: 'closed', realizedPnl: 0n, fees: 100n * one });
  });

  it('45: ignores what is older than what it knows', () => {
    const channel = givenChannel(
      { totals: true },
      opens('A', 'LONG', 10),
      unheard(accepts('A-1', 'e'), fills('A-1', 'e', 4, 100), cancels('A-1', 'e')),
      hears(2, 1, 0),
      settles,
    );
    expect(channel.open('A-1').entry!.state.status).toBe('canceled');
    expect(channel.position('A-1').openQty).toBe(4);
    expect(channel.working()).toEqual(['A-1 s SELL 4 @90', 'A-1 t SELL 4 @110']);
  });
});

describe('a pair', () => {
  it('15: shrinks its stop after the take-profit has filled in part, never before', () => {
    const channel = given(entered('A', 'LONG', 10));
    channel.when(unheard(fills('A-1', 't', 4)));
    expect(channel.asked()).toEqual([]);
    channel.when(hears());
    expect(channel.asked()).toEqual(['replace A-1 s SELL 6 @90']);
    expect(channel.when(settles).working()).toEqual(['A-1 s SELL 6 @90', 'A-1 t SELL 6 @110']);
  });

  it('16: flattens the excess when both legs fill, books it to its owner, and alerts', () => {
    const channel = given(entered('A', 'LONG', 10), entered('B', 'LONG', 5));
    channel.when(unheard(fills('A-1', 't'), fills('A-1', 's')), hears());
    expect(channel.alerts()).toContain('BOTH_LEGS_FILLED');
    expect(channel.asked()).toContain('order A-1 x BUY 10');
    channel.exchange.price = 95;
    channel.when(settles);
    // 10 x (110 - 100) with the take-profit; sold at 90 and bought back at 95.
    expect(channel.position('A-1')).toMatchObject({ status: 'closed', realizedPnl: 50n * 10n ** 18n });
    expect(channel.position('B-1')).toMatchObject({ status: 'open', openQty: 5 });
    expect(channel.exchange.net()).toBe(5);
  });

  it('18: counts a fill after the cancel was acknowledged; only a terminal report ends a leg', () => {
    const channel = given(entered('A', 'LONG', 10), closes('A'), answers('A-1', 's', 'cancel'));
    expect(channel.counted()).toBe(1);
    expect(channel.when(fills('A-1', 't', 4)).asked()).toEqual([]);
    channel.when(settles);
    expect(channel.position('A-1')).toMatchObject({ status: 'closed', openQty: 0 });
    expect(channel.exchange.net()).toBe(0);
  });

  it('18: books the fill that beat a cancel and comes after it, and closes what it has opened', () => {
    const channel = given(entered('A', 'LONG', 10), closes('A'), settles);
    expect(channel.position('A-1').status).toBe('closed');
    channel.when(fills('A-1', 's', 3));
    expect(channel.alerts()).toContain('LATE_FILL');
    channel.when(settles);
    expect(channel.exchange.net()).toBe(0);
    expect(channel.state.positions.size).toBe(0);
  });

  it('18: waits for the fills that a cancel tells of, so that the exit does not close them again', () => {
    const channel = givenChannel(
      { totals: true },
      entered('A', 'LONG', 10),
      closes('A'),
      answers('A-1', 's', 'cancel'),
    );
    channel.when(unheard(fills('A-1', 't', 4), answers('A-1', 't', 'cancel')));
    expect(channel.when(hears(1)).asked()).toEqual([]);
    expect(channel.when(hears()).asked()).toEqual(['order A-1 x SELL 6']);
    expect(channel.when(settles).position('A-1')).toMatchObject({ status: 'closed', openQty: 0 });
    expect(channel.exchange.trades).toHaveLength(3);
  });

  it('25: keeps the rest of a stop that filled in part under the same leg', () => {
    const channel = given(entered('A', 'LONG', 10)).when(fills('A-1', 's', 4, 89));
    expect(channel.asked()).toEqual(['replace A-1 t SELL 6 @110']);
    channel.when(settles);
    expect(channel.working()).toEqual(['A-1 s SELL 6 @90', 'A-1 t SELL 6 @110']);
    channel.when(fills('A-1', 's', 6, 88), settles);
    expect(channel.position('A-1')).toMatchObject({ status: 'closed', closeReason: 'stop_loss' });
  });

  it('26: has a stop that becomes a market order, so that no gap passes it unfilled', () => {
    const channel = given(entered('A', 'LONG', 10));
    expect(channel.exchange.newest('A-1', 's').terms).toMatchObject({
      orderType: 'stop_market',
      limitPrice: null,
    });
  });

  it('27: adopts a take-profit quantity that the exchange has reduced, and protects the rest once it fills', () => {
    const channel = given(entered('A', 'LONG', 10)).when(restates('A-1', 't', 6));
    expect(channel.asked()).toEqual([]);
    channel.when(fills('A-1', 't', 6), settles);
    expect(channel.working()).toEqual(['A-1 s SELL 4 @90', 'A-1 t SELL 4 @110']);
  });

  it('27: does not let the exchange reduce a stop', () => {
    const channel = given(entered('A', 'LONG', 10)).when(restates('A-1', 's', 6));
    expect(channel.asked()).toEqual(['replace A-1 s SELL 10 @90']);
    expect(channel.when(settles).working()).toEqual(legsOfTen);
  });
});

describe('28: a residue below the minimum', () => {
  it('goes to DUST with what it cost when no exit is accepted for it', () => {
    const channel = given(
      entered('A', 'LONG', 10),
      closes('A'),
      answers('A-1', 's', 'cancel'),
      answers('A-1', 't', 'cancel'),
    );
    channel.when(rejects('A-1', 'x', 'BELOW_MINIMUM'));
    expect(channel.position('A-1')).toMatchObject({ status: 'closed', openQty: 0 });
    expect(channel.state.dust).toBe(10);
    expect(channel.state.dustCash).toBe(-1_000n * 10n ** 18n);
    expect(sumOfShares(channel.state)).toBe(channel.exchange.net());
  });

  it('is closed, and so becomes DUST, when no leg is accepted for it', () => {
    const channel = given(
      entered('A', 'LONG', 10),
      fills('A-1', 't', 9),
      refuses('A-1', 's', 'replace', 'BELOW_MINIMUM'),
    );
    channel.when(settles);
    expect(channel.position('A-1').status).toBe('closed');
    expect(channel.working()).toEqual([]);
  });

  it('waits for the rest of its entry while that is still working', () => {
    const channel = given(opens('A', 'LONG', 10), fills('A-1', 'e', 1, 100));
    channel.when(refuses('A-1', 's', 'new', 'BELOW_MINIMUM'), refuses('A-1', 't', 'new', 'BELOW_MINIMUM'));
    expect(channel.asked()).toEqual([]);
    channel.when(fills('A-1', 'e', 9, 100), settles);
    expect(channel.working()).toEqual(legsOfTen);
  });
});
