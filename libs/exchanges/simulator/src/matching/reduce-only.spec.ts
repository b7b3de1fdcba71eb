import { describe, expect, it } from '@jest/globals';
import { account, instrument, lines, Scenario } from './scenario.spec-support.js';

const REDUCE = { clientOrderId: 'x', reduceOnly: true } as const;

/** ikenna is long 10 at 100, and the book is empty. */
function long10(): Scenario {
  const scenario = new Scenario();
  scenario.hold('ikenna', 10, 100);
  return scenario;
}

function openOf(scenario: Scenario, name = 'ikenna'): readonly (readonly [string, number])[] {
  return scenario.engine
    .openOrders(name)
    .map(({ clientOrderId, leavesQty }) => [clientOrderId, leavesQty] as const);
}

describe('a reduce-only order', () => {
  it.each([
    ['on a flat position', 0, 'SELL'],
    ['that would add to a long', 10, 'BUY'],
    ['that would add to a short', -10, 'SELL'],
  ] as const)('is refused %s', (_what, held, side) => {
    const scenario = new Scenario();
    if (held !== 0) scenario.hold('ikenna', held, 100);
    const terms = { ...REDUCE, price: side === 'SELL' ? 110 : 90 };
    const stop = { ...REDUCE, orderType: 'STOP_MARKET', stopPrice: side === 'SELL' ? 90 : 110 } as const;
    for (const options of [terms, stop]) {
      const reports = side === 'SELL' ? scenario.sell(5, options) : scenario.buy(5, options);
      expect(lines(reports)).toEqual(['ikenna x REJECTED REJECTED REDUCE_ONLY_REJECTED']);
    }
  });

  it('is taken over with the quantity that there is to close', () => {
    const scenario = long10();
    expect(scenario.sell(25, { ...REDUCE, price: 110 })[0]).toMatchObject({
      execType: 'NEW',
      orderQty: 10,
      leavesQty: 10,
    });
  });

  it('is refused while resting ones cover the whole position: two full closes cannot stand side by side', () => {
    const scenario = long10();
    scenario.sell(10, { clientOrderId: 'take-profit', reduceOnly: true, price: 110 });
    expect(lines(scenario.sell(10, REDUCE))).toEqual(['ikenna x REJECTED REJECTED REDUCE_ONLY_REJECTED']);
    expect(lines(scenario.sell(10, { ...REDUCE, price: 120 }))).toEqual([
      'ikenna x REJECTED REJECTED REDUCE_ONLY_REJECTED',
    ]);
  });

  it('gets what the resting ones leave over', () => {
    const scenario = long10();
    scenario.sell(7, { clientOrderId: 'take-profit', reduceOnly: true, price: 110 });
    expect(scenario.sell(10, { ...REDUCE, price: 120 })[0]).toMatchObject({ execType: 'NEW', orderQty: 3 });
  });

  it('may wait for a trigger beside a resting one of full size: they guard the same quantity', () => {
    const scenario = long10();
    scenario.sell(10, { clientOrderId: 'take-profit', reduceOnly: true, price: 110 });
    expect(lines(scenario.sell(10, { ...REDUCE, orderType: 'STOP_MARKET', stopPrice: 90 }))).toEqual([
      'ikenna x NEW NEW',
    ]);
  });

  it('shrinks with its position, the last in priority first', () => {
    const scenario = long10();
    scenario.sell(4, { clientOrderId: 'near', reduceOnly: true, price: 110 });
    scenario.sell(3, { clientOrderId: 'far-first', reduceOnly: true, price: 120 });
    scenario.sell(3, { clientOrderId: 'far-second', reduceOnly: true, price: 120 });
    scenario.buy(4, { account: 'odum', price: 100 });
    const reports = scenario.sell(4, { clientOrderId: 'plain', price: 100 });
    expect(lines(reports).slice(-2)).toEqual([
      'ikenna far-first RESTATED NEW REDUCE_ONLY',
      'ikenna far-second EXPIRED EXPIRED REDUCE_ONLY',
    ]);
    expect(openOf(scenario)).toEqual([
      ['near', 4],
      ['far-first', 2],
    ]);
  });

  it('expires when the position is gone, resting or waiting for its trigger', () => {
    const scenario = long10();
    scenario.sell(10, { clientOrderId: 'take-profit', reduceOnly: true, price: 110 });
    scenario.sell(10, { clientOrderId: 'stop', reduceOnly: true, orderType: 'STOP_MARKET', stopPrice: 90 });
    const reports = scenario.buy(10, { account: 'odum', price: 110 });
    expect(lines(reports.filter(({ account: name }) => name === 'ikenna'))).toEqual([
      'ikenna take-profit TRADE FILLED 10@110',
      'ikenna stop EXPIRED EXPIRED REDUCE_ONLY',
    ]);
    expect([scenario.position(), openOf(scenario)]).toEqual([0, []]);
  });

  it('expires when the position has turned to the other side', () => {
    const scenario = long10();
    scenario.sell(10, { clientOrderId: 'take-profit', reduceOnly: true, price: 110 });
    scenario.buy(15, { account: 'odum', price: 100 });
    scenario.sell(15, { price: 100 });
    expect([scenario.position(), openOf(scenario)]).toEqual([-5, []]);
  });

  it('waiting for a trigger is lowered to the position after a partial take-profit', () => {
    const scenario = long10();
    scenario.sell(10, { clientOrderId: 'take-profit', reduceOnly: true, price: 110 });
    scenario.sell(10, { clientOrderId: 'stop', reduceOnly: true, orderType: 'STOP_MARKET', stopPrice: 90 });
    scenario.buy(4, { account: 'odum', price: 110 });
    expect(openOf(scenario)).toEqual([
      ['take-profit', 6],
      ['stop', 6],
    ]);
  });

  it('triggered beside a resting one closes once, and the resting one goes', () => {
    const scenario = long10();
    scenario.sell(10, { clientOrderId: 'take-profit', reduceOnly: true, price: 110 });
    scenario.sell(10, { clientOrderId: 'stop', reduceOnly: true, orderType: 'STOP_MARKET', stopPrice: 90 });
    scenario.quote([[89, 50]], [[91, 50]]);
    expect(lines(scenario.print(90, 1))).toEqual([
      'ikenna stop TRIGGERED NEW',
      'ikenna stop TRADE FILLED 10@89',
      'ikenna take-profit EXPIRED EXPIRED REDUCE_ONLY',
    ]);
    expect(scenario.position()).toBe(0);
  });

  it('triggered into a resting limit pushes out the one behind it', () => {
    const scenario = long10();
    scenario.sell(10, { clientOrderId: 'take-profit', reduceOnly: true, price: 110 });
    scenario.sell(10, {
      clientOrderId: 'stop',
      reduceOnly: true,
      orderType: 'STOP_LIMIT',
      stopPrice: 90,
      price: 90,
    });
    expect(lines(scenario.print(90, 1))).toEqual([
      'ikenna stop TRIGGERED NEW',
      'ikenna take-profit EXPIRED EXPIRED REDUCE_ONLY',
    ]);
    expect(openOf(scenario)).toEqual([['stop', 10]]);
  });

  it('cannot be amended beyond the position', () => {
    const scenario = long10();
    scenario.sell(6, { ...REDUCE, price: 110 });
    scenario.sell(2, { clientOrderId: 'other', reduceOnly: true, price: 111 });
    expect(lines(scenario.amend('x', 9))).toEqual(['ikenna x REJECTED NEW REDUCE_ONLY_REJECTED']);
    expect(lines(scenario.amend('x', 8))).toEqual(['ikenna x REPLACED NEW']);
  });

  it('is given back its room when it is canceled', () => {
    const scenario = long10();
    scenario.sell(10, { ...REDUCE, price: 110 });
    scenario.cancel('x');
    expect(lines(scenario.sell(10, { ...REDUCE, price: 120 }))).toEqual(['ikenna x NEW NEW']);
  });

  it("may be worth less than the exchange's minimum: a residue must be closable", () => {
    const scenario = new Scenario({ instruments: [instrument({ minNotional: '500' })] });
    scenario.hold('ikenna', 10, 100);
    expect(lines(scenario.sell(1, { clientOrderId: 'plain', price: 110 }))).toEqual([
      'ikenna plain REJECTED REJECTED MIN_NOTIONAL',
    ]);
    expect(lines(scenario.sell(1, { ...REDUCE, price: 110 }))).toEqual(['ikenna x NEW NEW']);
  });

  it('is worth to FOK only what is left of it when its turn comes', () => {
    const scenario = long10();
    scenario.sell(6, { price: 105 });
    scenario.sell(10, { ...REDUCE, price: 106 });
    // Displayed are 6 + 10, but the first 6 leave only 4 to close.
    const displayed = scenario.engine.depth('BTCUSDT').asks;
    expect(displayed).toEqual([
      [105, 6],
      [106, 10],
    ]);
    scenario.buy(11, { account: 'odum', clientOrderId: 'too-much', price: 106, timeInForce: 'FOK' });
    expect(scenario.engine.order('odum', 'too-much')).toMatchObject({ orderStatus: 'EXPIRED', cumQty: 0 });
    scenario.buy(10, { account: 'odum', clientOrderId: 'just-enough', price: 106, timeInForce: 'FOK' });
    expect(scenario.engine.order('odum', 'just-enough')).toMatchObject({ orderStatus: 'FILLED', cumQty: 10 });
    expect(scenario.position()).toBe(0);
  });
});

describe('hedge mode', () => {
  function hedged(): Scenario {
    return new Scenario({
      accounts: [account('ikenna', { hedgeMode: true }), account('odum'), account('christian')],
    });
  }

  it('holds LONG and SHORT of one symbol side by side', () => {
    const scenario = hedged();
    scenario.hold('ikenna', 10, 100, { positionSide: 'LONG' });
    scenario.hold('ikenna', -6, 102, { positionSide: 'SHORT' });
    expect(scenario.engine.positions('ikenna')).toMatchObject([
      { key: 'BTCUSDT_LONG', quantity: 10, entryPrice: '100' },
      { key: 'BTCUSDT_SHORT', quantity: -6, entryPrice: '102' },
    ]);
  });

  it.each([
    ['no position side', {}, 'POSITION_SIDE_MISMATCH'],
    ['BOTH', { positionSide: 'BOTH' }, 'POSITION_SIDE_MISMATCH'],
    ['reduceOnly', { positionSide: 'LONG', reduceOnly: true }, 'REDUCE_ONLY_IN_HEDGE_MODE'],
  ] as const)('refuses an order with %s', (_what, options, code) => {
    const scenario = hedged();
    scenario.hold('ikenna', 10, 100, { positionSide: 'LONG' });
    expect(lines(scenario.sell(5, { clientOrderId: 'x', price: 110, ...options }))).toEqual([
      `ikenna x REJECTED REJECTED ${code}`,
    ]);
  });

  it('refuses a position side in one-way mode', () => {
    const scenario = new Scenario();
    expect(lines(scenario.buy(5, { clientOrderId: 'x', price: 90, positionSide: 'LONG' }))).toEqual([
      'ikenna x REJECTED REJECTED POSITION_SIDE_MISMATCH',
    ]);
  });

  it.each([
    ['LONG', 'SELL', 10],
    ['SHORT', 'BUY', -10],
  ] as const)('refuses to close more %s than there is', (positionSide, side, held) => {
    const scenario = hedged();
    scenario.hold('ikenna', held, 100, { positionSide });
    const close = (orderQty: number): readonly string[] => {
      const options = { clientOrderId: 'x', positionSide, price: side === 'SELL' ? 110 : 90 };
      return lines(side === 'SELL' ? scenario.sell(orderQty, options) : scenario.buy(orderQty, options));
    };
    expect(close(11)).toEqual(['ikenna x REJECTED REJECTED REDUCE_ONLY_REJECTED']);
    expect(close(10)).toEqual(['ikenna x NEW NEW']);
  });

  it('refuses to close what the other side holds', () => {
    const scenario = hedged();
    scenario.hold('ikenna', 10, 100, { positionSide: 'LONG' });
    expect(lines(scenario.buy(5, { clientOrderId: 'x', price: 90, positionSide: 'SHORT' }))).toEqual([
      'ikenna x REJECTED REJECTED REDUCE_ONLY_REJECTED',
    ]);
  });

  it('shrinks and expires resting closes as reduce-only ones', () => {
    const scenario = hedged();
    scenario.hold('ikenna', 10, 100, { positionSide: 'LONG' });
    scenario.sell(4, { clientOrderId: 'near', positionSide: 'LONG', price: 110 });
    scenario.sell(6, { clientOrderId: 'far', positionSide: 'LONG', price: 120 });
    scenario.sell(10, {
      clientOrderId: 'stop',
      positionSide: 'LONG',
      orderType: 'STOP_MARKET',
      stopPrice: 90,
    });
    scenario.quote([[90, 50]], []);
    expect(lines(scenario.print(90, 1))).toEqual([
      'ikenna stop TRIGGERED NEW',
      'ikenna stop TRADE FILLED 10@90',
      'ikenna near EXPIRED EXPIRED REDUCE_ONLY',
      'ikenna far EXPIRED EXPIRED REDUCE_ONLY',
    ]);
  });
});
