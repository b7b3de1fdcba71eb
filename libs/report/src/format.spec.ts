import { describe, expect, it } from '@jest/globals';
import { durationText, minuteText, moneyText, numberText, pctText, percentText, pnlText } from './format.js';

describe('what people read', () => {
  it.each([
    ['1234567.891', '1,234,567.89'],
    ['-1234.5', '-1,234.50'],
    ['0.005', '0.00'],
    ['0.015', '0.02'],
    ['999.995', '1,000.00'],
    ['12', '12.00'],
  ])('the amount %s is %s', (amount, text) => {
    expect(moneyText(amount)).toBe(text);
  });

  it.each([
    ['3', '+3.00'],
    ['-4', '-4.00'],
    ['0', '0.00'],
    ['-0.001', '0.00'],
    ['0.001', '0.00'],
    ['100000', '+100,000.00'],
  ])('the result %s is %s', (amount, text) => {
    expect(pnlText(amount)).toBe(text);
  });

  it.each([
    [0, '0s'],
    [59, '59s'],
    [150, '2m 30s'],
    [3_600, '1h'],
    [93_784, '1d 2h'],
    [null, '–'],
  ])('%p seconds are %s', (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
  });

  it('figures have their unit, and a dash where there is none', () => {
    expect(percentText(0.12345)).toBe('12.35 %');
    expect(pctText(12.345, 1)).toBe('12.3 %');
    expect(numberText(1234.5, 1)).toBe('1,234.5');
    expect([percentText(null), pctText(null), numberText(null, 2), minuteText(null)]).toEqual([
      '–',
      '–',
      '–',
      '–',
    ]);
    expect(minuteText('2021-05-19T12:34:56.000Z')).toBe('2021-05-19 12:34');
  });
});
