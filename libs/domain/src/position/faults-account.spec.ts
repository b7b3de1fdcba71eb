import { describe, expect, it } from '@jest/globals';
import {
  BTCUSDT,
  answers,
  cancels,
  closes,
  entered,
  fills,
  given,
  givenChannel,
  hears,
  input,
  legsAt,
  loses,
  opens,
  queries,
  refuses,
  reverses,
  settles,
  unheard,
  type Step,
} from '@bowline/testkit';
import { cash } from '../primitives/index.js';
import type { TradingState } from '../risk/index.js';
import { sumOfShares } from './index.js';

const reported = (signedQty: number, lastTradeId: number): Step =>
  input((at) => ({ type: 'position_report', signedQty, lastTradeId, at }));
const byHand =
  (signedQty: number): Step =>
  (channel) => {
    const tradeId = channel.exchange.tradeOutside(signedQty, 100);
    channel.take({ type: 'external_fill', tradeId, signedQty, at: channel.tick() });
  };
const taken =
  (side: 'LONG' | 'SHORT', quantity: number, price: number, fee = 0n): Step =>
  (channel) => {
    const tradeId = channel.exchange.tradeOutside(side === 'LONG' ? -quantity : quantity, price);
    channel.take({ type: 'forced_close', tradeId, side, quantity, price, fee, at: channel.tick() });
  };
const state = (tradingState: TradingState): Step =>
  input((at) => ({ type: 'trading_state', tradingState, at }));

describe('37: a liquidation or an auto-deleveraging', () => {
  it('is shared pro rata over the owners of that side, and their strategies stop', () => {
    const channel = given(entered('A', 'LONG', 9), entered('B', 'LONG', 3), entered('C', 'SHORT', 2)).when(
      taken('LONG', 4, 80, 8n),
    );
    expect(channel.position('A-1')).toMatchObject({
      status: 'closing',
      openQty: 6,
      closeReason: 'liquidation',
      fees: 6n,
    });
    expect(channel.position('B-1')).toMatchObject({ status: 'closing', openQty: 2, fees: 2n });
    expect(channel.position('C-1')).toMatchObject({ status: 'open', openQty: 2, fees: 0n });
    expect(channel.alerts()).toEqual(['FORCED_CLOSE']);
    expect(channel.asked()).toEqual(['cancel A-1 t', 'cancel A-1 s', 'cancel B-1 t', 'cancel B-1 s']);
    channel.when(settles);
    expect(sumOfShares(channel.state)).toBe(channel.exchange.net());
    expect(channel.exchange.net()).toBe(-2);
  });

  it('counts once, and what was taken beyond all shares is EXTERNAL’s', () => {
    const channel = given(entered('A', 'LONG', 3), taken('LONG', 5, 80));
    const again = channel.exchange.trades.length;
    channel.when(
      input((at) => ({
        type: 'forced_close',
        tradeId: again,
        side: 'LONG',
        quantity: 5,
        price: 80,
        fee: 0n,
        at,
      })),
    );
    expect(channel.events).toEqual([]);
    expect(channel.state.external).toBe(-2);
    expect(channel.position('A-1').openQty).toBe(0);
    expect(sumOfShares(channel.state)).toBe(channel.exchange.net());
  });
});

describe('38: funding', () => {
  it('goes by signed share at the instant, and the rounding to DUST', () => {
    const third = (strategyId: string, side: 'LONG' | 'SHORT') =>
      entered(strategyId, side, 1, 3_333_333, { plan: legsAt(null) });
    const channel = givenChannel(
      { instrument: BTCUSDT },
      third('A', 'LONG'),
      third('B', 'LONG'),
      third('C', 'SHORT'),
    );
    channel.when(input((at) => ({ type: 'funding', price: 3_333_333, rateUnits: 1n, rateScale: 5, at })));
    const [a, b, c] = ['A-1', 'B-1', 'C-1'].map((id) => channel.position(id).funding);
    expect([a, b, c]).toEqual([cash('-0.00033333'), cash('-0.00033333'), cash('0.00033333')]);
    // The exchange charges the net of one lot.
    expect(a! + b! + c! + channel.state.dustCash).toBe(cash('-0.00033333'));
  });

  it('leaves what the roundings differ by to DUST', () => {
    const channel = givenChannel(
      { instrument: BTCUSDT },
      entered('A', 'LONG', 1, 1_500_000, { plan: legsAt(null) }),
      entered('B', 'LONG', 1, 1_500_000, { plan: legsAt(null) }),
    ).when(input((at) => ({ type: 'funding', price: 1_500_000, rateUnits: 1n, rateScale: 9, at })));
    // 15 USDT x 10^-9 each is half a unit of the eighth decimal; 30 is three halves of it.
    expect(channel.position('A-1').funding).toBe(cash('-0.00000002'));
    expect(channel.state.dustCash).toBe(cash('0.00000001'));
  });
});

describe('40: a person trades by hand', () => {
  it('owns it as EXTERNAL; no strategy absorbs it', () => {
    const channel = given(entered('A', 'LONG', 10), byHand(-4));
    expect(channel.state.external).toBe(-4);
    expect(channel.position('A-1')).toMatchObject({ status: 'open', openQty: 10 });
    expect(channel.when(reported(6, 2)).alerts()).toEqual([]);
    channel.when((c) => c.take({ type: 'external_fill', tradeId: 2, signedQty: -4, at: c.tick() }));
    expect(channel.events).toEqual([]);
  });

  it('halts the channel where it may cost a reduceOnly leg, and does not where it cannot', () => {
    const plain = given(entered('A', 'LONG', 10)).when(byHand(-3));
    expect(plain.alerts()).toEqual(['EXTERNAL_TRADE']);
    expect(plain.state.tradingState).toBe('ACTIVE');
    const reducing = givenChannel({ reduceOnly: true }, entered('A', 'LONG', 10)).when(byHand(-3));
    expect(reducing.state.tradingState).toBe('HALTED');
    expect(reducing.when(opens('B', 'LONG', 1)).denials()).toEqual(['TRADING_HALTED']);
    expect(reducing.working()).toEqual(['A-1 s SELL 10 @90', 'A-1 t SELL 10 @110']);
  });
});

describe('42: the shares do not add up to what the exchange says', () => {
  const drifted = () => given(entered('A', 'LONG', 10)).when(reported(7, 1));

  it('freezes increases, says so once, and lets everything that reduces go on', () => {
    const channel = drifted();
    expect(channel.alerts()).toEqual(['DRIFT']);
    expect(channel.when(reported(7, 1)).events).toEqual([]);
    expect(channel.when(opens('B', 'LONG', 1)).denials()).toEqual(['INCREASES_FROZEN']);
    channel.when(closes('A'), settles);
    expect(channel.position('A-1').status).toBe('closed');
  });

  it('resumes when the missing trade has been found, and that was EXTERNAL’s', () => {
    const channel = drifted().when(byHand(-3), reported(7, 2));
    expect(channel.state.frozen).toBe(false);
    expect(channel.state.external).toBe(-3);
    expect(channel.position('A-1').openQty).toBe(10);
    expect(channel.when(opens('B', 'LONG', 1)).denials()).toEqual([]);
  });

  it('43: says nothing until the last trade that it knows of has been booked here', () => {
    const channel = given(opens('A', 'LONG', 10)).when(unheard(fills('A-1', 'e')), reported(10, 1));
    expect(channel.events).toEqual([]);
    expect(channel.when(hears(), settles, reported(10, 1)).alerts()).toEqual([]);
    expect(channel.position('A-1')).toMatchObject({ status: 'open', openQty: 10 });
  });
});

describe('trading states', () => {
  const resting = opens('A', 'LONG', 10, { orderType: 'limit', limitPrice: 95 });

  it.each(['HALTED', 'REDUCING'] as const)(
    '%s: entries are refused and canceled; legs and closes go on',
    (mode) => {
      const channel = given(entered('B', 'LONG', 5), resting, settles).when(state(mode));
      expect(channel.asked()).toEqual(['cancel A-1 e']);
      const code = mode === 'HALTED' ? 'TRADING_HALTED' : 'REDUCING_ONLY';
      expect(channel.when(opens('C', 'LONG', 1)).denials()).toEqual([code]);
      channel.when(settles);
      expect(channel.position('A-1').status).toBe('closed');
      expect(channel.working()).toEqual(['B-1 s SELL 5 @90', 'B-1 t SELL 5 @110']);
      expect(channel.when(closes('B'), settles).position('B-1').status).toBe('closed');
      expect(channel.when(state('ACTIVE'), opens('C', 'LONG', 1)).denials()).toEqual([]);
    },
  );

  it('cancels an entry again when the first cancel was refused, or the entry unknown', () => {
    const refused = given(resting, settles, state('HALTED')).when(refuses('A-1', 'e', 'cancel'));
    expect(refused.asked()).toEqual(['cancel A-1 e']);
    const unknown = given(resting, loses('A-1', 'e', 'new', true), state('HALTED')).when(
      answers('A-1', 'e', 'cancel'),
    );
    expect(unknown.position('A-1').status).toBe('closed');
    const lost = given(
      resting,
      loses('A-1', 'e', 'new', true),
      state('HALTED'),
      loses('A-1', 'e', 'cancel', false),
    );
    expect(lost.when(queries('A-1', 'e')).asked()).toEqual(['cancel A-1 e']);
  });

  it('protects what an entry filled before it was canceled', () => {
    const channel = given(resting, settles, state('HALTED')).when(
      fills('A-1', 'e', 4),
      cancels('A-1', 'e'),
      settles,
    );
    expect(channel.working()).toEqual(['A-1 s SELL 4 @90', 'A-1 t SELL 4 @110']);
  });

  it('denies the opening half of a reversal', () => {
    const channel = given(entered('A', 'LONG', 10), state('REDUCING')).when(
      reverses('A', 'SHORT', 5),
      settles,
    );
    expect(channel.denials()).toEqual(['REDUCING_ONLY']);
    expect(channel.exchange.net()).toBe(0);
  });
});

describe('an open that comes too late', () => {
  it('is refused when the close that followed it came first', () => {
    const channel = given(closes('A')).when(opens('A', 'LONG', 10, { at: 0 }));
    expect(channel.denials()).toEqual(['CANCELED_BEFORE_ORDER']);
    expect(channel.when(opens('A', 'LONG', 10)).denials()).toEqual([]);
  });

  it('is refused when its strategy has been closed since', () => {
    const channel = given(entered('A', 'LONG', 10), closes('A'), settles).when(
      opens('A', 'LONG', 10, { at: 1 }),
    );
    expect(channel.denials()).toEqual(['CANCELED_BEFORE_ORDER']);
  });
});
