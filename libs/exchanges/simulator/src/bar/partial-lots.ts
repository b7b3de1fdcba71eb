import { decimal, type Lots } from '@bowline/domain';

/** The ratio of a quantity, down to the lot. As the decimal that it was written as: 0.57 of 100 lots are 57, not 56. */
export function partialLots(ratio: number): (leaves: Lots) => Lots {
  const { scale, units } = decimal(ratio);
  const whole = 10n ** BigInt(scale);
  const [unitsNumber, wholeNumber] = [Number(units), Number(whole)];
  return (leaves) => {
    const dividend = leaves * unitsNumber;
    if (Number.isSafeInteger(dividend)) return Math.floor(dividend / wholeNumber);
    return Number((BigInt(leaves) * units) / whole);
  };
}
