/**
 * Numbers that depend on nothing but a seed, a name, and counters, so that a stream of them can be entered at any
 * place. Only 32-bit integer operations: the same on every machine.
 */

/** Streams of different names are independent of each other under one seed. FNV-1a over UTF-16 units. */
export function streamOf(seed: number, name: string): number {
  let hash = 0x811c9dc5 ^ Math.trunc(seed) ^ Math.trunc(seed / 2 ** 32);
  for (let at = 0; at < name.length; at += 1) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return scrambled(hash);
}

/** A whole number in [0, 2^32): the `index`th of the `row`th line of the stream. */
export function wordOf(stream: number, row: number, index: number): number {
  const mixed = scrambled(stream ^ Math.imul(row + 1, 0x9e3779b1));
  return scrambled(mixed ^ Math.imul(index, 0x85ebca77)) >>> 0;
}

/** In [0, 1). */
export function uniform(word: number): number {
  return word / 2 ** 32;
}

/** Bell-shaped with mean 0 and standard deviation 1, within +-3.5: the sum of the word's four bytes, so that it is plain arithmetic. */
export function bell(word: number): number {
  const sum = (word & 0xff) + ((word >>> 8) & 0xff) + ((word >>> 16) & 0xff) + (word >>> 24);
  return (sum - MEAN_OF_FOUR) / DEVIATION_OF_FOUR;
}

/** Four evenly distributed bytes: mean 4 x 127.5, variance 4 x (256^2 - 1) / 12. */
const MEAN_OF_FOUR = 510;
const DEVIATION_OF_FOUR = Math.sqrt((256 * 256 - 1) / 3);

/** The finalizer of MurmurHash3 (public domain). */
function scrambled(word: number): number {
  let mix = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
  return mix ^ (mix >>> 16);
}
