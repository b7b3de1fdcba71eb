import { describe, expect, it } from '@jest/globals';
import {
  BTCUSDT,
  entered,
  fills,
  givenChannel,
  legsAt,
  settles,
  type ChannelHarness,
} from '@bowline/testkit';
import { averagePriceText } from '../instrument/index.js';
import { cash, divHalfEven } from '../primitives/index.js';

/** A whole dollar in ticks of 0.01. */
const usd = (price: number) => price * 100;

function twoStrategies(protection: 'native' | 'paired'): ChannelHarness {
  return givenChannel(
    { instrument: BTCUSDT, protection },
    entered('A', 'LONG', 1, usd(45_000), { plan: legsAt(usd(48_000), usd(43_000)) }),
    entered('B', 'LONG', 2, usd(46_000), { plan: legsAt(usd(49_000), usd(44_000)) }),
  );
}

describe.each(['native', 'paired'] as const)(
  'two strategies long on one exchange position, %s pairs',
  (protection) => {
    it('are 0.003 @ 45,666.67 at the exchange and keep their own entries', () => {
      const { exchange, state } = twoStrategies(protection);
      expect(exchange.net()).toBe(3);
      expect(Number(averagePriceText(BTCUSDT, -exchange.cash(), exchange.net())).toFixed(2)).toBe('45666.67');
      expect(state.positions.get('A-1')!.share).toEqual({ quantity: 1, cost: BigInt(usd(45_000)) });
      expect(state.positions.get('B-1')!.share).toEqual({ quantity: 2, cost: BigInt(2 * usd(46_000)) });
    });

    it('at 48,000 A takes +3.00, +6.6667 %, and B stays open with its pair untouched', () => {
      const channel = twoStrategies(protection);
      const pairOfB = channel.working('B-1');
      channel.when(fills('A-1', 't'), settles);

      expect(channel.position('A-1')).toMatchObject({
        status: 'closed',
        closeReason: 'take_profit',
        openQty: 0,
        realizedPnl: cash('3.00'),
      });
      const [over] = channel.closed;
      expect(divHalfEven(over!.realized * 1_000_000n, over!.entryValue)).toBe(66_667n);
      expect(channel.position('B-1')).toMatchObject({ status: 'open', openQty: 2, realizedPnl: 0n });
      expect(channel.working()).toEqual(pairOfB);
      expect(pairOfB).toEqual(['B-1 s SELL 2 @4400000', 'B-1 t SELL 2 @4900000']);
      expect(channel.exchange.net()).toBe(2);
    });

    it('at 44,000 B is stopped with -4.00, and nothing is left', () => {
      const channel = twoStrategies(protection).when(fills('A-1', 't'), settles, fills('B-1', 's'), settles);
      expect(channel.position('B-1')).toMatchObject({
        status: 'closed',
        closeReason: 'stop_loss',
        realizedPnl: cash('-4.00'),
      });
      expect(channel.exchange.net()).toBe(0);
      expect(channel.working()).toEqual([]);
      expect(channel.state.positions.size).toBe(0);
    });
  },
);
