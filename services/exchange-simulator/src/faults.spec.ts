import { describe, expect, it } from '@jest/globals';
import { faultOrder, FaultScript, type PendingFault } from './faults.js';
import { requests } from './simulator.spec-support.js';

/** A script of faults, as they come by HTTP. */
function scriptOf(...orders: readonly Readonly<Record<string, unknown>>[]): FaultScript {
  const script = new FaultScript();
  for (const order of orders) script.add(faultOrder.parse(order) as PendingFault);
  return script;
}

const place = requests.place('abc');

describe('a script of faults', () => {
  it('lets each happen as often as it was asked for, in their order', () => {
    const script = scriptOf({ fault: 'request_lost', count: 2 }, { fault: 'late', lateMs: 70 });
    const happened = [1, 2, 3, 4].map(() => script.faultOf('sim', 'ikenna', place));
    expect(happened).toEqual(['request_lost', 'request_lost', { lateMs: 70 }, null]);
    expect(script.list()).toEqual([]);
  });

  it.each<[string, Readonly<Record<string, unknown>>, boolean]>([
    ['an exchange', { exchange: 'sim' }, true],
    ['another exchange', { exchange: 'okx' }, false],
    ['an account', { account: 'ikenna' }, true],
    ['another account', { account: 'odum' }, false],
    ['a kind of request', { request: 'place' }, true],
    ['another kind', { request: 'cancel' }, false],
    ['the beginning of an id', { clientOrderId: 'ab' }, true],
    ['the beginning of another', { clientOrderId: 'b' }, false],
  ])('that is about %s (%j) happens there and nowhere else', (_what, about, happens) => {
    const script = scriptOf({ fault: 'reply_lost', ...about });
    expect(script.faultOf('sim', 'ikenna', place)).toBe(happens ? 'reply_lost' : null);
  });

  it('by an id is about no request that has none', () => {
    const script = scriptOf({ fault: 'reply_lost', clientOrderId: 'a' });
    expect(script.faultOf('sim', 'ikenna', requests.queryPosition())).toBeNull();
  });

  it('doubles reports, and not requests', () => {
    const script = scriptOf({ fault: 'duplicate', account: 'odum' });
    expect(script.faultOf('sim', 'odum', place)).toBeNull();
    expect(script.isDoubled('sim', 'ikenna')).toBe(false);
    expect(script.isDoubled('sim', 'odum')).toBe(true);
    expect(script.isDoubled('sim', 'odum')).toBe(false);
  });

  it('keeps an account away for a while, and is cleared as a whole', () => {
    const script = scriptOf({ fault: 'timed_out' });
    script.disconnect('sim', 'ikenna', 1_000);
    expect(script.isAway('sim', 'ikenna', 999)).toBe(true);
    expect(script.isAway('sim', 'ikenna', 1_000)).toBe(false);
    expect(script.isAway('sim', 'odum', 999)).toBe(false);
    script.clear();
    expect(script.isAway('sim', 'ikenna', 999)).toBe(false);
    expect(script.list()).toEqual([]);
  });
});
