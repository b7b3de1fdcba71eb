import type { Mind, Stance } from './price-series.js';

/** A stance is held for this many bars on average. */
const MEAN_BARS = 50;

const OTHERS: Readonly<Record<Stance, readonly [Stance, Stance]>> = {
  '1': [0, -1],
  '0': [1, -1],
  '-1': [1, 0],
};

/**
 * Changes its mind at random, flat at first: what a strategy without any insight would have made. Draws depend on the
 * seed and the symbol only, so that the same command gives the same signals.
 */
export function randomWalk(seed: number, symbol: string): Mind {
  const next = uniform(seed, symbol);
  let stance: Stance = 0;
  return () => {
    if (next() * MEAN_BARS >= 1) return stance;
    stance = OTHERS[stance][next() < 0.5 ? 0 : 1];
    return stance;
  };
}

/**
 * Numbers in [0, 1): a Weyl sequence through MurmurHash3's finalizer (Austin Appleby, in the public domain), started
 * from the FNV-1a hash of seed and symbol. Integer operations only: the same numbers on every machine.
 */
function uniform(seed: number, symbol: string): () => number {
  let state = 0x811c9dc5;
  for (const unit of `${seed} ${symbol}`) state = Math.imul(state ^ unit.codePointAt(0)!, 0x01000193);
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let word = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
    return ((word ^ (word >>> 16)) >>> 0) / 2 ** 32;
  };
}
