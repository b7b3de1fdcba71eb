import { describe, expect, it } from '@jest/globals';
import { secretReference } from './secret-reference.js';

describe('secretReference', () => {
  it.each([
    ['env:IKENNA_BINANCE_KEY', 'env:IKENNA_BINANCE_KEY'],
    ['IKENNA_BINANCE_KEY', 'env:IKENNA_BINANCE_KEY'],
    ['env:key', 'env:key'],
    ['file:/run/secrets/okx key', 'file:/run/secrets/okx key'],
  ])('reads %s as %s', (text, reference) => {
    expect(secretReference(text)).toBe(reference);
  });

  it.each([
    'vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A',
    '22582BD0CFF14C41EDBF1AB98506286D',
    'AKIAIOSFODNN7EXAMPLE',
    '6d2f6f1e-7e1c-4d3a-9f31-0f2b8e0d5c11',
    'ikenna_binance_key',
    'env:',
    'env:a b',
    'file:',
    '',
  ])('takes %j for no reference', (text) => {
    expect(secretReference(text)).toBeNull();
  });
});
