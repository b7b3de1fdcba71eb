import { describe, expect, it } from '@jest/globals';
import type { TradingState } from '@bowline/domain';
import fc from 'fast-check';
import { matches, setScope, stateOf, type ScopedState, type ScopeTarget } from './scopes.js';

/** `binance BTC A`, with `*` for whatever it is. */
function scopeOf(text: string) {
  const [exchange, symbol, strategyId] = text.split(' ').map((part) => (part === '*' ? null : part));
  return { exchange: exchange!, symbol: symbol!, strategyId: strategyId! };
}

function targetOf(text: string): ScopeTarget {
  const { exchange, strategyId, symbol } = scopeOf(text);
  return { exchange, symbol, strategyId };
}

function setOf(text: string, tradingState: TradingState): ScopedState {
  return { scope: scopeOf(text), tradingState, by: 'operator', reason: 'a drill', at: 7 };
}

type Sets = readonly (readonly [scope: string, state: TradingState])[];

function after(...sets: Sets): readonly ScopedState[] {
  return sets.reduce<readonly ScopedState[]>(
    (states, [scope, state]) => setScope(states, setOf(scope, state)),
    [],
  );
}

describe('a trading state that is set for a scope', () => {
  it.each<[string, Sets, Readonly<Record<string, TradingState>>]>([
    ['nothing', [], { 'okx BTC A': 'ACTIVE', 'okx BTC *': 'ACTIVE' }],
    [
      'everything',
      [['* * *', 'HALTED']],
      { 'okx BTC A': 'HALTED', 'okx BTC *': 'HALTED', 'binance ETH B': 'HALTED' },
    ],
    [
      'an exchange',
      [['okx * *', 'HALTED']],
      { 'okx BTC A': 'HALTED', 'binance BTC A': 'ACTIVE', 'okx BTC *': 'HALTED' },
    ],
    [
      'a strategy, which is no whole channel',
      [['* * A', 'HALTED']],
      { 'okx BTC A': 'HALTED', 'okx BTC B': 'ACTIVE', 'okx BTC *': 'ACTIVE' },
    ],
    [
      'a strategy in one symbol',
      [['* BTC A', 'REDUCING']],
      { 'okx BTC A': 'REDUCING', 'okx ETH A': 'ACTIVE', 'binance BTC A': 'REDUCING' },
    ],
    [
      'two scopes that overlap: the stricter one counts',
      [
        ['okx * *', 'HALTED'],
        ['* BTC *', 'REDUCING'],
      ],
      { 'okx BTC A': 'HALTED', 'okx ETH A': 'HALTED', 'binance BTC A': 'REDUCING' },
    ],
    [
      'a narrow resume does not lift a broad halt',
      [
        ['* * *', 'HALTED'],
        ['okx BTC *', 'ACTIVE'],
      ],
      { 'okx BTC A': 'HALTED' },
    ],
    [
      'a broad resume lifts the narrow halts in it, and no other',
      [
        ['okx BTC A', 'HALTED'],
        ['okx ETH *', 'REDUCING'],
        ['* BTC *', 'HALTED'],
        ['okx * *', 'ACTIVE'],
      ],
      { 'okx BTC A': 'HALTED', 'okx ETH A': 'ACTIVE', 'binance BTC A': 'HALTED' },
    ],
    [
      'the same scope again counts as it was said last',
      [
        ['okx * *', 'HALTED'],
        ['okx * *', 'REDUCING'],
      ],
      { 'okx BTC A': 'REDUCING' },
    ],
  ])('is about %s', (_, sets, expected) => {
    const states = after(...sets);
    const found = Object.keys(expected).map((target) => [target, stateOf(states, targetOf(target))]);
    expect(Object.fromEntries(found)).toEqual(expected);
  });

  it('says who has set it, why, and when', () => {
    expect(after(['okx * *', 'HALTED'])).toEqual([
      { scope: scopeOf('okx * *'), tradingState: 'HALTED', by: 'operator', reason: 'a drill', at: 7 },
    ]);
  });
});

const part = fc.constantFrom('*', 'x', 'y');
const scope = fc.tuple(part, part, part).map((parts) => parts.join(' '));
const state = fc.constantFrom<TradingState>('ACTIVE', 'REDUCING', 'HALTED');
const target = fc
  .tuple(fc.constantFrom('x', 'y'), fc.constantFrom('x', 'y'), part)
  .map((parts) => parts.join(' '));
const sets = fc.array(fc.tuple(scope, state), { maxLength: 8 });

describe('whatever was set', () => {
  it('a resume of everything leaves nothing', () => {
    fc.assert(fc.property(sets, (made) => expect(after(...made, ['* * *', 'ACTIVE'])).toEqual([])));
  });

  it('what is set last holds for all that it is about, at the least, and changes nothing else', () => {
    const strictness = { ACTIVE: 0, REDUCING: 1, HALTED: 2 };
    fc.assert(
      fc.property(sets, scope, state, target, (made, last, tradingState, about) => {
        const states = after(...made, [last, tradingState]);
        const found = stateOf(states, targetOf(about));
        if (matches(scopeOf(last), targetOf(about))) {
          expect(strictness[found]).toBeGreaterThanOrEqual(strictness[tradingState]);
        } else {
          // What it is not about is looser only where a part of that was set before.
          expect(strictness[found]).toBeLessThanOrEqual(strictness[stateOf(after(...made), targetOf(about))]);
        }
      }),
    );
  });

  it('nothing is kept that another scope has put an end to', () => {
    fc.assert(
      fc.property(sets, (made) => {
        const texts = after(...made).map((each) => JSON.stringify(each.scope));
        expect(new Set(texts).size).toBe(texts.length);
      }),
    );
  });
});
