/** Numbers in [0, 1). */
export type Random = () => number;

/** Xorshift of Marsaglia (Journal of Statistical Software 8(14), 2003), 32 bits: enough for test data. */
export function randomOf(seed: number): Random {
  let state = (Math.imul(seed, 2_654_435_761) ^ 0x9e37_79b9) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
