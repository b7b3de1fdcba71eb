import { describe, expect, it } from '@jest/globals';
import type { ProtectionMode } from '../position/index.js';
import { loweredProtection, preferredProtection, rests } from './index.js';

describe('the mode that an exchange is given', () => {
  it.each<[string, Parameters<typeof preferredProtection>[0], ProtectionMode]>([
    ['order lists', { nativeOco: true, reduceOnly: false, conditionalOrders: true }, 'native'],
    ['two resting orders', { nativeOco: false, reduceOnly: true, conditionalOrders: true }, 'paired'],
    [
      'no resting reduceOnly (31)',
      { nativeOco: false, reduceOnly: false, conditionalOrders: true },
      'guarded',
    ],
    ['no resting stops', { nativeOco: false, reduceOnly: true, conditionalOrders: false }, 'synthetic'],
    [
      'lists, and no stops in them',
      { nativeOco: true, reduceOnly: true, conditionalOrders: false },
      'synthetic',
    ],
  ])('that has %s', (_what, capabilities, mode) => {
    expect(preferredProtection(capabilities)).toBe(mode);
  });
});

it.each<[ProtectionMode, 't' | 's', ProtectionMode | null]>([
  ['native', 's', 'guarded'],
  ['native', 't', 'guarded'],
  ['paired', 's', 'synthetic'],
  ['paired', 't', 'guarded'],
  ['guarded', 's', 'synthetic'],
  ['guarded', 't', null],
  ['synthetic', 's', null],
  ['synthetic', 't', null],
])('%s without room for leg %s becomes %s', (mode, leg, lowered) => {
  expect(loweredProtection(mode, leg)).toBe(lowered);
});

it('rests what its mode says', () => {
  const modes = ['native', 'paired', 'guarded', 'synthetic'] as const;
  expect(modes.map((mode) => [rests(mode, 's'), rests(mode, 't')])).toEqual([
    [true, true],
    [true, true],
    [true, false],
    [false, false],
  ]);
});
