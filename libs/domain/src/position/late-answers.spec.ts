import { describe, expect, it } from '@jest/globals';
import { answers, closes, entered, fills, given, input, type Step } from '@bowline/testkit';
import type { OrderExecution } from '../order/index.js';
import type { Leg } from './channel-state.js';

/** A report of an order, as a gateway tells it. */
function says(leg: Leg, generation: number, report: Partial<OrderExecution>): Step {
  return input((at) => ({
    type: 'execution',
    key: { strategyPositionId: 'A-1', leg, generation },
    side: 'SELL',
    report: { execType: 'trade', tradeId: null, lastQty: 0, lastPx: 0, ...report },
    fee: 0n,
    feeBaseLots: 0,
    reason: null,
    at,
  }));
}

const sold = (leg: Leg, generation: number, tradeId: number, lastQty: number, cumQty: number) =>
  says(leg, generation, { tradeId, lastQty, lastPx: 90, cumQty });

const long = entered('A', 'LONG', 10);

describe('a leg that is gone without its replacement', () => {
  /** The stop has filled in part, so the take-profit over ten is to be replaced by one over six. */
  const shrinking: readonly Step[] = [long, fills('A-1', 's', 4)];
  const gone: readonly Step[] = [
    says('t', 2, { execType: 'cancel' }),
    says('t', 2, { execType: 'replace_reject' }),
  ];

  it('is asked for anew, and has failed once, not with each of the two reports', () => {
    const channel = given(...shrinking).when(...gone);
    expect(channel.asked()).toEqual(['order A-1 t SELL 6 @110']);
    expect(channel.open('A-1')).toMatchObject({ failures: 1, stuck: false });
  });
});

describe('a stop that is being replaced', () => {
  it('protects until its replacement is there, whatever is said of it meanwhile', () => {
    const channel = given(long, fills('A-1', 't', 4)).when(
      says('s', 1, { execType: 'restate', orderQty: 10 }),
    );
    expect(channel.open('A-1')).toMatchObject({
      stopLoss: { state: { status: 'pending_replace' } },
      unprotectedSince: null,
    });
  });
});

describe('late fills of an order that is forgotten', () => {
  it('are each booked once, and nothing waits for what came before them', () => {
    // The stop was replaced: the old one is canceled as far as anybody knows, and fills all the same, in two parts.
    const channel = given(long, fills('A-1', 't', 4)).when(
      answers('A-1', 's', 'replace'),
      sold('s', 1, 801, 2, 2),
      sold('s', 1, 802, 1, 3),
    );
    const position = channel.open('A-1');
    expect(position.share.quantity).toBe(3);
    expect(position.superseded).toEqual([]);
    // What it had filled first is told last.
    channel.when(sold('s', 1, 800, 1, 1), sold('s', 1, 800, 1, 1));
    expect(channel.open('A-1').share.quantity).toBe(2);
    expect(channel.open('A-1').superseded).toEqual([]);
  });
});

describe('an exit that is not needed any more', () => {
  it('is canceled where a leg has done its work after all', () => {
    // Both legs were canceled, the exit is on its way, and nobody knows of it; then the stop turns out to have filled.
    const channel = given(long, closes('A')).when(
      says('s', 1, { execType: 'cancel' }),
      says('t', 2, { execType: 'cancel' }),
      says('x', 3, { execType: 'lose' }),
      sold('s', 1, 900, 10, 10),
    );
    expect(channel.asked()).toEqual(['order A-1 x SELL 10', 'cancel A-1 x']);
    channel.when(says('x', 3, { execType: 'resolve_absent' }));
    expect(channel.position('A-1')).toMatchObject({ status: 'closed', openQty: 0 });
  });
});
