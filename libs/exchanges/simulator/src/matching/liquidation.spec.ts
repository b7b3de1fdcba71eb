import { describe, expect, it } from '@jest/globals';
import { cash, decimal } from '@bowline/domain';
import fc from 'fast-check';
import { HOUSE_ACCOUNT } from './house.js';
import { cumulated, maintenanceMargin, USUAL_BRACKETS, type LiquidationRules } from './maintenance.js';
import { account, instrument, lines, Scenario } from './scenario.spec-support.js';

/** 5 % has to remain; 1 % of what is closed goes to the insurance fund. */
const RULES: LiquidationRules = {
  brackets: [{ notionalFloor: 0n, maintenanceBps: 500, maxLeverage: 20 }],
  feeBps: 100,
};

const poor = (changes = {}) => account('ikenna', { balances: { USDT: cash(100) }, ...changes });

function scenarioOf(
  changes: Parameters<typeof poor>[0] = {},
  rules: LiquidationRules | null = RULES,
): Scenario {
  return new Scenario({
    accounts: [poor(changes), account('odum'), account('christian')],
    liquidation: rules,
  });
}

const balance = (scenario: Scenario, name = 'ikenna') => scenario.engine.balances(name).get('USDT');

describe('a liquidation', () => {
  it('leaves an account alone as long as its equity covers the maintenance margin', () => {
    const scenario = scenarioOf();
    scenario.hold('ikenna', 10, 100);
    // Equity 100 - 10 x 5 = 50, and 5 % of 950 is 47.5.
    expect(scenario.mark(95)).toEqual([]);
    expect(scenario.position()).toBe(10);
    expect(scenario.engine.maintenanceMargin('ikenna', 'BTCUSDT', 'BOTH')).toBe(cash('47.5'));
  });

  it('closes the whole position in the book, down to the price at which nothing is left, and charges the fee', () => {
    const scenario = scenarioOf();
    scenario.hold('ikenna', 10, 100);
    scenario.quote([[94, 100]], [[96, 100]]);
    // Equity 100 - 10 x 6 = 40, and 5 % of 940 is 47.
    const reports = scenario.mark(94);
    expect(lines(reports)).toEqual(['ikenna autoclose-5 NEW NEW', 'ikenna autoclose-5 TRADE FILLED 10@94']);
    expect(reports[1]).toMatchObject({ forced: 'LIQUIDATION', side: 'SELL', fee: cash('9.4'), price: 90 });
    expect(scenario.position()).toBe(0);
    expect(balance(scenario)).toBe(cash('30.6'));
    expect(scenario.engine.lastCharges()).toEqual([]);
  });

  it('hands what the book does not take to the insurance fund at the price of bankruptcy, and pays what is owed', () => {
    const scenario = scenarioOf();
    scenario.hold('ikenna', -10, 100);
    scenario.quote([[95, 100]], [[109, 4]]);
    const reports = scenario.mark(108);
    expect(lines(reports)).toEqual([
      'ikenna autoclose-5 NEW NEW',
      'ikenna autoclose-5 TRADE PARTIALLY_FILLED 4@109',
      'ikenna autoclose-5 TRADE FILLED 6@110',
    ]);
    // 100 - 36 - 60 - 1 % of (436 + 660) is below nothing.
    expect(balance(scenario)).toBe(0n);
    expect(scenario.engine.lastCharges()).toEqual([
      {
        ...{ kind: 'INSURANCE_CLEAR', account: 'ikenna', symbol: 'BTCUSDT', asset: 'USDT' },
        ...{ positionSide: 'BOTH', time: 4, amount: cash('6.96') },
      },
    ]);
    // No market has made the price of the takeover.
    expect(scenario.engine.prices('BTCUSDT').last).toBe(109);
    expect(scenario.engine.positions(HOUSE_ACCOUNT)).toMatchObject([{ quantity: -10 }]);
  });

  it('ends the open orders of the account first, stops too, and nothing of other accounts', () => {
    const scenario = scenarioOf();
    scenario.hold('ikenna', 10, 100);
    scenario.quote([[94, 100]], [[96, 100]]);
    scenario.buy(1, { clientOrderId: 'entry', price: 90 });
    const stop = { orderType: 'STOP_MARKET', stopPrice: 80, reduceOnly: true } as const;
    scenario.sell(10, { clientOrderId: 'stop', ...stop });
    scenario.buy(1, { clientOrderId: 'other', account: 'odum', price: 90 });
    expect(lines(scenario.mark(94)).slice(0, 3)).toEqual([
      'ikenna entry EXPIRED EXPIRED LIQUIDATION',
      'ikenna stop EXPIRED EXPIRED LIQUIDATION',
      'ikenna autoclose-8 NEW NEW',
    ]);
    expect(scenario.engine.openOrders('odum')).toHaveLength(1);
  });

  it('closes the largest position first, and no more than it takes', () => {
    const eth = instrument({ symbol: 'ETHUSDT', base: 'ETH' });
    const scenario = new Scenario({
      instruments: [instrument(), eth],
      accounts: [poor(), account('odum'), account('christian')],
      liquidation: { ...RULES, feeBps: 0 },
    });
    scenario.hold('ikenna', 10, 100);
    scenario.do({ kind: 'quote', symbol: 'ETHUSDT', bids: [[19, 100]], asks: [[20, 100]] });
    scenario.buy(10, { symbol: 'ETHUSDT' });
    scenario.quote([[94, 100]], [[96, 100]]);
    expect(lines(scenario.mark(94))).toContain('ikenna autoclose-8 TRADE FILLED 10@94');
    expect(scenario.engine.positions('ikenna')).toMatchObject([{ symbol: 'ETHUSDT', quantity: 10 }]);
  });

  it('comes of funding too', () => {
    const scenario = scenarioOf();
    scenario.hold('ikenna', 10, 100);
    scenario.quote([[96, 100]], [[97, 100]]);
    scenario.mark(96);
    const reports = scenario.do({ kind: 'funding', symbol: 'BTCUSDT', price: 96, rate: '0.02' });
    expect(reports.map(({ forced }) => forced)).toEqual(['LIQUIDATION', 'LIQUIDATION']);
    expect(scenario.engine.lastCharges()).toContainEqual(
      expect.objectContaining({ kind: 'FUNDING', account: 'ikenna', amount: -cash('19.2') }),
    );
  });

  it('closes each side of an account in hedge mode by itself', () => {
    const scenario = scenarioOf({ hedgeMode: true });
    const long = { account: 'ikenna', positionSide: 'LONG' } as const;
    scenario.quote([[100, 100]], [[100 + 1, 100]]);
    scenario.buy(10, long);
    scenario.sell(2, { ...long, positionSide: 'SHORT' });
    scenario.quote([[93, 100]], [[94, 100]]);
    const reports = scenario.mark(93);
    expect(reports.at(-1)).toMatchObject({ positionSide: 'LONG', side: 'SELL', reduceOnly: false });
    expect(scenario.position('ikenna', 'SHORT')).toBe(-2);
  });

  it('does not happen where there are no rules for it', () => {
    const scenario = scenarioOf({}, null);
    scenario.hold('ikenna', 10, 100);
    expect(scenario.mark(1)).toEqual([]);
  });
});

describe('auto-deleveraging', () => {
  const adl = (changes = {}) => ({
    ...({ kind: 'deleverage', account: 'ikenna', symbol: 'BTCUSDT' } as const),
    ...changes,
  });

  it('closes a part at the mark price, outside the book and without a fee', () => {
    const scenario = scenarioOf({ feeTakerBps: decimal('5') });
    scenario.hold('ikenna', 10, 100);
    scenario.mark(120);
    const before = balance(scenario)!;
    const reports = scenario.do(adl({ quantity: 4 }));
    expect(lines(reports)).toEqual([
      'ikenna adl_autoclose NEW NEW',
      'ikenna adl_autoclose TRADE FILLED 4@120',
    ]);
    expect(reports[1]).toMatchObject({ forced: 'ADL', fee: 0n });
    expect([scenario.position(), balance(scenario)! - before]).toEqual([6, cash(80)]);
    expect(scenario.do(adl()).at(-1)).toMatchObject({ lastQty: 6 });
  });

  it.each([
    ['has no position BOTH in BTCUSDT', adl({ account: 'odum' })],
    ['has 10 lots to deleverage, not 11', adl({ quantity: 11 })],
    ['unknown account nobody', adl({ account: 'nobody' })],
    ['unknown account @house', adl({ account: HOUSE_ACCOUNT })],
  ])('is refused: %s', (message, command) => {
    const scenario = scenarioOf();
    scenario.hold('ikenna', 10, 100);
    expect(() => scenario.do(command)).toThrow(message);
  });
});

describe('maintenance margin', () => {
  it('does not jump where one bracket follows another, and never falls', () => {
    const brackets = cumulated(USUAL_BRACKETS);
    const unit = cash(1);
    for (const { notionalFloor } of brackets.slice(1)) {
      const step =
        maintenanceMargin(brackets, notionalFloor) - maintenanceMargin(brackets, notionalFloor - unit);
      expect(step >= 0n && step <= unit).toBe(true);
    }
    fc.assert(
      fc.property(fc.bigInt(0n, 2_000_000_000n), fc.bigInt(0n, 1_000_000n), (notional, more) => {
        const at = maintenanceMargin(brackets, notional * unit);
        expect(at >= 0n && at <= notional * unit).toBe(true);
        expect(maintenanceMargin(brackets, (notional + more) * unit) >= at).toBe(true);
      }),
    );
  });

  it.each([[[]], [[{ notionalFloor: 1n, maintenanceBps: 1, maxLeverage: 1 }]]])(
    'is refused brackets that do not begin at 0',
    (brackets) => {
      expect(() => cumulated(brackets)).toThrow(RangeError);
    },
  );
});

describe('cash and lots', () => {
  it('are accounted for to the last unit, whoever falls', () => {
    const step = fc.record({
      who: fc.constantFrom('ikenna', 'odum'),
      lots: fc.integer({ min: -20, max: 20 }).filter((lots) => lots !== 0),
      mark: fc.integer({ min: 50, max: 150 }),
    });
    let liquidated = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const balances = { USDT: cash(300) };
        const accounts = [
          account('ikenna', { balances }),
          account('odum', { balances }),
          account('christian'),
        ];
        const scenario = new Scenario({ accounts, liquidation: RULES });
        let owed = 0n;
        for (const { lots, mark, who } of steps) {
          scenario.quote([[mark, 5]], [[mark + 1, 5]]);
          const order = { account: who };
          if (lots > 0) scenario.buy(lots, order);
          else scenario.sell(-lots, order);
          scenario.mark(mark);
          for (const { amount } of scenario.engine.lastCharges()) owed += amount;
        }
        liquidated += scenario.log.filter(({ forced }) => forced !== null).length;
        const names = ['ikenna', 'odum', 'christian', HOUSE_ACCOUNT];
        const positions = names.flatMap((name) => scenario.engine.positions(name));
        expect(positions.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(0);
        const invested = positions.reduce(
          (sum, { cost, quantity }) => sum + (quantity > 0 ? cost : -cost),
          0n,
        );
        const paidIn = 2n * cash(300) + cash(1_000_000);
        const sum = names.reduce((total, name) => total + (balance(scenario, name) ?? 0n), 0n);
        const fees = scenario.log.reduce((total, { fee }) => total + fee, 0n);
        expect(sum - invested * instrument().tickLotCash).toBe(paidIn - fees + owed);
      }),
      { numRuns: 200 },
    );
    expect(liquidated).toBeGreaterThan(50);
  });
});
