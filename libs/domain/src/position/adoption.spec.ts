import { describe, expect, it } from '@jest/globals';
import {
  anInstrument,
  cancels,
  closes,
  entered,
  fills,
  given,
  givenChannel,
  input,
  legsWithin,
  NO_PLAN,
  opens,
  settles,
  type Step,
} from '@bowline/testkit';
import type { ADOPTION_REFUSALS } from '../index.js';
import { CASH_ONE as ONE, decimal, type Adoption, type ChannelInput } from '../index.js';

const byHand = (signedQty: number): Step => {
  return (channel) => {
    const tradeId = channel.exchange.tradeOutside(signedQty, 100);
    channel.take({ type: 'external_fill', tradeId, signedQty, at: channel.tick() });
  };
};

type Typed = Partial<
  Record<'quantity' | 'price' | 'takeProfit' | 'stopLoss', string | null> &
    Pick<Adoption, 'side' | 'strategyId'>
>;

/** Five lots for A at 100, legs 10 around it, unless told otherwise. */
function adopts(typed: Typed = {}): Step {
  const { price = '100', quantity = '5', side = 'LONG', strategyId = 'A' } = typed;
  const [above, below] = side === 'LONG' ? ['110', '90'] : ['90', '110'];
  const { stopLoss = below, takeProfit = above } = typed;
  const orNone = (text: string | null) => (text === null ? null : decimal(text));
  return input((at): ChannelInput => ({
    type: 'adopt',
    adoptionId: `adopt-${at}`,
    ...{ strategyId, side, quantity: decimal(quantity!), price: decimal(price!) },
    ...{
      takeProfit: orNone(takeProfit),
      stopLoss: orNone(stopLoss),
      by: 'odi',
      reason: 'bought by hand',
      at,
    },
  }));
}

const state = (tradingState: 'HALTED' | 'REDUCING'): Step =>
  input((at) => ({ type: 'trading_state', tradingState, at }));

describe('what a person has traded by hand', () => {
  it.each([
    ['LONG', 7, ['A-1 s SELL 5 @90', 'A-1 t SELL 5 @110'], 110],
    ['SHORT', -7, ['A-1 s BUY 5 @110', 'A-1 t BUY 5 @90'], 90],
  ] as const)(
    'is a strategy’s once it is adopted (%s): it is protected, and its result counts from the adopted price',
    (side, traded, legs, takeProfit) => {
      const channel = given(byHand(traded)).when(adopts({ side, price: '102' }), settles);
      expect(channel.state.external).toBe(Math.sign(traded) * 2);
      expect(channel.position('A-1')).toMatchObject({ status: 'open', openQty: 5 });
      expect(channel.open('A-1')).toMatchObject({ enteredQty: 5, entryValue: 510n, referencePrice: 0 });
      expect(channel.working()).toEqual(legs);

      channel.when(fills('A-1', 't'), settles);
      expect(channel.position('A-1')).toMatchObject({
        status: 'closed',
        closeReason: 'take_profit',
        realizedPnl: BigInt(Math.sign(traded) * (takeProfit - 102) * 5) * ONE,
      });
      expect(channel.exchange.net()).toBe(Math.sign(traded) * 2);
      expect(channel.working()).toEqual([]);
    },
  );

  it('may be adopted bit by bit, by several, and the whole of it; who said so stands in the journal', () => {
    const channel = given(byHand(7)).when(
      adopts({ quantity: '3' }),
      adopts({ quantity: '4', strategyId: 'B' }),
      settles,
    );
    expect(channel.state.external).toBe(0);
    expect(channel.working()).toHaveLength(4);
    expect(channel.events).toContainEqual(
      expect.objectContaining({ type: 'share_adopted', signedQty: 4, by: 'odi', reason: 'bought by hand' }),
    );
    expect(channel.when(adopts({ quantity: '1', strategyId: 'C' })).denials()).toEqual(['NOT_EXTERNAL']);
  });

  it('joins the position that the strategy has on that side, at the average of both, under the legs of one plan', () => {
    const channel = given(entered('A', 'LONG', 10, 100, { plan: legsWithin(10, 10) }), byHand(5));
    channel.when(adopts({ price: '130', takeProfit: null, stopLoss: null }), settles);
    expect(channel.open('A-1').share).toEqual({ quantity: 15, cost: 1_650n });
    expect(channel.working()).toEqual(['A-1 s SELL 15 @99', 'A-1 t SELL 15 @121']);

    channel.when(
      byHand(1),
      adopts({ quantity: '1', price: '110', takeProfit: '150', stopLoss: null }),
      settles,
    );
    expect(channel.working()).toEqual(['A-1 s SELL 16 @99', 'A-1 t SELL 16 @150']);
  });

  it('joins a position whose entry is still working, and stays when that ends without a fill', () => {
    const resting = opens('A', 'LONG', 10, { orderType: 'limit', limitPrice: 95 });
    const channel = given(resting, settles, byHand(5)).when(adopts(), cancels('A-1', 'e'), settles);
    expect(channel.position('A-1')).toMatchObject({ status: 'open', openQty: 5 });
    expect(channel.working()).toEqual(['A-1 s SELL 5 @90', 'A-1 t SELL 5 @110']);
  });

  it('is adopted without legs where none are given, and closed like any other', () => {
    const channel = given(byHand(5)).when(adopts({ takeProfit: null, stopLoss: null }), settles);
    expect(channel.open('A-1').plan).toEqual(NO_PLAN);
    expect(channel.working()).toEqual([]);
    channel.when(closes('A'), settles);
    expect(channel.position('A-1')).toMatchObject({ status: 'closed', closeReason: 'signal' });
    expect(channel.exchange.net()).toBe(0);
  });

  it.each(['HALTED', 'REDUCING'] as const)('is adopted and protected while the channel is %s', (halt) => {
    const channel = given(byHand(5), state(halt)).when(adopts(), settles);
    expect(channel.working()).toEqual(['A-1 s SELL 5 @90', 'A-1 t SELL 5 @110']);
  });

  it('is closed at once where the market is beyond the stop already', () => {
    const channel = given(byHand(5)).when(adopts({ price: '200', stopLoss: '120', takeProfit: '130' }));
    const stop = channel.exchange.newest('A-1', 's');
    channel.exchange.reject(stop, 'WOULD_TRIGGER');
    channel.when(settles);
    expect(channel.position('A-1')).toMatchObject({ status: 'closed', closeReason: 'stop_loss' });
  });
});

describe('an adoption', () => {
  const QUARTERS = { instrument: anInstrument({ symbol: 'Q', tickSize: '0.25', lotSize: '0.5' }) };
  const BANDS = {
    instrument: anInstrument({
      ...{ symbol: 'BANDS', tickSize: '1', lotSize: '1' },
      tickTable: [{ from: '100', step: '5' }],
    }),
  };

  it.each<[string, object, Step[], Typed, keyof typeof ADOPTION_REFUSALS]>([
    ['of more than EXTERNAL has', {}, [byHand(4)], {}, 'NOT_EXTERNAL'],
    ['of the other side', {}, [byHand(7)], { side: 'SHORT' }, 'NOT_EXTERNAL'],
    ['of nothing that is there', {}, [entered('B', 'LONG', 10)], {}, 'NOT_EXTERNAL'],
    ['for an owner of the other side', {}, [entered('A', 'SHORT', 3), byHand(7)], {}, 'POSITION_CONFLICT'],
    [
      'for one whose entry on the other side is working',
      {},
      [opens('A', 'SHORT', 3, { orderType: 'limit', limitPrice: 120 }), settles, byHand(7)],
      {},
      'POSITION_CONFLICT',
    ],
    [
      'for one whose position is being closed',
      {},
      [entered('A', 'LONG', 3), closes('A'), byHand(7)],
      {},
      'POSITION_CONFLICT',
    ],
    [
      'while the shares do not add up',
      {},
      [byHand(7), input((at) => ({ type: 'position_report', signedQty: 6, lastTradeId: 1, at }))],
      {},
      'CHANNEL_FROZEN',
    ],
    ['of a part of a lot', QUARTERS, [byHand(10)], { quantity: '0.75' }, 'QUANTITY_NOT_LOTS'],
    ['of nothing', QUARTERS, [byHand(10)], { quantity: '0' }, 'QUANTITY_NOT_LOTS'],
    ['of less than nothing', QUARTERS, [byHand(10)], { quantity: '-1' }, 'QUANTITY_NOT_LOTS'],
    ['beyond all counting', QUARTERS, [byHand(10)], { quantity: '1e40' }, 'QUANTITY_NOT_LOTS'],
    ['at a price off the tick', QUARTERS, [byHand(10)], { price: '100.1' }, 'PRICE_NOT_TICKS'],
    ['for nothing', QUARTERS, [byHand(10)], { price: '0' }, 'PRICE_NOT_TICKS'],
    ['with a take-profit off the tick', QUARTERS, [byHand(10)], { takeProfit: '110.1' }, 'PRICE_NOT_TICKS'],
    [
      'with a stop off the band’s step',
      BANDS,
      [byHand(10)],
      { takeProfit: '150', stopLoss: '112' },
      'PRICE_NOT_TICKS',
    ],
    ['with its legs crossed', {}, [byHand(7)], { takeProfit: '95', stopLoss: '95' }, 'LEGS_CROSSED'],
    [
      'of a short with its legs crossed',
      {},
      [byHand(-7)],
      { side: 'SHORT', takeProfit: '111' },
      'LEGS_CROSSED',
    ],
    [
      'whose leg crosses the one that the position has',
      {},
      [entered('A', 'LONG', 3), byHand(7)],
      { takeProfit: null, stopLoss: '115' },
      'LEGS_CROSSED',
    ],
  ])('%s is refused, and changes nothing', (_, setup, before, typed, code) => {
    const channel = givenChannel(setup, ...before).when(adopts(typed));
    expect(channel.events).toMatchObject([
      { type: 'adoption_refused', adoptionId: expect.stringMatching(/^adopt-/), strategyId: 'A', code },
    ]);
  });
});
