import { describe, expect, it } from '@jest/globals';
import type { AccountSetting } from './commands.js';
import { lines, Scenario } from './scenario.spec-support.js';
import type { RejectCode } from './vocabulary.js';

/** What a setting is refused with; null: it took effect. */
function set(scenario: Scenario, setting: AccountSetting): RejectCode | null {
  const refusal = scenario.engine.refuseSetting(setting);
  scenario.do(setting);
  return refusal;
}

const hedge = (hedgeMode: boolean, account = 'ikenna') =>
  ({ kind: 'positionMode', account, hedgeMode }) as const;
const leverage = (value: number) =>
  ({ kind: 'leverage', account: 'ikenna', symbol: 'BTCUSDT', leverage: value }) as const;
const isolated = (value: boolean) =>
  ({ kind: 'marginType', account: 'ikenna', symbol: 'BTCUSDT', isolated: value }) as const;

describe('hedge mode', () => {
  it('is switched on and off only while the account has no order and no position', () => {
    const scenario = new Scenario();
    scenario.buy(5, { clientOrderId: 'x', price: 90 });
    expect(set(scenario, hedge(true))).toBe('POSITION_MODE_OPEN_ORDERS');
    expect(set(scenario, hedge(false))).toBeNull();
    scenario.cancel('x');
    scenario.hold('ikenna', 1, 100);
    expect(set(scenario, hedge(true))).toBe('POSITION_MODE_OPEN_POSITION');
    expect(scenario.engine.settings('ikenna').hedgeMode).toBe(false);
    scenario.hold('ikenna', -1, 100);
    expect(set(scenario, hedge(true))).toBeNull();
    expect(scenario.engine.settings('ikenna').hedgeMode).toBe(true);
    expect(lines(scenario.buy(5, { clientOrderId: 'y', price: 90, positionSide: 'LONG' }))).toEqual([
      'ikenna y NEW NEW',
    ]);
    expect(set(scenario, hedge(true, 'nobody'))).toBe('UNKNOWN_ACCOUNT');
  });
});

describe('leverage', () => {
  it.each([0, 126, 1.5, Number.NaN])('cannot be %d', (value) => {
    expect(set(new Scenario(), leverage(value))).toBe('INVALID_LEVERAGE');
  });

  it('of a symbol says how much of it the account can carry', () => {
    const scenario = new Scenario({ marginCheck: true });
    // A million, at 100 each.
    const most = 10_000;
    expect(lines(scenario.buy(most + 1, { clientOrderId: 'a', price: 100 }))).toEqual([
      'ikenna a REJECTED REJECTED INSUFFICIENT_MARGIN',
    ]);
    expect(set(scenario, leverage(2))).toBeNull();
    expect(scenario.engine.settings('ikenna').leverageOf('BTCUSDT')).toBe(2);
    expect(lines(scenario.buy(most + 1, { clientOrderId: 'b', price: 100 }))).toEqual(['ikenna b NEW NEW']);
  });
});

describe('the margin type of a symbol', () => {
  it('stays while it has open orders or a position', () => {
    const scenario = new Scenario();
    scenario.buy(5, { clientOrderId: 'x', price: 90 });
    expect(set(scenario, isolated(true))).toBe('MARGIN_TYPE_OPEN_ORDERS');
    scenario.cancel('x');
    scenario.hold('ikenna', 1, 100);
    expect(set(scenario, isolated(true))).toBe('MARGIN_TYPE_OPEN_POSITION');
    scenario.hold('ikenna', -1, 100);
    expect(set(scenario, isolated(true))).toBeNull();
    expect(scenario.engine.settings('ikenna').isIsolated('BTCUSDT')).toBe(true);
    expect(set(scenario, { ...isolated(true), symbol: 'NOPE' })).toBe('UNKNOWN_SYMBOL');
  });
});
