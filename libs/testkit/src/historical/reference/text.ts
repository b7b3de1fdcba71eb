import { formatUnits } from '@bowline/domain';
import type { Ratio } from './ratio.js';

/** Digits behind the point that an exact decimal may have before a fraction is easier to read. */
const DIGITS = 30;

/** The shortest exact text: a decimal where it is one, else a fraction. */
export function textOf({ d, n }: Ratio): string {
  const scale = 10n ** BigInt(DIGITS);
  return scale % d === 0n ? formatUnits(n * (scale / d), DIGITS) : `${n}/${d}`;
}
