/**
 * xoshiro128** (David Blackman and Sebastiano Vigna, "Scrambled linear pseudorandom number generators", 2018;
 * the algorithm is in the public domain), seeded from a Weyl sequence through MurmurHash3's finalizer. Only 32-bit
 * integer operations: the same numbers on every machine.
 */
export class SeededRandom {
  /** @param state four words, not all of them 0 */
  constructor(private readonly state: Uint32Array) {}

  /** Streams of different names are independent of each other under one seed. */
  static of(seed: number, stream = ''): SeededRandom {
    let mix = (Math.trunc(seed) ^ Math.trunc(seed / 2 ** 32) ^ hashOf(stream)) >>> 0;
    const state = Uint32Array.from({ length: 4 }, () => {
      mix = (mix + 0x9e3779b9) >>> 0;
      let word = Math.imul(mix ^ (mix >>> 16), 0x85ebca6b);
      word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
      return (word ^ (word >>> 16)) >>> 0;
    });
    return new SeededRandom(state);
  }

  /** A whole number in [0, 2^32). */
  uint32(): number {
    const state = this.state;
    const scrambled = Math.imul(rotate(Math.imul(state[1], 5), 7), 9) >>> 0;
    const shifted = state[1] << 9;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate(state[3], 11);
    return scrambled;
  }

  /** In [0, 1). */
  uniform(): number {
    return this.uint32() / 2 ** 32;
  }

  /** A whole number in [0, below). */
  integer(below: number): number {
    return Math.floor(this.uniform() * below);
  }

  /** Bell-shaped with mean 0 and standard deviation 1, within +-3.5: a sum of four uniforms, so that it is plain arithmetic. */
  bell(): number {
    return (this.uniform() + this.uniform() + this.uniform() + this.uniform() - 2) * SQRT_3;
  }
}

/** The sum of four uniforms has variance 4 / 12. */
const SQRT_3 = 1.7320508075688772;

function rotate(word: number, by: number): number {
  return ((word << by) | (word >>> (32 - by))) >>> 0;
}

/** FNV-1a over UTF-16 units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
